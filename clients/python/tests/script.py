"""A rollback without pytest: Server and World are context managers."""

from house import HOUSE, update

from pytest_sagebrush import Server, World

with Server() as server, World(server) as world:
    world.scenario(HOUSE)
    world.traffic("house", 50)
    update(world)
    world.clock.settle()
    deployment = world.deployment("house")
    print(deployment.status, deployment.cause, deployment.alarm)

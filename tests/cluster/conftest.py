"""One cluster for all tests of a worker, one world for each test."""

import pytest

from running import Running
from world import World


@pytest.fixture(scope="session")
def cluster():
    running = Running()
    yield running
    running.stop()


@pytest.fixture
def world(cluster):
    """A world of the test's own, by way of the balancer; no answer in it may break the service model."""
    world = World(cluster)
    yield world
    assert not world.checker.violations, world.checker.report()


@pytest.fixture
def seen_by(cluster, world):
    """The same world by way of each replica."""
    return lambda: [World(replica, account=world.account) for replica in cluster.replicas()]

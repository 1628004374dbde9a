"""Steps and traffic: lines 1 to 7 of the contract (docs/fidelity.md), each shown through DescribeEndpoint or the history."""

import pytest

from guardrails import (Story, activating, all_at_once, baking, canary, fleet, launching, linear, rolling, timeline,
                        timeout_reason, traffic)
from world import IMAGE, ROLE, variant


def active_after(world, seconds=60):
    """Green instances with traffic, variant by variant."""
    world.advance(seconds)
    return [v["CurrentInstanceCount"] for v in world.describe()["PendingDeploymentSummary"]["ProductionVariants"]]


@pytest.mark.parametrize("first, instances, expected", [
    (2, 5, 2), ("33%", 3, 1), ("50%", 3, 1), ("20%", 10, 2), ("25%", 10, 2), ("26%", 10, 3), ("35%", 10, 3), ("1%", 10, 1)])
def test_line_01_a_percentage_is_rounded_to_the_nearest_instance_and_a_half_goes_down(fleet_of, first, instances, expected):
    world = fleet_of(instances)
    world.update(canary(first))
    assert active_after(world) == [expected]


def test_line_01_five_percent_of_two_is_one_instance(fleet_of):
    world = fleet_of(2)
    world.update(rolling("5%"))
    assert active_after(world) == [1]


def test_line_01_a_percentage_is_of_the_green_fleet(fleet_of):
    world = fleet_of(3, green=10)
    world.update(canary("20%"))
    assert active_after(world) == [2]


def walk(world, wait):
    """Green instances with traffic at the beginning of each ActivatingTraffic of a blue/green update."""
    seen, seconds = [], 60
    while True:
        active = active_after(world, seconds)
        pending = world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]
        if pending.get("VariantStatus", [{}])[0].get("Status") != "ActivatingTraffic":
            return seen
        seen.append(active)
        seconds = 5 + wait


@pytest.mark.parametrize("policy, instances, steps", [
    (all_at_once(wait=50), 4, [[4]]), (canary(1, wait=50), 4, [[1], [4]]), (canary(1, wait=50), 1, [[1]]),
    (linear(2, wait=50), 5, [[2], [4], [5]]), (linear("33%", wait=50), 3, [[1], [2], [3]]), (linear(1, wait=50), 1, [[1]])])
def test_line_02_each_type_has_its_steps_and_none_twice(fleet_of, policy, instances, steps):
    world = fleet_of(instances)
    world.update(policy)
    assert walk(world, 50) == steps
    world.advance("idle")
    assert sum(phase == "activating_traffic" for _, phase in timeline(world.deployment())) == len(steps)


def test_line_02_several_variants_take_as_many_steps_as_the_longest_and_a_full_one_stays_full(world):
    world.model()
    for name in ("blue", "green"):
        world.config(name, variants=[variant("large", 10), variant("small", 2)])
    world.endpoint("web", "blue")
    world.update(linear("20%", wait=50))
    assert walk(world, 50) == [[2, 1], [4, 2], [6, 2], [8, 2], [10, 2]]


def test_line_02_a_canary_on_one_instance_has_one_bake(fleet_of):
    world = fleet_of(1)
    world.update(canary(1, wait=300))
    story = Story(world)
    story.sees(60, fleet(1, 1), fleet(1, 1, activating("full", 1)))
    story.sees(65, fleet(1, 1), fleet(1, 1, baking(300, "full", 1)))
    world.advance("idle")
    assert [p for _, p in timeline(world.deployment())].count("activating_traffic") == 1


@pytest.mark.parametrize("blue, green, first, share", [(3, 3, 1, 33), (4, 4, 1, 25), (2, 4, 1, 25), (6, 4, 2, 50)])
def test_line_03_green_has_its_active_instances_share_of_the_traffic(fleet_of, blue, green, first, share):
    world = fleet_of(blue, green)
    world.update(canary(first))
    world.advance("idle")
    shares = [g for phase, g in traffic(world.deployment()) if phase == "activating_traffic"]
    assert shares == [share, 100]


def test_line_03_blue_stays_provisioned_until_the_very_end(fleet_of):
    world = fleet_of(4)
    world.update(linear(2, wait=100, termination=100))
    story = Story(world)
    for second in (0, 60, 65, 165, 170, 270):
        story.go(second)
        assert story.picture()["top"] == [fleet(4, 4)], f"at {second} s"
    story.go(380)
    assert world.describe()["EndpointConfigName"] == "green"


def test_line_03_weights_choose_the_variant_first(world):
    """Three quarters go to the heavy variant, whose green side has half; a quarter to the light one, all green at once."""
    world.model()
    for name in ("blue", "green"):
        world.config(name, variants=[variant("heavy", 2, InitialVariantWeight=3.0), variant("light", 1)])
    world.endpoint("web", "blue")
    world.update(canary(1))
    world.advance(60)
    first = next(e for e in world.deployment()["events"] if e["phase"] == "activating_traffic")
    assert first["traffic"]["green"] == pytest.approx(0.75 * 50 + 0.25 * 100)
    assert first["traffic"]["blue"] == pytest.approx(0.75 * 50)


def test_line_04_blue_green_bakes_after_every_step_and_once_more_before_the_old_fleet_goes(fleet_of):
    world = fleet_of(3)
    world.update(linear(1, wait=100, termination=40))
    world.advance("idle")
    assert timeline(world.deployment()) == [
        (0, "launching"), (60, "activating_traffic"), (65, "baking"), (165, "activating_traffic"), (170, "baking"),
        (270, "activating_traffic"), (275, "baking"), (375, "baking"), (415, "terminating"), (425, "succeeded")]


def test_line_05_rolling_launches_shifts_bakes_and_terminates_batch_by_batch(fleet_of):
    world = fleet_of(4)
    world.update(rolling(2, wait=100))
    world.advance("idle")
    assert timeline(world.deployment()) == [
        (0, "launching"), (60, "activating_traffic"), (65, "baking"), (165, "terminating"),
        (175, "launching"), (235, "activating_traffic"), (240, "baking"), (340, "terminating"), (350, "succeeded")]
    assert [g for phase, g in traffic(world.deployment()) if phase == "activating_traffic"] == [50, 100]


def test_line_05_unequal_fleets_keep_the_old_instances_that_the_rest_of_the_traffic_needs(fleet_of):
    """Two old, five new, batches of two: after 2 of 5 blue keeps ceil(2 x 3 / 5) = 2, after 4 of 5 one."""
    world = fleet_of(2, green=5)
    world.update(rolling(2, wait=100))
    story = Story(world)
    story.sees(0, fleet(2, 2), fleet(0, 5, launching(2)))
    for second, old, new, capacity in ((65, 2, 2, "canary"), (240, 2, 4, "canary"), (415, 1, 5, "full")):
        story.go(second)
        assert story.picture()["top"] == [fleet(old, 2)], f"at {second} s"
        assert story.picture()["pending"][1] == [fleet(new, 5, baking(100, capacity, new))], f"at {second} s"
    world.advance("idle")
    assert story.picture()["top"] == [fleet(5, 5)]


def test_line_05_the_last_batch_takes_the_rest(fleet_of):
    world = fleet_of(5)
    world.update(rolling(2, wait=0))
    story = Story(world)
    for second, count in ((0, 2), (75, 2), (150, 1)):
        story.go(second)
        assert story.picture()["pending"][1][0].stages == [launching(count)]


def test_line_06_a_launch_takes_the_start_up_of_the_slowest_container(world):
    containers = [{"Image": IMAGE, "ContainerHostname": f"c{seconds}", "Environment": {"SAGEBRUSH_STARTUP_SECONDS": str(seconds)}}
                  for seconds in (30, 90)]
    world.sagemaker.create_model(ModelName="pipeline", Containers=containers, ExecutionRoleArn=ROLE)
    world.config("blue", 2, model="pipeline")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    world.advance(89)
    assert world.status() == "Creating"
    world.advance(1)
    assert world.status() == "InService"


def test_line_06_an_instance_starts_in_sixty_seconds_unless_told_otherwise(world):
    world.model()
    world.config("blue")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    world.advance(59)
    assert world.status() == "Creating"
    world.advance(1)
    assert world.status() == "InService"


def test_line_06_deleting_an_endpoint_takes_ten_seconds(fleet_of, refused):
    world = fleet_of()
    world.sagemaker.delete_endpoint(EndpointName="web")
    assert world.status() == "Deleting"
    world.advance(9)
    assert world.status() == "Deleting"
    world.advance(1)
    with refused(f'Could not find endpoint "{world.arn("endpoint", "web")}".'):
        world.describe()


def test_line_06_a_change_of_weights_takes_no_time(fleet_of):
    world = fleet_of()
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="web", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredWeight": 0.5}])
    world.advance(0)
    assert world.status() == "InService"
    assert world.describe()["ProductionVariants"][0]["CurrentWeight"] == 0.5


def test_line_06_the_durations_are_settings(switched):
    world = switched(launch_seconds=50, activating_traffic_seconds=7, terminating_seconds=20, deleting_seconds=3)
    world.model()
    world.config("blue")
    world.config("green")
    world.endpoint("web", "blue")
    world.update(all_at_once(wait=100))
    world.advance("idle")
    assert timeline(world.deployment()) == [
        (0, "launching"), (50, "activating_traffic"), (57, "baking"), (157, "baking"), (157, "terminating"), (177, "succeeded")]
    world.sagemaker.delete_endpoint(EndpointName="web")
    world.advance(2)
    assert world.status() == "Deleting"
    world.advance(1)
    assert world.sagemaker.list_endpoints()["Endpoints"] == []


def test_line_06_a_stage_of_zero_length_stays_in_the_history(fleet_of):
    world = fleet_of(2)
    world.update(canary(1, wait=0, termination=0))
    world.advance("idle")
    assert timeline(world.deployment()) == [
        (0, "launching"), (60, "activating_traffic"), (65, "baking"), (65, "activating_traffic"), (70, "baking"),
        (70, "baking"), (70, "terminating"), (80, "succeeded")]


@pytest.mark.parametrize("wait, outcome", [(535, "succeeded"), (536, "rolled_back")])
def test_line_07_a_bake_that_ends_at_the_instant_of_the_timeout_has_ended_in_time(fleet_of, wait, outcome):
    """Launching 60 s, activating 5 s: a bake of 535 s ends at 600 s, the timeout."""
    world = fleet_of(2)
    world.update(all_at_once(wait=wait, timeout=600))
    world.advance("idle")
    assert world.deployments()[0]["status"] == outcome
    assert world.describe().get("FailureReason") == (None if outcome == "succeeded" else timeout_reason(600))


def test_line_07_what_a_command_makes_due_happens_at_the_next_advance_on_a_manual_clock(fleet_of):
    world = fleet_of(2)
    world.alarm()
    world.update(all_at_once(wait=300, alarms=["errors"]))
    world.advance(100)
    before = world.describe()
    world.set_alarm("ALARM", settle=False)
    assert world.describe()["PendingDeploymentSummary"] == before["PendingDeploymentSummary"]
    happened = world.advance(0)
    assert happened["transitions"]
    shown = world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]
    assert shown["VariantStatus"][0]["Status"] == "Deleting"


def test_line_07_deployments_of_one_instant_step_in_the_order_of_their_names(world):
    world.model()
    world.config("blue", 1)
    for name in ("charlie", "alpha", "bravo"):
        world.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName="blue")
    happened = world.advance(60)["transitions"]
    assert [t["endpoint"] for t in happened if t.get("endpoint")] == ["alpha", "bravo", "charlie"]


def test_line_07_a_command_finds_its_endpoint_brought_to_its_own_instant(world):
    """On a running clock nobody advances: the update that comes an hour later must not meet an endpoint in creation."""
    world.model()
    world.config("blue", 1)
    world.set_clock("scaled", rate=100_000)
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    began = world.now()
    while (world.now() - began).total_seconds() < 3600:
        pass
    world.update(config="blue")
    assert world.deployments()[1]["status"] == "succeeded"

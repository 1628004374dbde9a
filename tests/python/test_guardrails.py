"""Every strategy to its end: success with its exact timeline, an alarm in each bake, a timeout, a failed health check."""

import pytest

from guardrails import (Story, activating, alarm_reason, all_at_once, baking, canary, doomed_rollback, fleet, launching, leaving, linear,
                        ping_reason, rolling, terminating, timeline, timeout_reason)
from world import variant


def test_all_at_once_shifts_everything_and_bakes_twice(fleet_of):
    world = fleet_of(3)
    world.update(all_at_once(wait=300, termination=120))
    story = Story(world)
    story.sees(0, fleet(3, 3), fleet(0, 3, launching(3)))
    story.sees(60, fleet(3, 3), fleet(3, 3, activating("full", 3)))
    story.sees(65, fleet(3, 3), fleet(3, 3, baking(300, "full", 3)))
    story.sees(365, fleet(3, 3), fleet(3, 3, baking(120, "full", 3)))
    story.sees(485, leaving(3), fleet(3, 3))
    story.succeeds(495, 3)


def test_a_canary_bakes_on_one_instance_before_the_rest(fleet_of):
    world = fleet_of(3)
    world.update(canary(1, wait=300, termination=120))
    story = Story(world)
    story.sees(0, fleet(3, 3), fleet(0, 3, launching(3)))
    story.sees(60, fleet(3, 3), fleet(1, 3, activating("canary", 1)))
    story.sees(65, fleet(3, 3), fleet(1, 3, baking(300, "canary", 1)))
    story.sees(365, fleet(3, 3), fleet(3, 3, activating("full", 3)))
    story.sees(370, fleet(3, 3), fleet(3, 3, baking(300, "full", 3)))
    story.sees(670, fleet(3, 3), fleet(3, 3, baking(120, "full", 3)))
    story.sees(790, leaving(3), fleet(3, 3))
    story.succeeds(800, 3)
    assert timeline(world.deployment()) == [
        (0, "launching"), (60, "activating_traffic"), (65, "baking"), (365, "activating_traffic"), (370, "baking"),
        (670, "baking"), (790, "terminating"), (800, "succeeded")]


def test_linear_walks_in_equal_steps_and_the_last_takes_the_rest(fleet_of):
    world = fleet_of(5)
    world.update(linear(2, wait=100, termination=0))
    story = Story(world)
    story.sees(0, fleet(5, 5), fleet(0, 5, launching(5)))
    for step, (green, capacity) in enumerate([(2, "canary"), (4, "canary"), (5, "full")]):
        story.sees(60 + 105 * step, fleet(5, 5), fleet(green, 5, activating(capacity, green)))
        story.sees(65 + 105 * step, fleet(5, 5), fleet(green, 5, baking(100, capacity, green)))
    story.sees(375, leaving(5), fleet(5, 5))
    story.succeeds(385, 5)


def test_rolling_replaces_one_batch_after_the_other(fleet_of):
    world = fleet_of(4)
    world.update(rolling(2, wait=100))
    story = Story(world)
    story.sees(0, fleet(4, 4), fleet(0, 4, launching(2)))
    story.sees(60, fleet(4, 4), fleet(2, 4, activating("canary", 2)))
    story.sees(65, fleet(4, 4), fleet(2, 4, baking(100, "canary", 2)))
    story.sees(165, leaving(2, existing=4, desired=4), fleet(2, 4))
    story.sees(175, fleet(2, 4), fleet(2, 4, launching(2)))
    story.sees(235, fleet(2, 4), fleet(4, 4, activating("full", 4)))
    story.sees(240, fleet(2, 4), fleet(4, 4, baking(100, "full", 4)))
    story.sees(340, leaving(2, existing=2, desired=4), fleet(4, 4))
    story.succeeds(350, 4)


# The second at which each bake begins, W = 300 and T = 120 over three instances, and what of them is green by then.
BAKES = [
    pytest.param(all_at_once(wait=300, termination=120, alarms=["errors"]), 65, id="all_at_once-bake"),
    pytest.param(all_at_once(wait=300, termination=120, alarms=["errors"]), 365, id="all_at_once-termination_wait"),
    pytest.param(canary(1, wait=300, termination=120, alarms=["errors"]), 65, id="canary-first_bake"),
    pytest.param(canary(1, wait=300, termination=120, alarms=["errors"]), 370, id="canary-final_bake"),
    pytest.param(canary(1, wait=300, termination=120, alarms=["errors"]), 670, id="canary-termination_wait"),
    pytest.param(linear(1, wait=300, termination=120, alarms=["errors"]), 65, id="linear-first_bake"),
    pytest.param(linear(1, wait=300, termination=120, alarms=["errors"]), 370, id="linear-second_bake"),
    pytest.param(linear(1, wait=300, termination=120, alarms=["errors"]), 675, id="linear-third_bake"),
    pytest.param(linear(1, wait=300, termination=120, alarms=["errors"]), 975, id="linear-termination_wait"),
]


@pytest.mark.parametrize("policy, begins", BAKES)
@pytest.mark.parametrize("into", [0, 119])
def test_an_alarm_in_any_bake_of_blue_green_rolls_back_within_ten_seconds(fleet_of, policy, begins, into):
    world = fleet_of(3)
    world.alarm()
    world.update(policy)
    story = Story(world)
    story.go(begins + into)
    assert story.picture()["pending"][1][0].stages[0][0] == "Baking"
    world.set_alarm("ALARM")
    green = story.picture()["pending"][1][0]
    assert green.stages == [terminating(3)]
    story.expected = story.picture()
    story.is_rolled_back(begins + into + 10, 3, alarm_reason("errors"))
    tripped = next(e for e in world.deployment()["events"] if e["phase"] == "rolling_back")
    assert (tripped["cause"], tripped["alarms"], tripped["traffic"]["blue"]) == ("alarm", ["errors"], 100.0)


@pytest.mark.parametrize("batch", [1, 2])
def test_an_alarm_in_any_bake_of_rolling_rolls_back(fleet_of, batch):
    """Two batches of two: in the first bake all four old instances still run, in the second only two do."""
    world = fleet_of(4)
    world.alarm()
    world.update(rolling(2, wait=100, alarms=["errors"]))
    story = Story(world)
    story.go(65 if batch == 1 else 240)
    assert story.picture()["pending"][1][0].stages == [baking(100, *(("canary", 2) if batch == 1 else ("full", 4)))]
    world.set_alarm("ALARM")
    assert world.status() == "Updating"
    world.advance("idle")
    shown = world.describe()
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "blue")
    assert shown["FailureReason"] == alarm_reason("errors")
    assert [v["CurrentInstanceCount"] for v in shown["ProductionVariants"]] == [4]
    assert "PendingDeploymentSummary" not in shown


def test_rolling_back_at_once_launches_all_missing_old_instances_together(fleet_of):
    world = fleet_of(4)
    world.alarm()
    world.update(rolling(1, wait=100, alarms=["errors"]))
    story = Story(world)
    story.go(65 + 2 * 175)
    assert story.picture()["top"] == [fleet(2, 4)]
    assert story.picture()["pending"][1] == [fleet(3, 4, baking(100, "canary", 3))]
    world.set_alarm("ALARM")
    assert story.picture()["top"] == [fleet(2, 4, launching(2))]
    world.advance(60)
    assert story.picture()["top"][0].stages[0][0] == "ActivatingTraffic"
    world.advance(5)
    assert story.picture()["pending"][1][0].stages == [terminating(3)]
    world.advance(10)
    assert (world.status(), story.picture()["top"]) == ("InService", [fleet(4, 4)])


def test_rolling_back_in_batches_goes_back_the_way_it_came(fleet_of):
    """Green has three of four and blue two: the first batch of one shifts back a share and takes one green away."""
    world = fleet_of(4)
    world.alarm()
    world.update(rolling(1, wait=100, rollback_batch=1, alarms=["errors"]))
    story = Story(world)
    story.go(65 + 2 * 175)
    world.set_alarm("ALARM")
    assert story.picture()["top"] == [fleet(2, 4, launching(1))]
    world.advance("idle")
    assert (world.status(), story.picture()["top"]) == ("InService", [fleet(4, 4)])
    events = world.deployment()["events"]
    begun = next(i for i, e in enumerate(events) if e["phase"] == "rolling_back")
    shares = [e["traffic"]["blue"] for e in events[begun:] if e.get("traffic")]
    assert shares == sorted(shares) and shares[-1] == 100.0
    assert len(set(shares)) >= 2, "the traffic goes back in more than one step"


@pytest.mark.parametrize("policy, ends", [
    pytest.param(all_at_once(wait=550, timeout=600), 610, id="all_at_once"),
    pytest.param(canary(1, wait=300, timeout=600), 610, id="canary"),
    pytest.param(linear(1, wait=250, timeout=600), 610, id="linear"),
    pytest.param(rolling(1, wait=250, timeout=600), 675, id="rolling"),
])
def test_a_deployment_that_takes_longer_than_its_timeout_rolls_back(fleet_of, policy, ends):
    """Blue/green only has to terminate green; rolling first launches the instance that it had given up."""
    world = fleet_of(3)
    world.update(policy)
    story = Story(world)
    story.go(599)
    assert (world.status(), story.picture()["pending"][1][0].stages[0][0] != "Deleting") == ("Updating", True)
    story.go(600)
    assert next(e for e in world.deployment()["events"] if e["phase"] == "rolling_back")["cause"] == "timeout"
    world.advance("idle")
    assert world.describe()["EndpointConfigName"] == "blue"
    assert world.describe()["FailureReason"] == timeout_reason(600)
    assert timeline(world.deployment())[-1] == (ends, "rolled_back")
    assert (world.status(), story.picture()["top"]) == ("InService", [fleet(3, 3)])


@pytest.mark.parametrize("policy", [
    pytest.param(None, id="plain"), pytest.param(all_at_once(), id="all_at_once"), pytest.param(canary(1), id="canary"),
    pytest.param(linear(1), id="linear"), pytest.param(rolling(1), id="rolling")])
def test_a_fleet_that_never_answers_its_ping_sends_no_traffic_and_goes_back(fleet_of, policy):
    world = fleet_of(3)
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("sick-config", 3, model="sick")
    world.update(policy, config="sick-config")
    story = Story(world, new="sick-config")
    story.sees(0, fleet(3, 3), fleet(0, 3, launching(1 if policy and "RollingUpdatePolicy" in policy else 3)))
    story.go(239)
    assert story.picture() == story.expected
    story.go(240)
    assert next(e for e in world.deployment()["events"] if e["phase"] == "rolling_back")["cause"] == "health"
    world.advance("idle")
    shown = world.describe()
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "blue")
    assert shown["FailureReason"] == ping_reason()
    assert all(not e.get("traffic") or e["traffic"]["green"] == 0 for e in world.deployment()["events"])


def broken_rollback(world):
    """An update whose rollback has failed."""
    doomed_rollback(world, rollback_batch=1)
    world.advance("idle")


def test_a_rollback_that_cannot_launch_ends_as_update_rollback_failed(world):
    broken_rollback(world)
    shown = world.describe()
    assert shown["EndpointStatus"] == "UpdateRollbackFailed"
    assert shown["FailureReason"]
    assert world.deployment()["status"] == "rollback_failed"


@pytest.mark.parametrize("policy", [None, all_at_once(wait=10), rolling(2, wait=10)], ids=["plain", "all_at_once", "rolling"])
def test_update_rollback_failed_recovers_by_the_next_update(world, policy):
    broken_rollback(world)
    world.set_alarm("OK")
    world.update(policy, config="green")
    assert "FailureReason" not in world.describe()
    world.advance("idle")
    shown = world.describe()
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "green")
    assert [v["CurrentInstanceCount"] for v in shown["ProductionVariants"]] == [4]


def test_a_creation_that_fails_its_health_check_is_failed_after_its_own_limit(world):
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("quick", variants=[variant("AllTraffic", 2, "sick", ContainerStartupHealthCheckTimeoutInSeconds=60)])
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="quick")
    world.advance(59)
    assert world.status() == "Creating"
    world.advance(1)
    shown = world.describe()
    assert (shown["EndpointStatus"], shown["FailureReason"]) == ("Failed", ping_reason())


def test_two_variants_shift_together_and_bake_together(world):
    world.model()
    for name in ("blue", "green"):
        world.config(name, variants=[variant("large", 4), variant("small", 2)])
    world.endpoint("web", "blue")
    world.update(canary("25%", wait=300))
    story = Story(world)
    both = [fleet(4, 4, name="large"), fleet(2, 2, name="small")]
    story.sees(0, both, [fleet(0, 4, launching(4), name="large"), fleet(0, 2, launching(2), name="small")])
    story.sees(60, both, [fleet(1, 4, activating("canary", 1), name="large"), fleet(1, 2, activating("canary", 1), name="small")])
    story.sees(65, both, [fleet(1, 4, baking(300, "canary", 1), name="large"), fleet(1, 2, baking(300, "canary", 1), name="small")])
    story.sees(365, both, [fleet(4, 4, activating("full", 4), name="large"), fleet(2, 2, activating("full", 2), name="small")])


@pytest.mark.parametrize("keep", [True, False])
def test_retained_properties_keep_count_and_weight_of_variants_of_the_same_name(world, keep):
    world.model()
    world.config("blue", variants=[variant("kept", 2), variant("gone", 1)])
    world.config("green", variants=[variant("kept", 5, InitialVariantWeight=3.0), variant("new", 4)])
    world.endpoint("web", "blue")
    world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="web", DesiredWeightsAndCapacities=[
        {"VariantName": "kept", "DesiredInstanceCount": 3, "DesiredWeight": 2.0}])
    world.advance("idle")
    world.update(RetainAllVariantProperties=keep)
    world.advance("idle")
    shown = {v["VariantName"]: (v["DesiredInstanceCount"], v["DesiredWeight"]) for v in world.describe()["ProductionVariants"]}
    assert shown == {"kept": (3, 2.0) if keep else (5, 3.0), "new": (4, 1.0)}


@pytest.mark.parametrize("excluded, count, weight", [("DesiredInstanceCount", 5, 2.0), ("DesiredWeight", 3, 3.0)])
def test_an_excluded_property_comes_from_the_new_config(world, excluded, count, weight):
    world.model()
    world.config("blue", variants=[variant("kept", 2)])
    world.config("green", variants=[variant("kept", 5, InitialVariantWeight=3.0)])
    world.endpoint("web", "blue")
    world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="web", DesiredWeightsAndCapacities=[
        {"VariantName": "kept", "DesiredInstanceCount": 3, "DesiredWeight": 2.0}])
    world.advance("idle")
    world.update(RetainAllVariantProperties=True, ExcludeRetainedVariantProperties=[{"VariantPropertyType": excluded}])
    world.advance("idle")
    kept = world.describe()["ProductionVariants"][0]
    assert (kept["DesiredInstanceCount"], kept["DesiredWeight"]) == (count, weight)
    assert (kept["CurrentInstanceCount"], kept["CurrentWeight"]) == (count, weight)

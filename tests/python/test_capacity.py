"""Pools of instances that old and new fleets share, and the account's quotas."""

import botocore.exceptions
import pytest

from guardrails import NO_CAPACITY, canary, rolling, timeline
from world import ControlError, instant

TYPE = "ml.m5.large"


def limit(world, **limits):
    return world.control("PUT", f"capacity/{TYPE}", limits)


def scale(world, instances):
    wanted = [{"VariantName": "AllTraffic", "DesiredInstanceCount": instances}]
    world.sagemaker.update_endpoint_weights_and_capacities(EndpointName="web", DesiredWeightsAndCapacities=wanted)


def capacity(world):
    return world.control("GET", "capacity")["instance_types"]


def of_type(running, waiting=0, pool=None, quota=None):
    return {"instance_type": TYPE, "pool": pool, "quota": quota, "running": running, "waiting": waiting}


def test_a_blue_green_update_needs_as_many_again(fleet_of):
    world = fleet_of(4)
    assert capacity(world) == [of_type(4)]
    assert limit(world, pool=8) == of_type(4, pool=8)
    world.update(canary(1, wait=60))
    assert capacity(world) == [of_type(8, pool=8)]
    world.advance("idle")
    assert world.deployment()["status"] == "succeeded"
    assert capacity(world) == [of_type(4, pool=8)]


def test_what_finds_no_room_waits_and_then_rolls_back_with_awss_words(fleet_of):
    world = fleet_of(4)
    limit(world, pool=7)
    world.update(canary(1, wait=60))
    assert capacity(world) == [of_type(7, 1, pool=7)], "three take what is free"
    waiting = world.deployment()
    assert "There is no capacity for 1 instance(s) of type ml.m5.large." in waiting["why"]
    assert timeline({**waiting, "events": waiting["planned"]}) == [
        (600, "rolling_back"), (600, "rolling_back"), (610, "rolled_back")]
    world.advance(599)
    assert world.status() == "Updating"
    world.advance(1)
    deployment = world.deployment()
    [cause] = [event for event in deployment["events"] if event["cause"]]
    assert (cause["cause"], cause["triggered_by"], cause["message"]) == ("capacity", "capacity", NO_CAPACITY)
    world.advance("idle")
    described = world.describe()
    assert (described["EndpointStatus"], described["EndpointConfigName"], described["FailureReason"]) == (
        "InService", "blue", NO_CAPACITY)
    assert capacity(world) == [of_type(4, pool=7)]


def test_a_rolling_update_needs_one_batch(fleet_of):
    world = fleet_of(4)
    limit(world, pool=5)
    world.update(rolling(1, wait=60))
    world.advance("idle")
    assert world.deployment()["status"] == "succeeded"


def test_who_waits_is_served_when_another_endpoint_goes(fleet_of):
    world = fleet_of(4)
    world.endpoint("other", "green")
    limit(world, pool=8)
    world.update(canary(1, wait=60))
    assert capacity(world) == [of_type(8, 4, pool=8)]
    world.advance(100)
    world.sagemaker.delete_endpoint(EndpointName="other")
    world.advance(10)
    assert capacity(world) == [of_type(8, pool=8)]
    deployment = world.deployment()
    assert timeline(deployment)[:2] == [(0, "launching"), (110, "launching")]
    assert "Launching 4 instance(s) that had waited for capacity." in [event["message"] for event in deployment["events"]]
    world.advance("idle")
    assert (110 + 60, "activating_traffic") in timeline(world.deployment())
    assert world.deployment()["status"] == "succeeded"


def test_a_larger_pool_serves_those_first_that_have_waited_longest(fleet_of):
    world = fleet_of(2)
    limit(world, pool=2)
    world.sagemaker.create_endpoint(EndpointName="early", EndpointConfigName="blue")
    world.advance(10)
    world.sagemaker.create_endpoint(EndpointName="a-later-one", EndpointConfigName="blue")
    limit(world, pool=4)
    world.advance(60)
    assert (world.status("early"), world.status("a-later-one")) == ("InService", "Creating")
    world.control("DELETE", f"capacity/{TYPE}")
    world.advance(60)
    assert world.status("a-later-one") == "InService", "without a limit nobody waits"
    assert capacity(world) == [of_type(6)]


def test_a_creation_without_room_fails(fleet_of):
    world = fleet_of(4)
    limit(world, pool=4)
    world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="green")
    world.advance("idle")
    described = world.describe("other")
    assert (described["EndpointStatus"], described["FailureReason"]) == ("Failed", NO_CAPACITY)
    assert capacity(world) == [of_type(4, pool=4)]


def test_a_scaling_without_room_goes_back(fleet_of):
    world = fleet_of(4)
    limit(world, pool=5)
    scale(world, 6)
    assert capacity(world) == [of_type(5, 1, pool=5)]
    world.advance("idle")
    described = world.describe()
    assert (described["EndpointStatus"], described["FailureReason"]) == ("InService", NO_CAPACITY)
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 4
    assert capacity(world) == [of_type(4, pool=5)]


def test_a_rolling_rollback_without_room_fails(fleet_of):
    world = fleet_of(4)
    world.alarm()
    world.update(rolling(2, wait=300, alarms=["errors"]))
    world.advance(500)
    limit(world, pool=4)
    world.set_alarm("ALARM")
    world.advance("idle")
    assert world.status() == "UpdateRollbackFailed"
    assert world.describe()["FailureReason"].endswith(f"The rollback failed: {NO_CAPACITY}")


def test_the_wait_is_a_setting(worlds, own_server):
    world = worlds(own_server(capacity_wait_seconds=30))
    assert world.control("GET", "capacity") == {"capacity_wait_seconds": 30, "instance_types": []}
    world.model()
    world.config("blue", 2)
    limit(world, pool=1)
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    started = instant(world.deployment()["started_at"])
    world.advance("idle")
    assert world.status() == "Failed"
    assert (instant(world.deployment()["ended_at"]) - started).total_seconds() == 30


@pytest.mark.parametrize("command", ["create", "update", "scale"])
def test_a_quota_is_refused_in_awss_words(fleet_of, command):
    world = fleet_of(4)
    limit(world, quota=5)
    calls = {
        "create": lambda: world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="green"),
        "update": lambda: world.update(canary(1)),
        "scale": lambda: scale(world, 8),
    }
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        calls[command]()
    error = refused.value.response["Error"]
    assert error["Code"] == "ResourceLimitExceeded"
    assert error["Message"] == (
        "The account-level service limit 'ml.m5.large for endpoint usage' is 5 Instances, with current utilization of 4 "
        "Instances and a request delta of 4 Instances. Please use AWS Service Quotas to request an increase for this quota. "
        "If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.")
    assert world.status() == "InService" and len(world.deployments()) == 1
    limit(world, quota=8)
    calls[command]()


def test_a_rolling_update_asks_the_quota_for_its_batch(fleet_of):
    world = fleet_of(4)
    limit(world, quota=5)
    world.update(rolling(1, wait=60))
    world.advance("idle")
    assert world.deployment()["status"] == "succeeded"


def test_limits_that_cannot_be_meant_are_refused(world):
    for body, says in [({"pool": -1}, 'The member "pool" must be a whole number from 0'),
                       ({"pools": 1}, 'The body has the unknown member "pools"; there are pool and quota.')]:
        with pytest.raises(ControlError) as refused:
            limit(world, **body)
        assert refused.value.status == 400 and refused.value.body["error"].startswith(says)
    for slip in ("m5.large", "ml.m5.lrage"):
        with pytest.raises(ControlError) as refused:
            world.control("PUT", f"capacity/{slip}", {"pool": 1})
        assert refused.value.body["error"] == f'"{slip}" is no instance type that a variant can have, as ml.m5.large is.'
        with pytest.raises(ControlError) as refused:
            world.control("POST", "faults", {"kind": "unhealthy_instances", "scope": {"instance_type": slip}})
        assert slip in refused.value.body["error"]


def test_what_died_waits_for_room_too(fleet_of):
    world = fleet_of(4)
    limit(world, pool=2)
    world.control("POST", "faults", {"kind": "instances_die"})
    assert capacity(world) == [of_type(2, 2, pool=2)]
    limit(world, pool=4)
    world.advance(60)
    assert capacity(world) == [of_type(4, pool=4)]


def test_nothing_is_taken_before_the_eyes_of_those_who_wait(fleet_of):
    world = fleet_of(4)
    world.config("one", 1)
    limit(world, pool=5)
    world.update(rolling(1, wait=60))
    world.advance(10)
    world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="one")
    assert capacity(world) == [of_type(5, 1, pool=5)]
    world.advance(300)
    assert world.status("other") == "InService", "it has waited longer than the next batch"
    world.advance("idle")
    assert world.deployment()["status"] == "rollback_failed", "no room was left for a batch, neither forward nor back"


def test_what_goes_back_waits_for_nothing(fleet_of):
    world = fleet_of(2)
    world.endpoint("other", "blue")
    world.config("one", 1)
    limit(world, pool=5)
    world.update(canary(1, wait=60))
    world.advance(100)
    world.steer("abort")
    world.sagemaker.create_endpoint(EndpointName="third", EndpointConfigName="one")
    world.sagemaker.delete_endpoint(EndpointName="other")
    world.advance("idle")
    assert world.status("third") == "InService"
    assert not [event for event in world.deployment()["events"] if "had waited" in event["message"]]


@pytest.mark.parametrize("fails", ["unhealthy", "no room"])
def test_a_replacement_that_fails_spoils_no_later_launch(fleet_of, fails):
    world = fleet_of(2)
    if fails == "unhealthy":
        world.control("POST", "faults", {"kind": "unhealthy_instances", "end": {"after_seconds": 1}})
    else:
        limit(world, pool=1)
    world.control("POST", "faults", {"kind": "instances_die", "instances": 1})
    world.advance(1_000)
    world.control("DELETE", f"capacity/{TYPE}")
    scale(world, 3)
    world.advance("idle")
    described = world.describe()
    assert (described["EndpointStatus"], described.get("FailureReason")) == ("InService", None)
    assert described["ProductionVariants"][0]["CurrentInstanceCount"] == 3
    assert capacity(world) == [of_type(3)]


def test_a_rolling_rollback_replaces_a_dead_one_whose_replacement_failed(fleet_of):
    world = fleet_of(4)
    world.control("POST", "faults", {"kind": "unhealthy_instances", "end": {"after_seconds": 1}})
    world.control("POST", "faults", {"kind": "instances_die", "instances": 1})
    world.advance(300)
    world.update(rolling(2, wait=300))
    world.advance(100)
    world.steer("abort")
    world.advance("idle")
    assert world.deployment()["status"] == "rolled_back"
    assert capacity(world)[0]["running"] == 4


def test_who_waits_in_a_creation_is_told_why(fleet_of):
    world = fleet_of(2)
    limit(world, pool=2)
    world.sagemaker.create_endpoint(EndpointName="other", EndpointConfigName="blue")
    assert world.deployment("other")["why"] == (
        "The first instances of blue are starting. There is no capacity for 2 instance(s) of type ml.m5.large.")

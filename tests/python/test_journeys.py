"""The guided examples on a manual clock, under traffic that needs no client: to the same end every time."""

import datetime

import pytest

from guardrails import timeline
from journeys import ALARMS, STRATEGIES, balanced, caught, prepare, total

RATE = 20


def settled(world):
    """End the traffic and wait until all of it can be seen; how many requests there were."""
    began = world.control("GET", "endpoints/web/traffic")["since"]
    ended = world.now()
    world.control("DELETE", "endpoints/web/traffic")
    world.advance(180)
    seconds = (ended - datetime.datetime.fromisoformat(began)).total_seconds()
    return round(seconds * RATE)


def journey(world, strategy):
    world.begin_a_minute()
    prepare(world)
    world.endpoint("web", "one")
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": RATE})
    world.advance(300)
    world.update(strategy(), "two")
    world.advance("idle")
    caught(world)
    bad = world.deployment()
    world.advance(300)
    assert {a["AlarmName"]: a["StateValue"] for a in world.cloudwatch.describe_alarms(AlarmNames=ALARMS)["MetricAlarms"]} == {
        "errors": "OK", "latency": "OK"}
    world.update(config="three", RetainDeploymentConfig=True)
    world.advance("idle")
    shown = world.describe()
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "three")
    assert shown["LastDeploymentConfig"] == strategy() and "FailureReason" not in shown
    assert world.deployment()["status"] == "succeeded"
    return bad


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_bad_model_is_caught_by_its_own_traffic_and_a_good_one_is_not(world, name):
    journey(world, STRATEGIES[name])
    requests = settled(world)
    assert total(world, "Invocations") == requests
    balanced(world)
    assert total(world, "Invocation5XXErrors", "one") == total(world, "Invocation5XXErrors", "three") == 0
    errors, sent = total(world, "Invocation5XXErrors", "two"), total(world, "Invocations", "two")
    assert 0.7 < errors / sent < 0.9, "80 % of the requests to the bad model fail"
    latency = [total(world, "ModelLatency", config) / total(world, "Invocations", config) for config in ("one", "two")]
    assert latency == [3_000, 80_000], "microseconds, exactly"


def test_the_same_journey_ends_the_same_way_at_the_same_instants_with_the_same_sums(worlds):
    seen = []
    for _ in range(2):
        world = worlds()
        bad = journey(world, STRATEGIES["canary"])
        settled(world)
        sums = [total(world, metric, config) for config in ("one", "two", "three")
                for metric in ("Invocations", "Invocation5XXErrors", "ModelLatency", "InvocationsPerInstance")]
        seen.append((timeline(bad), sums))
    assert seen[0] == seen[1]


@pytest.mark.parametrize(("delay", "seconds"), [("60", 180), ("0", 120)])
def test_how_late_an_alarm_sees_decides_when_the_rollback_begins(worlds, own_server, delay, seconds):
    """The bad model serves from second 60 on, so its first whole minute ends at second 120."""
    world = worlds(on=own_server(metric_delay_seconds=delay))
    world.begin_a_minute()
    prepare(world)
    world.endpoint("web", "one")
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": RATE})
    world.advance(300)
    world.update(STRATEGIES["canary"](), "two")
    world.advance("idle")
    began = next(at for at, phase in timeline(world.deployment()) if phase == "rolling_back")
    assert began == seconds


def test_an_alarm_that_sleeps_wakes_with_the_first_traffic_of_a_long_advance(world):
    """Nothing stops between the first request and the rollback: traffic wakes the alarm on the way."""
    world.begin_a_minute()
    world.model("bad", SAGEBRUSH_ERROR_RATE=1)
    world.config("blue", model="bad")
    world.alarm()
    world.advance(600)
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue",
                                    Tags=[{"Key": "sagebrush:requests-per-second", "Value": "10"}])
    world.advance(600)
    history = world.cloudwatch.describe_alarm_history(AlarmName="errors", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    created = world.describe()["CreationTime"]
    assert [(item["Timestamp"] - created).total_seconds() for item in history] == [180.0]

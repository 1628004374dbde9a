"""Time: lines 42 to 45 of the contract (docs/fidelity.md), through the control API and real clients."""

import datetime
import time

import pytest

from guardrails import canary
from world import ControlError, instant


def utc_now():
    return datetime.datetime.now(datetime.timezone.utc)


def seconds_between(before, after):
    return (instant(after["now"]) - instant(before["now"])).total_seconds()


def test_line_42_a_new_world_begins_at_real_time_in_the_servers_mode(world):
    before = utc_now()
    clock = world.clock()
    assert clock["mode"] == "manual"
    assert abs((instant(clock["now"]) - before).total_seconds()) < 5
    assert abs(clock["offset_seconds"]) < 5


def test_line_42_a_manual_clock_stands_still(world):
    first = world.clock()
    began = time.monotonic()
    while time.monotonic() - began < 0.05:
        world.clock()
    assert world.clock()["now"] == first["now"]


def test_line_42_advance_moves_exactly_that_far_and_the_offset_says_so(world):
    before = world.clock()
    after = world.advance(600)
    assert seconds_between(before, after) == 600
    assert after["mode"] == "manual"
    assert 595 <= after["offset_seconds"] - before["offset_seconds"] <= 600


def test_line_42_a_scaled_clock_runs_at_its_rate(world):
    world.clock()
    began = time.monotonic()
    before = world.set_clock("scaled", rate=3600)
    inner = time.monotonic()
    while time.monotonic() - inner < 0.1:
        pass
    inner = time.monotonic() - inner
    after = world.clock()
    outer = time.monotonic() - began
    assert (after["mode"], after["rate"]) == ("scaled", 3600)
    assert inner * 3600 - 1 <= seconds_between(before, after) <= outer * 3600 + 1


def test_line_42_a_change_of_mode_keeps_the_time_that_was_reached(world):
    reached = world.advance(86400)
    real = world.set_clock("real")
    assert 0 <= seconds_between(reached, real) < 5
    assert real["mode"] == "real" and real["rate"] == 1
    assert 86000 < real["offset_seconds"] < 86800
    manual = world.set_clock("manual")
    assert 0 <= seconds_between(real, manual) < 5


def test_line_42_a_running_clock_carries_a_deployment_by_itself(fleet_of):
    world = fleet_of()
    world.set_clock("scaled", rate=3600)
    world.update(canary(1, wait=300))
    deadline = time.monotonic() + 30
    while world.status() == "Updating" and time.monotonic() < deadline:
        pass
    assert world.describe()["EndpointConfigName"] == "green"


@pytest.mark.parametrize("mode", [("real", {}), ("scaled", {"rate": 60})])
def test_line_42_advance_works_in_every_mode(fleet_of, mode):
    world = fleet_of()
    before = world.set_clock(mode[0], **mode[1])
    world.update(canary(1, wait=300))
    after = world.advance(3600)
    assert 3600 <= seconds_between(before, after) < 3600 + 60 * 30
    assert world.describe()["EndpointConfigName"] == "green"


@pytest.mark.parametrize("body", [{"seconds": -1}, {"seconds": 366 * 86400 + 1}, {"seconds": "600"}, {"to": "tomorrow"}, {}, [],
                                  {"seconds": 1, "to": "next"}])
def test_line_42_a_bad_advance_is_refused_in_a_sentence_and_moves_nothing(world, body):
    before = world.clock()["now"]
    with pytest.raises(ControlError) as caught:
        world.control("POST", "clock/advance", body)
    assert caught.value.status == 400
    assert " " in caught.value.body["error"]
    assert world.clock()["now"] == before


@pytest.mark.parametrize("body", [{"mode": "fast"}, {"mode": "scaled"}, {"mode": "scaled", "rate": 0}, {"mode": "scaled", "rate": -1}, {}])
def test_line_42_a_bad_clock_is_refused(world, body):
    with pytest.raises(ControlError) as caught:
        world.control("PUT", "clock", body)
    assert caught.value.status == 400


def test_line_42_a_year_is_accepted(world):
    before = world.clock()
    assert seconds_between(before, world.advance(366 * 86400)) == 366 * 86400


def test_line_42_next_is_the_next_change_and_idle_the_last(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=300))
    before = world.clock()
    reached = [seconds_between(before, world.advance("next")) for _ in range(3)]
    assert reached == [60, 65, 365]
    assert seconds_between(before, world.advance("idle")) == 60 + 2 * 305 + 10
    assert world.status() == "InService"


@pytest.mark.parametrize("to", ["next", "idle"])
def test_line_42_with_nothing_on_its_way_the_time_stays(fleet_of, to):
    world = fleet_of()
    before = world.clock()
    after = world.advance(to)
    assert (seconds_between(before, after), after["transitions"]) == (0, [])


def test_line_42_next_passes_over_a_look_at_the_alarms_that_finds_nothing(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance(100)
    for _ in range(2):
        world.alarm()
        world.cloudwatch.delete_alarms(AlarmNames=["errors"])
    assert [t["to"]["phase"] for t in world.advance("next")["transitions"]] == ["activating_traffic"]


def test_line_42_an_advance_tells_everything_that_happened_in_order(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=300))
    transitions = world.advance(3600)["transitions"]
    assert [t["time"] for t in transitions] == sorted(t["time"] for t in transitions)
    assert {t["endpoint"] for t in transitions} == {"web"}
    assert len(transitions) >= 6


def test_line_42_only_reset_returns_to_real_time_and_the_servers_mode(worlds, own_server):
    world = worlds(on=own_server())
    world.model()
    world.set_clock("scaled", rate=60)
    world.advance(86400)
    world.control("POST", "reset")
    clock = world.clock()
    assert clock["mode"] == "manual"
    assert abs((instant(clock["now"]) - utc_now()).total_seconds()) < 5
    assert world.sagemaker.list_models()["Models"] == []


def test_line_42_one_worlds_reset_leaves_the_others_alone(worlds):
    one, other = worlds(), worlds()
    one.model("mine")
    other.model("theirs")
    one.control("POST", "reset")
    assert one.sagemaker.list_models()["Models"] == []
    assert [m["ModelName"] for m in other.sagemaker.list_models()["Models"]] == ["theirs"]


def created_after(world, moment):
    return [m["ModelName"] for m in world.sagemaker.list_models(CreationTimeAfter=moment)["Models"]]


def old_and_new(world):
    """One model of the world's first second and one a day later."""
    world.model("old")
    world.advance(86400)
    world.model("new")


def test_line_43_a_time_near_the_real_now_is_mapped_to_the_worlds_clock(world):
    old_and_new(world)
    assert created_after(world, utc_now() - datetime.timedelta(minutes=2)) == ["new"]


def test_line_43_any_other_time_is_the_worlds(world):
    old_and_new(world)
    now = world.now()
    assert created_after(world, now - datetime.timedelta(hours=1)) == ["new"]
    assert sorted(created_after(world, now - datetime.timedelta(hours=30))) == ["new", "old"]


def test_line_43_switched_to_literal_nothing_is_mapped(switched):
    world = switched(client_times="literal")
    old_and_new(world)
    assert sorted(created_after(world, utc_now() - datetime.timedelta(minutes=2))) == ["new", "old"]


def test_line_44_signatures_are_of_real_time_however_far_the_world_is(world):
    world.advance(300 * 86400)
    world.model()
    assert world.sts.get_caller_identity()["Account"] == world.account


def test_health_answers_without_a_world(world):
    answer = world.control("GET", "health")
    assert answer["status"] == "ok"
    assert answer.keys() == {"status", "version", "store"}


@pytest.mark.parametrize("path", ["deployments/no-such-id", "nowhere"])
def test_what_the_control_api_does_not_know_is_404_in_a_sentence(world, path):
    with pytest.raises(ControlError) as caught:
        world.control("GET", path)
    assert caught.value.status == 404
    assert " " in caught.value.body["error"]


def test_an_endpoint_that_never_was_has_no_history(world):
    assert world.deployments("nowhere") == []


def test_the_history_survives_the_endpoint(fleet_of):
    world = fleet_of()
    world.update(canary(1))
    world.advance("idle")
    world.sagemaker.delete_endpoint(EndpointName="web")
    world.advance("idle")
    assert [(d["sequence"], d["kind"], d["status"]) for d in world.deployments()] == [(2, "update", "succeeded"), (1, "create", "succeeded")]


def loaded(world):
    """`web` in service since the beginning of a minute, with a request a second to a model that fails them all."""
    world.begin_a_minute()
    world.model(SAGEBRUSH_ERROR_RATE=1)
    world.config("blue")
    world.endpoint()
    world.advance(60 - world.now().timestamp() % 60)
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": 1})
    return world


def errors(world):
    """What GetMetricStatistics shows of the errors of the last hour."""
    now = world.now()
    points = world.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker", MetricName="Invocation5XXErrors", StartTime=now - datetime.timedelta(hours=1), EndTime=now,
        Period=60, Statistics=["Sum"],
        Dimensions=[{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "AllTraffic"}])["Datapoints"]
    return [point["Sum"] for point in sorted(points, key=lambda point: point["Timestamp"])]


@pytest.mark.parametrize("delay, seconds", [(None, 120), ("0", 60), ("180", 240)])
def test_line_45_a_datapoint_is_seen_so_long_after_its_period_ends(worlds, server, own_server, delay, seconds):
    world = loaded(worlds(on=own_server(metric_delay_seconds=delay) if delay else server))
    world.alarm()
    world.advance(seconds - 1)
    assert errors(world) == []
    assert world.cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"] == "INSUFFICIENT_DATA"
    world.advance(1)
    assert errors(world) == [60.0]
    assert world.cloudwatch.describe_alarms()["MetricAlarms"][0]["StateValue"] == "ALARM"


@pytest.mark.parametrize("poll, seconds", [("0", 100), ("30", 120), ("1000", 365)])
def test_line_45_a_guardrail_sees_its_alarms_when_it_looks(switched, poll, seconds):
    """The window opens at 60 s and the first bake ends at 365 s, which is a look in any case; the alarm goes off at 100 s."""
    world = switched(alarm_poll_seconds=poll)
    world.model()
    world.config("blue")
    world.config("green")
    world.endpoint()
    world.alarm()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    world.set_alarm("OK")
    world.advance("idle")
    deployment = world.deployment()
    began = next(e for e in deployment["events"] if e["phase"] == "rolling_back")
    assert (instant(began["time"]) - instant(deployment["started_at"])).total_seconds() == seconds

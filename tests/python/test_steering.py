"""An operator steers a deployment: every verb in every phase, twice, and what DescribeEndpoint shows meanwhile."""

import pytest

from guardrails import all_at_once, canary, linear, rolling, timeline
from world import ControlError, instant

VERBS = ("pause", "resume", "advance", "promote", "abort")

# Seconds after the update of four instances by canary(1, wait=300, termination=120), and what has an effect then.
PHASES = {
    "launching": (10, {"pause", "promote", "abort"}),
    "activating_traffic": (62, {"pause", "promote", "abort"}),
    "baking": (100, {"pause", "advance", "promote", "abort"}),
    "termination_wait": (700, {"pause", "advance", "promote", "abort"}),
    "terminating": (795, set()),
    "ended": (2_000, set()),
}


def since_start(world, text):
    return (instant(text) - instant(world.deployment()["started_at"])).total_seconds()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("phase", PHASES)
def test_every_verb_in_every_phase(fleet_of, phase, verb):
    world = fleet_of(4)
    world.alarm()
    world.update(canary(1, wait=300, termination=120, alarms=["errors"]))
    seconds, effective = PHASES[phase]
    world.advance(seconds)
    first = world.steer(verb)
    assert first["changed"] == (verb in effective), first["message"]
    assert first["message"].endswith(".")
    again = world.steer(verb)
    assert not again["changed"], f"{verb} twice: {again['message']}"
    assert again["deployment"]["id"] == world.deployments()[0]["id"]
    if world.deployment()["paused_since"]:
        world.advance("idle")
        assert world.status() == "Updating", "what is paused is idle"
        assert world.steer("resume")["changed"]
    world.advance("idle")
    ended = world.deployment()
    aborted = verb == "abort" and phase in ("launching", "activating_traffic", "baking", "termination_wait")
    assert ended["status"] == ("rolled_back" if aborted else "succeeded")
    assert world.describe()["EndpointConfigName"] == ("blue" if aborted else "green")
    assert [event["phase"] for event in ended["events"]].count(ended["status"]) == 1


@pytest.mark.parametrize("verb", VERBS)
def test_a_rollback_is_not_to_be_steered(fleet_of, verb):
    world = fleet_of(4)
    world.alarm()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    steered = world.steer(verb)
    assert (steered["changed"], steered["message"]) == (False, "It rolls back already.")
    world.advance("idle")
    assert world.deployment()["status"] == "rolled_back"


@pytest.mark.parametrize("verb", VERBS)
def test_a_creation_is_not_to_be_steered(world, verb):
    world.model()
    world.config("blue")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    steered = world.steer(verb)
    assert not steered["changed"]
    assert steered["message"] == "It creates its endpoint: it has no bake, and no old fleet to go back to."
    world.advance("idle")
    assert world.status() == "InService"


def test_an_abort_rolls_back_at_once_and_says_so_to_aws_clients(fleet_of):
    world = fleet_of(4)
    world.update(canary(1))
    world.advance(100)
    aborted = world.steer("abort")
    assert aborted["deployment"]["traffic"] == {"wanted": {"blue": 100, "green": 0}, "actual": {"blue": 100, "green": 0}}
    assert world.status() == "Updating"
    world.advance("idle")
    described = world.describe()
    assert (described["EndpointStatus"], described["EndpointConfigName"]) == ("InService", "blue")
    assert described["FailureReason"] == "The deployment was rolled back because it was aborted."
    causes = [(event["cause"], event["triggered_by"]) for event in world.deployment()["events"] if event["cause"]]
    assert causes == [("operator", "operator")]


def test_a_pause_stops_the_countdown_alone(fleet_of):
    world = fleet_of(4)
    world.alarm()
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance(100)
    paused = world.steer("pause")["deployment"]
    assert since_start(world, paused["next_at"]) == 14_400, "nothing but its timeout ends it"
    assert [stage["phase"] for stage in paused["planned"]] == ["rolling_back", "rolling_back", "rolled_back"]
    assert "paused since" in paused["why"] and "or times out at" in paused["why"]
    world.advance(3_000)
    assert world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]["Status"] == "Baking"
    resumed = world.steer("resume")["deployment"]
    assert since_start(world, resumed["next_at"]) == 3_100 + 265, "what was left of 300 s at 100 s"
    world.steer("pause")
    world.set_alarm("ALARM")
    world.advance("idle")
    assert world.deployment()["status"] == "rolled_back", "the alarms are watched all the while"


def test_an_alarm_that_trips_while_it_is_paused_is_acted_on_before_it_is_idle(fleet_of):
    world = fleet_of(4)
    world.alarm()
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance(100)
    world.steer("pause")
    world.set_alarm("ALARM", settle=False)
    world.advance("idle")
    assert world.deployment()["status"] == "rolled_back"


def test_a_pause_after_the_last_step_has_no_end(fleet_of):
    world = fleet_of(4)
    world.update(canary(1, wait=300, termination=120))
    world.advance(700)
    paused = world.steer("pause")["deployment"]
    assert (paused["next_at"], paused["planned"]) == (None, [])
    assert paused["why"].endswith("until it is resumed.")


def test_a_pause_does_not_stop_the_timeout(fleet_of):
    world = fleet_of(4)
    world.update(canary(1, wait=300, timeout=700))
    world.advance(100)
    world.steer("pause")
    world.advance(600)
    assert world.deployment()["events"][-1]["phase"] == "rolling_back"
    world.advance("idle")
    assert "MaximumExecutionTimeoutInSeconds (700)" in world.describe()["FailureReason"]


def test_a_rolling_update_is_steered_too(fleet_of):
    world = fleet_of(4)
    world.update(rolling(2, wait=1_000))
    world.advance(100)
    assert world.steer("advance")["changed"]
    world.advance("next")
    assert world.deployment()["events"][-1]["phase"] == "terminating"
    assert world.steer("promote")["changed"]
    world.advance("idle")
    assert timeline(world.deployment())[-4:] == [
        (170, "activating_traffic"), (175, "baking"), (175, "terminating"), (185, "succeeded")]


def test_a_request_that_is_sent_again_does_nothing_twice(fleet_of):
    world = fleet_of(10)
    world.update(linear(2, wait=300))
    world.advance(100)
    version = world.deployment()["version"]
    assert world.steer("advance", version=version)["changed"]
    world.advance(10)
    again = world.steer("advance", version=version)
    assert not again["changed"]
    assert again["message"] == f"Its version is {again['deployment']['version']} by now, not {version}."


@pytest.mark.parametrize("deployment", [
    all_at_once(wait=60), canary(1, wait=300, termination=120), linear(2, wait=30), rolling(2, wait=100), rolling(1, wait=0),
    canary(1, wait=300, timeout=600), None])
def test_what_is_to_come_comes(fleet_of, deployment):
    world = fleet_of(4)
    world.update(deployment)
    planned = world.deployment()["planned"]
    assert world.deployment()["next_at"] == planned[0]["time"]
    world.advance("idle")
    happened = world.deployment()["events"]
    assert planned == [{name: event[name] for name in planned[0]} for event in happened if event["phase"] != "warning"][1:]
    triggers = [event["triggered_by"] for event in happened if event["phase"] != "warning"]
    assert triggers == ["client"] + [event["cause"] or "clock" for event in happened if event["phase"] != "warning"][1:]


def test_wanted_stands_beside_actual_traffic(fleet_of):
    world = fleet_of(4)
    world.update(canary(1))
    assert world.deployment()["traffic"] == {"wanted": {"blue": 75, "green": 25}, "actual": {"blue": 100, "green": 0}}
    assert world.deployment()["why"] == "Step 1 of 2 has launched 4 instance(s) of green, and waits until all are up."
    world.advance(60)
    assert world.deployment()["traffic"] == {"wanted": {"blue": 75, "green": 25}, "actual": {"blue": 75, "green": 25}}


def test_an_alarm_that_tripped_is_told_with_its_value_and_threshold(fleet_of):
    world = fleet_of(4)
    world.alarm()
    world.model("bad", SAGEBRUSH_ERROR_RATE=1)
    world.config("worse", 4, model="bad")
    world.begin_a_minute()
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": 10})
    world.update(all_at_once(wait=600, alarms=["errors"]), config="worse")
    world.advance("idle")
    [event] = [event for event in world.deployment()["events"] if event["cause"] == "alarm"]
    assert (event["triggered_by"], event["alarms"]) == ("alarm", ["errors"])
    [tripped] = event["tripped"]
    assert (tripped["alarm"], tripped["value"], tripped["threshold"], tripped["time"]) == ("errors", 1, 0.1, event["time"])
    assert tripped["reason"].startswith("Threshold Crossed: 1 datapoint [1.0 ")


def test_an_alarm_that_was_set_by_hand_has_no_value(fleet_of):
    world = fleet_of(4)
    world.alarm()
    world.update(all_at_once(wait=600, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    [tripped] = [alarm for event in world.deployment()["events"] for alarm in event["tripped"]]
    assert (tripped["value"], tripped["threshold"], tripped["reason"]) == (None, None, "the test says so")


@pytest.mark.parametrize(("path", "body", "status", "sentence"), [
    ("{id}/stop", None, 404, "A deployment cannot be told to \"stop\"; there are pause, resume, advance, promote, abort."),
    ("none/pause", None, 404, "There is no deployment \"none\" in "),
    ("{id}/pause", {"version": "1"}, 400, "The member \"version\" must be a whole number from 1 to 9007199254740991, not \"1\"."),
    ("{id}/pause", {"version": 0}, 400, "The member \"version\" must be a whole number from 1 to 9007199254740991, not 0."),
    ("{id}/pause", {"versoin": 1}, 400, "The body has the unknown member \"versoin\"; there are version."),
    ("{id}/pause", [], 400, "The body must be a JSON object."),
])
def test_what_cannot_be_asked_is_told(fleet_of, path, body, status, sentence):
    world = fleet_of(1)
    found = world.deployments()[0]["id"]
    with pytest.raises(ControlError) as refused:
        world.control("POST", "deployments/" + path.format(id=found), body)
    assert refused.value.status == status
    assert refused.value.body["error"].startswith(sentence)

"""What EventBridge is told of a world: every change of an endpoint in AWS's shape, in order, as a page and as a stream."""

import http.client
import json
import urllib.parse

import pytest

from guardrails import all_at_once, canary, linear, rolling
from world import instant

STATE, DEPLOYMENT = "SageMaker Endpoint State Change", "SageMaker Endpoint Deployment State Change"

STRATEGIES = {
    "all-at-once": lambda **alarms: all_at_once(wait=300, termination=60, **alarms),
    "canary": lambda **alarms: canary(1, wait=300, **alarms),
    "linear": lambda **alarms: linear("33%", wait=300, **alarms),
    "rolling": lambda **alarms: rolling(1, wait=300, **alarms),
}

SHOWN = ("VariantName", "CurrentWeight", "DesiredWeight", "CurrentInstanceCount", "DesiredInstanceCount")


def numbered(world, **query):
    """Events with their numbers, in order; without a filter the numbers have no gaps."""
    found = world.control("GET", "events", **query)["events"]
    if not query.keys() - {"after"}:
        assert [one["number"] for one in found] == [number for number, _ in enumerate(found, query.get("after", 0) + 1)]
    return found


def events(world, **query):
    return [one["event"] for one in numbered(world, **query)]


def upper_snake(word):
    return "".join(f"_{sign}" if sign.isupper() and place else sign for place, sign in enumerate(word)).upper()


def milliseconds(time):
    return round(time.timestamp() * 1000)


def variants(shown):
    """Variants of DescribeEndpoint as an event tells them."""
    return [{name: variant[name] for name in SHOWN} | told(variant) for variant in shown]


def told(variant):
    status = [one | {"StartTime": milliseconds(one["StartTime"])} for one in variant.get("VariantStatus", [])]
    return {"VariantStatus": status} if status else {}


def detail_of(shown):
    """What the event of a deployment has to say when DescribeEndpoint shows this."""
    detail = {
        "EndpointName": shown["EndpointName"], "EndpointArn": shown["EndpointArn"],
        "EndpointConfigName": shown["EndpointConfigName"], "ProductionVariants": variants(shown.get("ProductionVariants", [])),
        "EndpointStatus": upper_snake(shown["EndpointStatus"]), "CreationTime": milliseconds(shown["CreationTime"]),
        "LastModifiedTime": milliseconds(shown["LastModifiedTime"]), "Tags": {}}
    if "FailureReason" in shown:
        detail["FailureReason"] = shown["FailureReason"]
    if pending := shown.get("PendingDeploymentSummary"):
        detail["PendingDeploymentSummary"] = {
            "EndpointConfigName": pending["EndpointConfigName"], "StartTime": milliseconds(pending["StartTime"]),
            "ProductionVariants": variants(pending["ProductionVariants"])}
    return detail


@pytest.mark.parametrize("outcome", ["success", "rollback"])
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_line_37_an_event_tells_what_a_poller_that_missed_nothing_would_see(fleet_of, strategy, outcome):
    world = fleet_of()
    world.alarm()
    world.update(STRATEGIES[strategy](alarms=["errors"]))
    statuses, seen = [], 0
    while True:
        found = numbered(world, endpoint="web", after=seen)
        seen = found[-1]["number"] if found else seen
        new = [one["event"] for one in found]
        statuses += [event["detail"]["EndpointStatus"] for event in new if event["detail-type"] == STATE]
        if deployment := [event for event in new if event["detail-type"] == DEPLOYMENT]:
            shown = world.describe()
            assert deployment[-1]["detail"] == detail_of(shown)
            assert instant(deployment[-1]["time"]).timestamp() == shown["LastModifiedTime"].timestamp() // 1
        if statuses[-1] == "IN_SERVICE" and world.status() == "InService" and not new:
            break
        if outcome == "rollback" and "Baking" in json.dumps(new):
            world.set_alarm("ALARM", settle=False)
        world.advance("next" if world.status() != "InService" else 0)
    assert statuses == ["CREATING", "IN_SERVICE", "UPDATING", "IN_SERVICE"]
    ended = world.deployment()
    assert ended["status"] == ("succeeded" if outcome == "success" else "rolled_back")
    # Whoever looks at the status alone takes the rollback for a success; the config tells.
    last = events(world, endpoint="web", detail_type=STATE)[-1]["detail"]
    assert last["EndpointConfigName"] == ("green" if outcome == "success" else "blue")
    assert ("FailureReason" in last) == (outcome == "rollback")


def test_alarms_are_told_before_the_rollback_that_they_begin(fleet_of):
    world = fleet_of()
    world.alarm()
    world.update(canary(1, wait=300, alarms=["errors"]))
    world.advance(120)
    world.set_alarm("ALARM")
    world.advance("idle")
    all_of_it = events(world)
    kinds = [event["detail-type"] for event in all_of_it]
    fell = kinds.index("CloudWatch Alarm State Change")
    alarm = all_of_it[fell]
    assert (alarm["source"], alarm["resources"]) == (
        "aws.cloudwatch", [f"arn:aws:cloudwatch:{world.region}:{world.account}:alarm:errors"])
    assert alarm["detail"]["state"] | {"timestamp": ""} == {
        "reason": "the test says so", "timestamp": "", "value": "ALARM"}
    metric = alarm["detail"]["configuration"]["metrics"][0]["metricStat"]["metric"]
    assert metric == {"dimensions": {"EndpointName": "web", "VariantName": "AllTraffic"}, "name": "Invocation5XXErrors",
                      "namespace": "AWS/SageMaker"}
    assert kinds[fell + 1:].count(STATE) == 1, "the rollback that follows ends in service"
    assert len({event["id"] for event in all_of_it}) == len(all_of_it)


def test_the_stream_has_what_was_there_and_what_happens(fleet_of):
    world = fleet_of()
    before = numbered(world)
    query = urllib.parse.urlencode({"account": world.account, "region": world.region})
    connection = http.client.HTTPConnection(*world.server.address, timeout=30)
    connection.request("GET", f"/_sagebrush/events?{query}", headers={"Accept": "text/event-stream"})
    answer = connection.getresponse()
    assert answer.getheader("Content-Type") == "text/event-stream"

    def read(count):
        read = []
        while len(read) < count:
            line = answer.readline().decode().strip()
            if line.startswith("id: "):
                number, data = int(line.removeprefix("id: ")), answer.readline().decode()
                read.append({"number": number, "event": json.loads(data.removeprefix("data: "))})
        return read

    assert read(len(before)) == before
    world.update(canary(1, wait=300))
    world.advance("idle")
    after = numbered(world, after=before[-1]["number"])
    assert len(after) > 6 and read(len(after)) == after
    connection.close()


def test_a_pattern_says_which_events_are_wanted(fleet_of, refused):
    """The rule of AWS's blogs that never fires: it compares with the status as the API writes it."""
    world = fleet_of()
    client = world.client("events")
    event = next(json.dumps(event) for event in events(world, endpoint="web", detail_type=STATE)
                 if event["detail"]["EndpointStatus"] == "IN_SERVICE")
    for status, wanted in [("IN_SERVICE", True), ("InService", False)]:
        pattern = {"source": ["aws.sagemaker"], "detail-type": [STATE], "detail": {"EndpointName": [{"prefix": "w"}], "EndpointStatus": [status]}}
        assert client.test_event_pattern(EventPattern=json.dumps(pattern), Event=event)["Result"] == wanted
    message = "Event pattern is not valid. Reason: Unrecognized match type like"
    with refused(message, code="InvalidEventPatternException"):
        client.test_event_pattern(EventPattern='{"source": [{"like": "aws"}]}', Event=event)

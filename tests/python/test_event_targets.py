"""Rules and their targets: who gets which event of a deployment, in which form, how often, and what becomes of the rest."""

import json
import re
import threading
import time

import pytest
from botocore.exceptions import ClientError

from guardrails import canary
from outside import hooks, moto  # noqa: F401 (fixtures)
from world import instant

SAGEMAKER = json.dumps({"source": ["aws.sagemaker"]})
STAGES = json.dumps({"detail-type": ["SageMaker Endpoint Deployment State Change"]})


@pytest.fixture
def outside(worlds, own_server, hooks, moto):  # noqa: F811
    """A world whose server knows moto's queues and topics, and may call one web server: outside(lambda request: 200)."""

    def make(*answer, environment=None, **settings):
        hook = hooks(*answer)
        endpoints = {"AWS_ENDPOINT_URL_SQS": moto.url, "AWS_ENDPOINT_URL_SNS": moto.url,
                     "AWS_ENDPOINT_URL_LAMBDA": hook.url, "AWS_ENDPOINT_URL_STATES": hook.url}
        server = own_server(environment=endpoints | (environment or {}), **{"allow_targets": hook.address} | settings)
        world = worlds(on=server)
        world.hook, world.events = hook, world.client("events")
        return world

    return make


def rule(world, name, pattern, *targets):
    """A rule with these targets; all are taken."""
    world.events.put_rule(Name=name, EventPattern=pattern)
    answer = world.events.put_targets(Rule=name, Targets=[{"Id": f"t{n}", **target} for n, target in enumerate(targets)])
    assert answer["FailedEntryCount"] == 0


def api_destination(world, name="hook", path="/", connection=None, **more):
    """The ARN of an API destination at the world's web server."""
    key = {"AuthorizationType": "API_KEY",
           "AuthParameters": {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "secret"}}}
    arn = world.events.create_connection(Name=name, **(connection or key))["ConnectionArn"]
    made = world.events.create_api_destination(
        Name=name, ConnectionArn=arn, InvocationEndpoint=world.hook.url + path, **{"HttpMethod": "POST"} | more)
    return made["ApiDestinationArn"]


def told(world, **query):
    return [one["event"] for one in world.control("GET", "events", **query)["events"]]


def put(world, **detail):
    """An event of one's own; its id."""
    entry = {"Source": "mine", "DetailType": "Order", "Detail": json.dumps(detail), "Resources": ["arn:order"]}
    return world.events.put_events(Entries=[entry])["Entries"][0]["EventId"]


def by_resource(events):
    found = {}
    for event in events:
        found.setdefault(event["resources"][0], []).append(event)
    return found


def model_fails(world, rate):
    world.control("PUT", "models/bad/behaviour", {"error_rate": rate})


def deploy_twice(world):
    """A canary that ends well, and one that its alarm rolls back; another endpoint beside it."""
    world.model()
    for name in ("blue", "green"):
        world.config(name, 3)
    for endpoint in ("web", "other"):
        world.endpoint(endpoint, "blue")
    world.alarm("errors")
    world.sagemaker.update_endpoint(EndpointName="web", EndpointConfigName="green", DeploymentConfig=canary(1, wait=300, alarms=["errors"]))
    world.advance("idle")
    world.sagemaker.update_endpoint(EndpointName="web", EndpointConfigName="blue", DeploymentConfig=canary(1, wait=300, alarms=["errors"]))
    world.advance(120)
    world.cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="a test")
    world.advance("idle")
    assert [one["status"] for one in world.deployments()] == ["rolled_back", "succeeded", "succeeded"]


def test_a_web_server_and_a_queue_get_every_event_of_a_canary_and_of_a_rollback_in_order(outside, moto):  # noqa: F811
    world = outside()
    queue, take = moto.queue(world, "all")
    rule(world, "all", SAGEMAKER, {"Arn": queue}, {"Arn": api_destination(world)})
    deploy_twice(world)
    expected = by_resource(one for one in told(world) if one["source"] == "aws.sagemaker")
    assert len(expected["arn:aws:sagemaker:us-east-1:%s:endpoint/web" % world.account]) == 18
    assert by_resource(world.hook.bodies()) == expected
    assert by_resource(json.loads(message["Body"]) for message in take()) == expected
    request = world.hook.requests[0]
    assert (request["method"], request["headers"]["x-key"], request["headers"]["content-type"]) == (
        "POST", "secret", "application/json; charset=utf-8")
    assert world.control("GET", "deliveries")["deliveries"] == []


def test_a_rule_gets_only_what_its_pattern_wants(outside, moto):  # noqa: F811
    world = outside()
    queue, take = moto.queue(world, "rolled-back")
    wanted = {"detail-type": ["SageMaker Endpoint State Change"],
              "detail": {"EndpointName": ["web"], "FailureReason": [{"exists": True}], "EndpointStatus": ["IN_SERVICE"]}}
    alarms, take_alarms = moto.queue(world, "alarms")
    rule(world, "rolled-back", json.dumps(wanted), {"Arn": queue})
    rule(world, "alarms", json.dumps({"source": ["aws.cloudwatch"], "detail": {"state": {"value": ["ALARM"]}}}), {"Arn": alarms})
    deploy_twice(world)
    [message] = take()
    assert json.loads(message["Body"])["detail"]["EndpointConfigName"] == "green"
    [message] = take_alarms()
    assert json.loads(message["Body"])["detail"]["alarmName"] == "errors"


def test_a_target_gets_what_it_asks_for_of_an_event(outside, moto):  # noqa: F811
    world = outside()
    queue, take = moto.queue(world, "forms")
    forms = [
        {"InputPath": "$.detail"}, {"Input": '{"constant": 1}'},
        {"InputTransformer": {"InputPathsMap": {"id": "$.detail.id", "type": "$.detail-type"},
                              "InputTemplate": '{"number": <id>, "text": "<type> <id> of <aws.events.rule-name>"}'}}]
    rule(world, "forms", json.dumps({"source": ["mine"]}), *({"Arn": queue} | form for form in forms))
    put(world, id=7)
    world.advance(0)
    assert sorted(message["Body"] for message in take()) == [
        '{"constant": 1}', '{"id":7}', '{"number": 7, "text": "Order 7 of forms"}']


def test_topics_functions_state_machines_and_fifo_queues_get_events(outside, moto):  # noqa: F811
    start = {"executionArn": "arn:aws:states:us-east-1:123456789012:execution:m:1", "startDate": 1.0}
    world = outside(lambda request: (202, b"", {}) if "/functions/" in request["path"] else (200, json.dumps(start).encode(), {}))
    queue, take = moto.queue(world, "of-the-topic")
    fifo, take_fifo = moto.queue(world, "in-order.fifo", FifoQueue="true")
    sns = moto.client("sns", world)
    topic = sns.create_topic(Name="topic")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue)
    at = f"us-east-1:{world.account}"
    function, machine = f"arn:aws:lambda:{at}:function:f", f"arn:aws:states:{at}:stateMachine:m"
    rule(world, "all", json.dumps({"source": ["mine"]}), {"Arn": topic}, {"Arn": function}, {"Arn": machine, "RoleArn": "arn:aws:iam::1:role/r"},
         {"Arn": fifo, "SqsParameters": {"MessageGroupId": "g"}})
    event_id = put(world, id=1)
    world.advance(0)
    [event] = told(world)
    assert event["id"] == event_id
    [message] = take()
    assert json.loads(json.loads(message["Body"])["Message"]) == event
    [message] = take_fifo()
    assert json.loads(message["Body"]) == event
    [invoked] = [request for request in world.hook.requests if "/functions/" in request["path"]]
    assert json.loads(invoked["body"]) == event
    assert invoked["headers"]["x-amz-invocation-type"] == "Event"
    assert f"Credential={world.account}/" in invoked["headers"]["authorization"]
    [started] = [request for request in world.hook.requests if request["headers"].get("x-amz-target") == "AWSStepFunctions.StartExecution"]
    body = json.loads(started["body"])
    assert (body["stateMachineArn"], json.loads(body["input"])) == (machine, event)


def test_a_log_group_gets_events_and_is_read(outside):
    world = outside()
    logs = world.client("logs")
    logs.create_log_group(logGroupName="/aws/events/stages")
    rule(world, "stages", STAGES, {"Arn": f"arn:aws:logs:us-east-1:{world.account}:log-group:/aws/events/stages"})
    world.model()
    world.config("blue", 1)
    world.endpoint("web", "blue")
    expected = [one for one in told(world) if one["detail-type"].startswith("SageMaker Endpoint Deployment")]
    found = logs.filter_log_events(logGroupName="/aws/events/stages")["events"]
    assert [json.loads(event["message"]) for event in found] == expected
    assert [event["timestamp"] // 1000 for event in found] == [
        int(instant(event["time"]).timestamp()) for event in expected]
    creating = logs.filter_log_events(logGroupName="/aws/events/stages", filterPattern='"Launching 1 instance"')["events"]
    assert len(creating) == 1
    [stream] = logs.describe_log_streams(logGroupName="/aws/events/stages")["logStreams"]
    read = logs.get_log_events(logGroupName="/aws/events/stages", logStreamName=stream["logStreamName"])["events"]
    assert [event["message"] for event in read] == [event["message"] for event in found]


def test_what_fails_is_tried_again_with_growing_pauses_on_the_worlds_clock_and_holds_back_what_comes_after(outside):
    statuses = [500, 429, 503]
    world = outside(lambda request: statuses.pop(0) if statuses else 200)
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": api_destination(world)})
    first, second = put(world, id=1), put(world, id=2)
    world.advance(0)
    assert [body["id"] for body in world.hook.bodies()] == [first]
    [waiting, behind] = world.control("GET", "deliveries")["deliveries"]
    assert (waiting["attempts"], waiting["failure"]) == (1, "API_DESTINATION_ERROR: The API destination answered 500 Internal Server Error.")
    assert (waiting["event"]["id"], behind["event"]["id"], behind["attempts"]) == (first, second, 0)
    assert figures(world) == {"sagebrush_outbox_depth": 2, "delivered": 0, "failed": 1, "dead_lettered": 0, "lost": 0}
    for seconds, tried in ((0.5, 1), (0.5, 2), (1.5, 2), (0.5, 3), (3.5, 3)):
        world.advance(seconds)
        assert len(world.hook.requests) == tried
    world.advance(0.5)
    assert [body["id"] for body in world.hook.bodies()] == [first] * 4 + [second]
    assert world.control("GET", "deliveries")["deliveries"] == []
    assert figures(world) == {"sagebrush_outbox_depth": 0, "delivered": 2, "failed": 3, "dead_lettered": 0, "lost": 0}


def figures(world):
    """How deep the outbox of a world's server is, and what came of its deliveries."""
    text = world.raw(method="GET", path="/_sagebrush/metrics", headers={"Authorization": None})[2].decode()
    found = re.findall(r'^(sagebrush_outbox_depth|sagebrush_deliveries_total\{outcome="(\w+)"\}) (\d+)$', text, re.MULTILINE)
    return {outcome or name: int(value) for name, outcome, value in found}


def test_what_is_given_up_goes_to_the_dead_letter_queue_and_says_why(outside, moto):  # noqa: F811
    world = outside(lambda request: 500)
    dead, take = moto.queue(world, "dead")
    arn = api_destination(world)
    rule(world, "mine", json.dumps({"source": ["mine"]}),
         {"Arn": arn, "DeadLetterConfig": {"Arn": dead}, "RetryPolicy": {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}})
    put(world, id=1)
    world.advance(10)
    assert len(world.hook.requests) == 3
    [message] = take()
    assert [json.loads(message["Body"])] == told(world)
    assert {name: value["StringValue"] for name, value in message["MessageAttributes"].items()} == {
        "RULE_ARN": f"arn:aws:events:us-east-1:{world.account}:rule/mine", "TARGET_ARN": arn,
        "ERROR_CODE": "API_DESTINATION_ERROR", "ERROR_MESSAGE": "The API destination answered 500 Internal Server Error.",
        "RETRY_ATTEMPTS": "2", "EXHAUSTED_RETRY_CONDITION": "MaximumRetryAttempts"}


@pytest.mark.parametrize(("target", "code"), [
    ("arn:aws:sqs:us-east-1:ACCOUNT:nobody", "AWS.SimpleQueueService.NonExistentQueue"),
    ("arn:aws:sns:us-east-1:ACCOUNT:nobody", "NotFound"),
    ("arn:aws:logs:us-east-1:ACCOUNT:log-group:nobody", "NO_SUCH_RESOURCE"),
    ("arn:aws:events:us-east-1:ACCOUNT:api-destination/nobody/1", "NO_SUCH_RESOURCE"),
])
def test_a_target_that_does_not_exist_is_not_tried_again(outside, moto, target, code):  # noqa: F811
    world = outside()
    dead, take = moto.queue(world, "dead")
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": target.replace("ACCOUNT", world.account), "DeadLetterConfig": {"Arn": dead}})
    put(world, id=1)
    world.advance(0)
    [message] = take()
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert (attributes["ERROR_CODE"], attributes["RETRY_ATTEMPTS"]) == (code, "0")
    assert "EXHAUSTED_RETRY_CONDITION" not in attributes


def test_nothing_is_called_that_the_operator_has_not_listed(outside, moto, hooks):  # noqa: F811
    hidden = hooks()
    world = outside(lambda request: (302, b"", {"Location": hidden.url}))
    dead, take = moto.queue(world, "dead")
    world.hook, listed = hidden, world.hook
    targets = [api_destination(world, "unlisted")]
    world.hook = listed
    targets.append(api_destination(world, "redirected"))
    rule(world, "mine", json.dumps({"source": ["mine"]}), *({"Arn": arn, "DeadLetterConfig": {"Arn": dead}} for arn in targets))
    put(world, id=1)
    world.advance(0)
    messages = sorted(message["MessageAttributes"]["ERROR_MESSAGE"]["StringValue"] for message in take())
    assert messages == [
        f"{hidden.address} is not called, because SAGEBRUSH_ALLOW_TARGETS does not list it.",
        "The API destination answered 302 Found."]
    assert (len(listed.requests), hidden.requests) == (1, [])


def test_without_an_endpoint_for_a_service_its_targets_are_given_up_and_the_log_says_what_to_set(worlds, own_server):
    world = worlds(on=own_server())
    world.events = world.client("events")
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": f"arn:aws:sqs:us-east-1:{world.account}:q"})
    put(world, id=1)
    world.advance(0)
    assert world.control("GET", "deliveries")["deliveries"] == []
    assert "There is no SQS to call: set AWS_ENDPOINT_URL_SQS for the server." in world.server.log()


def test_a_request_has_what_its_connection_and_its_target_add(outside):
    def answer(request):
        if request["path"] != "/token":
            return 200
        return 200, b'{"access_token": "t0k3n", "expires_in": 60}', {}

    world = outside(answer)
    oauth = {"AuthorizationType": "OAUTH_CLIENT_CREDENTIALS", "AuthParameters": {
        "OAuthParameters": {
            "AuthorizationEndpoint": world.hook.url + "/token", "HttpMethod": "POST",
            "ClientParameters": {"ClientID": "id", "ClientSecret": "secret"},
            "OAuthHttpParameters": {"BodyParameters": [{"Key": "audience", "Value": "a"}]}},
        "InvocationHttpParameters": {
            "HeaderParameters": [{"Key": "x-from", "Value": "connection"}],
            "QueryStringParameters": [{"Key": "c", "Value": "1"}], "BodyParameters": [{"Key": "extra", "Value": "2"}]}}}
    arn = api_destination(world, path="/orders/*", connection=oauth, HttpMethod="PUT")
    rule(world, "mine", json.dumps({"source": ["mine"]}), {
        "Arn": arn, "InputPath": "$.detail", "HttpParameters": {
            "PathParameterValues": ["$.detail.path"], "HeaderParameters": {"x-from": "target", "x-target": "$.detail.three", "Host": "elsewhere", "Content-Length": "1"},
            "QueryStringParameters": {"t": "4"}}})
    put(world, id=1, three=3, path="a/b")
    world.advance(0)
    token, request = world.hook.requests
    assert token["body"] == b"audience=a&grant_type=client_credentials&client_id=id&client_secret=secret"
    assert (request["method"], request["path"], request["query"]) == ("PUT", "/orders/a%2Fb", {"t": "4", "c": "1"})
    assert [request["headers"][name] for name in ("authorization", "x-from", "x-target")] == ["Bearer t0k3n", "connection", "3"]
    assert request["headers"]["host"] == world.hook.address and request["headers"]["content-length"] == str(len(request["body"]))
    assert json.loads(request["body"]) == {"id": 1, "three": 3, "path": "a/b", "extra": "2"}


def test_a_connection_that_may_not_be_used_sends_nothing_and_no_secret_is_told(outside, moto):  # noqa: F811
    world = outside(lambda request: (500, b"", {"Connection": "close"}))
    dead, take = moto.queue(world, "dead")
    basic = {"AuthorizationType": "BASIC", "AuthParameters": {
        "BasicAuthParameters": {"Username": "u", "Password": "old"},
        "InvocationHttpParameters": {"QueryStringParameters": [{"Key": "k", "Value": "s3cret", "IsValueSecret": True}],
                                     "HeaderParameters": [{"Key": "x-empty"}]}}}
    arn = api_destination(world, connection=basic)
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": arn, "DeadLetterConfig": {"Arn": dead}, "RetryPolicy": {"MaximumRetryAttempts": 1}})
    world.events.update_connection(Name="hook", AuthParameters={"BasicAuthParameters": {"Password": "new"}})
    put(world, id=1)
    world.advance(0)
    assert world.hook.requests[0]["headers"]["authorization"] == "Basic dTpuZXc="
    world.hook.stop()
    world.advance(10)
    world.events.deauthorize_connection(Name="hook")
    put(world, id=2)
    world.advance(0)
    messages = take()
    codes = [message["MessageAttributes"]["ERROR_CODE"]["StringValue"] for message in messages]
    assert codes == ["SDK_CLIENT_ERROR", "CONNECTION_NOT_AUTHORIZED"]
    assert "s3cret" not in json.dumps(messages) and "s3cret" not in world.server.log()


def test_a_target_that_says_when_is_not_asked_before(outside):
    world = outside(lambda request: (429, b"", {"Retry-After": "30"}))
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": api_destination(world)})
    put(world, id=1)
    for seconds, tried in ((0, 1), (29, 1), (1, 2)):
        world.advance(seconds)
        assert len(world.hook.requests) == tried


def test_a_target_that_never_answers_does_not_hold_up_the_others(outside, moto):  # noqa: F811
    world = outside(lambda request: threading.Event().wait(30) or 200)
    queue, take = moto.queue(world, "beside")
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": api_destination(world)}, {"Arn": queue})
    put(world, id=1)
    put(world, id=2)
    deadline = time.monotonic() + 20
    taken = []
    while len(taken) < 2:
        assert time.monotonic() < deadline, "the queue waits for the web server"
        taken += take()


def test_basic_authorization(outside):
    world = outside()
    basic = {"AuthorizationType": "BASIC", "AuthParameters": {"BasicAuthParameters": {"Username": "u", "Password": "p"}}}
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": api_destination(world, connection=basic)})
    put(world, id=1)
    world.advance(0)
    assert world.hook.requests[0]["headers"]["authorization"] == "Basic dTpw"


def test_deliveries_are_duplicated_on_purpose_as_aws_warns(outside):
    def delivered(part):
        world = outside(duplicate_events=part)
        rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": api_destination(world)})
        ids = [put(world, id=number) for number in range(20)]
        world.advance(0)
        came = [body["id"] for body in world.hook.bodies()]
        assert list(dict.fromkeys(came)) == ids, "in order, none is lost"
        return len(came)

    assert (delivered(0), delivered(1)) == (20, 40)
    assert 20 < delivered(0.5) < 40


def test_a_world_that_is_reset_sends_nothing_more(outside):
    world = outside(lambda request: 500)
    rule(world, "mine", json.dumps({"source": ["mine"]}), {"Arn": api_destination(world)})
    put(world, id=1)
    world.advance(0)
    assert len(world.hook.requests) == 1
    world.control("POST", "reset")
    world.advance(100)
    assert len(world.hook.requests) == 1
    assert world.events.list_rules()["Rules"] == []
    with pytest.raises(ClientError, match="does not exist"):
        world.events.describe_connection(Name="hook")

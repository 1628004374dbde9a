"""Events reach their targets while the servers that carry them are killed."""

import json
import signal

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from guardrails import all_at_once, canary
from outside import Hook, Moto
from running import Running, until
from world import World

RULE = json.dumps({"source": ["aws.sagemaker"]})


@pytest.fixture
def outside():
    hook, moto = Hook(), Moto()
    yield hook, moto
    hook.stop()
    moto.stop()


def by_resource(events):
    """The events of each resource by their ids, in the order of their first coming."""
    found = {}
    for event in events:
        found.setdefault(event["resources"][0], {}).setdefault(event["id"], event)
    return {resource: list(events.values()) for resource, events in found.items()}


def test_a_web_server_and_a_queue_get_all_of_a_canary_and_of_a_rollback_while_replicas_are_killed(outside):
    hook, moto = outside
    cluster = Running(AWS_ENDPOINT_URL_SQS=moto.url, SAGEBRUSH_ALLOW_TARGETS=hook.address)
    try:
        world = World(cluster)
        queue, take = moto.queue(world, "all")
        send_everything(world, queue, hook)
        world.set_clock("scaled", rate=120)
        world.alarm()
        killed = 0
        for update in (canary(2, wait=300, alarms=["errors"]), all_at_once(wait=600, alarms=["errors"])):
            world.update(update, config="green" if killed == 0 else "blue")
            for replica in cluster.replicas():
                cluster.signal(replica.name, signal.SIGKILL)
                until(f"{replica.name} is there again", lambda: cluster.has_again(replica))
                killed += 1
            if killed > len(cluster.replicas()):
                world.set_alarm("ALARM", settle=False)
            until("the deployment has ended", lambda: answered(world.status) == "InService")
        assert [one["status"] for one in world.deployments()] == ["rolled_back", "succeeded", "succeeded"]
        until("all is delivered", lambda: not world.control("GET", "deliveries")["deliveries"])
        told = [one["event"] for one in world.control("GET", "events")["events"]]
        expected = by_resource(event for event in told if event["source"] == "aws.sagemaker")
        assert by_resource(hook.bodies()) == expected
        assert by_resource(json.loads(message["Body"]) for message in take()) == expected
    finally:
        cluster.stop()


def answered(call):
    """What a call answers, or nothing while a server that had it is gone."""
    try:
        return call()
    except (BotoCoreError, ClientError):
        return None


def send_everything(world, queue, hook):
    """An endpoint in service, and a rule that sends all that is told of it to both."""
    events = world.client("events")
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "secret"}}
    connection = events.create_connection(Name="hook", AuthorizationType="API_KEY", AuthParameters=key)["ConnectionArn"]
    destination = events.create_api_destination(
        Name="hook", ConnectionArn=connection, InvocationEndpoint=hook.url, HttpMethod="POST")["ApiDestinationArn"]
    events.put_rule(Name="all", EventPattern=RULE)
    events.put_targets(Rule="all", Targets=[{"Id": "queue", "Arn": queue}, {"Id": "hook", "Arn": destination}])
    world.set_clock("manual")
    world.model()
    for name in ("blue", "green"):
        world.config(name, 4)
    world.endpoint("web", "blue")

"""The same CloudWatch calls through four clients and three protocols: equal results."""

import contextlib
import datetime
import itertools
import json

import pytest

import story
from client import Client, kinds, protocol
from server import Server
from world import REGION, World

KINDS = kinds()
ACCOUNTS = itertools.count(200_000_000_000)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def server():
    running = Server()
    yield running
    running.stop()


def on_one_hour(worlds):
    """Bring all clocks to the next full hour: a manual clock stands where real time stood when its world began."""
    latest = max(world.now() for world in worlds)
    hour = latest.replace(minute=0, second=0, microsecond=0) + HOUR
    for world in worlds:
        world.advance((hour - world.now()).total_seconds())
        assert world.now() == hour
    return hour


def tell(steps, kind, world, began):
    """What one client shows for each call of a story, the account taken out; and how each call was sent."""
    teller, answers = story.Teller(world.account, began), []
    with contextlib.closing(Client(kind, world.server.url, world.account, world.region)) as client:
        for step in steps:
            if "advance" in step:
                world.advance(step["advance"])
                continue
            answer = client.ask(step["operation"], teller.fill(step["parameters"]))
            teller.before = answer.get("result", {})
            answers.append(json.loads(json.dumps(answer).replace(world.account, "ACCOUNT")))
    return answers


@pytest.fixture(scope="module", params=story.names())
def told(request, server):
    """One story told by every client, each in a world of its own: the calls, and the answers by client."""
    steps = story.load(request.param)
    worlds = [World(server, account=str(next(ACCOUNTS)), region=REGION) for _ in KINDS]
    began = on_one_hour(worlds)
    answers = {kind.name: tell(steps, kind, world, began) for kind, world in zip(KINDS, worlds)}
    return [step for step in steps if "advance" not in step], answers


def differences(one, other, path=""):
    """Where two JSON values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(one.keys() | other.keys()):
            yield from differences(one.get(name), other.get(name), f"{path}.{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for at, (a, b) in enumerate(zip(one, other)):
            yield from differences(a, b, f"{path}[{at}]")
    elif one != other:
        yield f"{path}: {one!r} != {other!r}"


def test_every_call_ends_as_its_story_says(told):
    calls, answers = told
    faults = [f"{name}, call {at}, {call['operation']}: {fault}" for name, given in answers.items()
              for at, (call, answer) in enumerate(zip(calls, given, strict=True), 1) for fault in story.outcome_faults(call, answer)]
    assert not faults, "\n".join(faults)


def test_all_clients_show_the_same(told):
    calls, answers = told
    (first, given), *others = answers.items()
    faults = [f"call {at}, {call['operation']}, {first} and {name}: {fault}"
              for name, other in others
              for at, (call, a, b) in enumerate(zip(calls, given, other, strict=True), 1)
              for fault in differences(*({k: v for k, v in x.items() if k != "sent"} for x in (a, b)))]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_client_speaks_the_protocol_that_it_is_here_for(told, kind):
    _, answers = told
    assert {protocol(answer["sent"]) for answer in answers[kind.name]} == {kind.protocol}

"""The same CloudWatch calls through four clients and three protocols: equal results."""

import concurrent.futures
import contextlib
import datetime
import functools
import itertools
import json
import pathlib

import pytest

import story
from client import Client, kinds, protocol
from server import Server
from world import REGION, World

KINDS = kinds()
MODEL = pathlib.Path(__file__).resolve().parents[2] / "models" / "cloudwatch.json"
# An error of the model by its shape, and the code that awsQuery had for it; the last is in no model.
SHAPES = json.loads(MODEL.read_text())["shapes"]
CODES = {name: shape["error"]["code"] for name, shape in SHAPES.items() if shape.get("error", {}).get("code", name) != name}
CODES |= {"ValidationException": "ValidationError"}
# The differences that are the SDKs' own: (client, member of an error, what it shows: what that stands for, why).
# They are taken back before errors are compared. Between the protocols nothing else differs but request ids.
DIFFERENCES = [
    ("JS SDK v3", "code", CODES, "its errors are named after shapes; the code, which all others show, is in Error.Code"),
    ("JS SDK v3", "message", {"UnknownError": None}, "its word for an error without a message"),
    ("boto3", "message", {"": None}, "its word for an error without a message, where the answer is JSON"),
]
ACCOUNTS = itertools.count(200_000_000_000)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture(scope="module")
def server():
    running = Server()
    yield running
    running.stop()


def on_one_hour(worlds):
    """Bring all clocks to the next full hour but one: a manual clock stands where real time stood when its world
    began, and an instant of a story that is within five minutes of real time would be read as real."""
    latest = max(world.now() for world in worlds)
    hour = latest.replace(minute=0, second=0, microsecond=0) + 2 * HOUR
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


@pytest.fixture(scope="module")
def stories(server):
    """Tells a story by every client, each in a world of its own, once: the calls, and the answers by client."""

    @functools.cache
    def told(name):
        steps = story.load(name)
        worlds = [World(server, account=str(next(ACCOUNTS)), region=REGION) for _ in KINDS]
        began = on_one_hour(worlds)
        with concurrent.futures.ThreadPoolExecutor(len(KINDS)) as pool:
            given = pool.map(lambda kind, world: tell(steps, kind, world, began), KINDS, worlds)
        answers = dict(zip((kind.name for kind in KINDS), given))
        known = story.Teller("ACCOUNT", began)
        return [step | {"shows": known.fill(step.get("shows", {}))} for step in steps if "advance" not in step], answers

    return told


@pytest.fixture(params=story.names())
def told(request, stories):
    return stories(request.param)


def alike(name, answer):
    """An answer without what is the SDK's own, and without how its call was sent."""
    alike = {part: value for part, value in answer.items() if part != "sent"}
    for client, member, shown, _ in DIFFERENCES:
        if client == name and "error" in alike:
            value = alike["error"][member]
            alike["error"] = alike["error"] | {member: shown.get(value, value)}
    return alike


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


def faults(told, find):
    """What `find` has against the answers of each client, a line each."""
    calls, answers = told
    return "\n".join(f"{name}, call {at}, {call['operation']}: {fault}" for name, given in answers.items()
                     for at, (call, answer) in enumerate(zip(calls, given, strict=True), 1) for fault in find(name, at, call, answer))


def test_every_call_ends_as_its_story_says(told):
    found = faults(told, lambda name, _, call, answer: story.outcome_faults(call, answer, alike(name, answer)))
    assert not found, found


def test_all_clients_show_the_same(told):
    first = KINDS[0].name
    given = [alike(first, answer) for answer in told[1][first]]
    found = faults(told, lambda name, at, _, answer: differences(given[at - 1], alike(name, answer)))
    assert not found, f"not as {first} has it:\n{found}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_client_speaks_the_protocol_that_it_is_here_for(told, kind):
    _, answers = told
    assert {protocol(answer["sent"]) for answer in answers[kind.name]} == {kind.protocol}


@pytest.mark.parametrize("client, member, shown, why", DIFFERENCES)
def test_every_difference_in_the_table_is_one(stories, client, member, shown, why):
    _, answers = stories("refusals")
    assert shown.keys() & {answer["error"][member] for answer in answers[client] if "error" in answer}, f"nothing needs: {why}"

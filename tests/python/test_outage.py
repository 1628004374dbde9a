"""Outages of what keeps everything: a full disk, a database that is gone or says nothing. Requests fail cleanly,
nothing is half done, and work goes on by itself."""

import concurrent.futures
import contextlib
import resource
import signal
import sqlite3
import time

import pytest
from botocore.exceptions import ClientError

from callers import invoke
from guardrails import canary
from postgres import Postgres
from server import Server

DEADLINE_SECS = 60
"""Far longer than anything here takes on a busy machine."""


CONTROL = [("GET", "health", b""), ("GET", "clock", b""), ("POST", "clock/advance", b'{"seconds": 1}'), ("GET", "deployments", b"")]


def until(what, condition):
    """Wait for a condition, which may raise as long as it does not hold."""
    deadline, last = time.monotonic() + DEADLINE_SECS, None
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except (ClientError, AssertionError, OSError) as error:
            last = error
    raise AssertionError(f"{what}: not within {DEADLINE_SECS} s, the last was {last!r}")


def clean_failure(call):
    """The error of a call that must fail with a clean 5xx, or None where it succeeded."""
    try:
        call()
    except ClientError as error:
        answer = error.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 503, answer
        assert answer["Error"]["Code"] == "ServiceUnavailable", answer
        assert len(answer["ResponseMetadata"]["RequestId"]) == 36, answer
        return answer
    return None


@contextlib.contextmanager
def full_disk(server, room):
    """No file of this server may grow much beyond what the largest of `room` is now."""
    most = max(path.stat().st_size for path in room.iterdir()) + 100_000
    old = resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
    yield
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, old)


@pytest.fixture
def kept(tmp_path):
    """A server on a file, which gets an error where a write is too long, and no signal."""
    running = Server(database=f"sqlite:{tmp_path / 'kept.db'}", clock="20x", log="info", process={
        "restore_signals": False, "preexec_fn": lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN)})
    yield running
    running.stop()


def test_a_full_disk_fails_writes_cleanly_and_everything_goes_on_when_there_is_room_again(kept, worlds, tmp_path):
    world = worlds(on=kept)
    world.model()
    for name in ("blue", "green"):
        world.config(name)
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    until("the endpoint", lambda: world.status() == "InService")
    world.update(canary(1, wait=60))
    written = {"model"}
    with full_disk(kept, tmp_path):
        failed, number = [], 0
        while len(failed) < 20:
            name, number = f"model-{number}", number + 1
            if failure := clean_failure(lambda name=name: world.model(name, FILL="x" * 1000)):
                failed.append((name, failure))
            else:
                written.add(name)
        assert clean_failure(world.alarm), "a transaction fails like a single statement"
        until("a step that fails", lambda: "waits for the store" in kept.log())
        assert world.describe()["EndpointStatus"] == "Updating", "what is there can be read"
        assert len(world.sagemaker.list_models(MaxResults=100)["Models"]) == min(len(written), 100)
    until("a write", lambda: clean_failure(lambda: world.model("after")) is None)
    written.add("after")
    until("the end of the deployment", lambda: world.status() == "InService")
    assert [one["status"] for one in world.deployments()] == ["succeeded", "succeeded"]
    pages = world.sagemaker.get_paginator("list_models").paginate()
    assert {model["ModelName"] for page in pages for model in page["Models"]} == written, "exactly what was acknowledged"
    world.alarm()
    kept.process.terminate()
    assert kept.process.wait(10) == 0
    with sqlite3.connect(tmp_path / "kept.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert "panicked" not in kept.log()
    assert kept.log().count("waits for the store") == kept.log().count("the store answers again") == 1


@pytest.fixture
def postgres():
    running = Postgres()
    yield running
    running.remove()


@pytest.mark.parametrize("begin, end", [(Postgres.crash, Postgres.start), (Postgres.kill, Postgres.start), (Postgres.freeze, Postgres.thaw)])
def test_while_the_database_is_gone_requests_fail_cleanly_and_everything_goes_on_when_it_is_back(postgres, worlds, begin, end):
    server = Server(database=postgres.url, clock="20x", log="info")
    try:
        world = worlds(on=server)
        runtime = world.client("sagemaker-runtime")
        world.model()
        for name in ("blue", "green"):
            world.config(name)
        world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
        until("the endpoint", lambda: world.status() == "InService")
        world.update(canary(1, wait=60))
        begin(postgres)
        calls = [world.describe, world.alarm, lambda: world.model("lost"), world.sagemaker.list_models, lambda: invoke(runtime)]
        with concurrent.futures.ThreadPoolExecutor() as pool:
            answers = [pool.submit(clean_failure, call) for call in calls * 4]
            control = [pool.submit(world.raw, body, method=method, path=f"/_sagebrush/{path}") for method, path, body in CONTROL]
        assert all(answer.result() for answer in answers), "nobody is told that something was done"
        for answer in control:
            status, headers, body = answer.result()
            assert status == 503 and len(headers["x-amzn-requestid"]) == 36, body
        until("the worker to notice", lambda: "waits for the store" in server.log())
        end(postgres)
        back = time.monotonic()
        until("a write", lambda: clean_failure(lambda: world.model("after")) is None)
        assert time.monotonic() - back < 10, "work goes on within seconds"
        for call in calls[:2] + calls[3:]:
            assert clean_failure(call) is None, "who asks after that is answered"
        until("the end of the deployment", lambda: world.status() == "InService")
        assert [one["status"] for one in world.deployments()] == ["succeeded", "succeeded"]
        names = {model["ModelName"] for model in world.sagemaker.list_models()["Models"]}
        assert {"model", "after"} <= names <= {"model", "after", "lost"}, "of what was not acknowledged nobody knows"
        until("the worker to say so", lambda: "the store answers again" in server.log())
        said = server.log()
        assert said.count("waits for the store") == said.count("the store answers again") == 1
        assert "panicked" not in said
    finally:
        server.stop()

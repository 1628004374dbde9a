"""One server for each worker, one world for each test, and no answer that breaks the service model."""

import contextlib
import os

import pytest

pytest.register_assert_rewrite("guardrails", "journeys", "world")  # so that their assertions say what they saw

from botocore.exceptions import ClientError

from server import Server
from world import World


@pytest.fixture(scope="session")
def server():
    running = Server(database=os.environ.get("SAGEBRUSH_TEST_DATABASE"))
    yield running
    running.stop()


@pytest.fixture
def worlds(server):
    """Makes worlds; at the end no answer that their clients got may have broken the model."""
    made = []

    def make(on=server, **where):
        made.append(World(on, **where))
        return made[-1]

    yield make
    report = "\n".join(w.checker.report() for w in made if w.checker.violations)
    assert not report, f"answers that break the service model:\n{report}"


@pytest.fixture
def world(worlds):
    return worlds()


@pytest.fixture
def own_server():
    """Starts servers of the test's own, with settings."""
    started = []

    def start(**settings):
        started.append(Server(**settings))
        return started[-1]

    yield start
    for server in started:
        server.stop()


@pytest.fixture
def switched(worlds, own_server):
    """A world on a server of its own whose switches are set: switched(rollback_status="RollingBack")."""
    return lambda **switches: worlds(on=own_server(**switches))


@pytest.fixture
def fleet_of(world):
    """An endpoint `web` in service on config `blue`, and a config `green` to update to."""

    def make(instances=3, green=None, on=world):
        on.model()
        on.config("blue", instances)
        on.config("green", green or instances)
        on.endpoint("web", "blue")
        return on

    return make


@pytest.fixture
def refused():
    """with refused("Could not find …"): the call must be refused with that code and exact message."""

    @contextlib.contextmanager
    def expect(message=None, code="ValidationException", contains=None, status=400):
        with pytest.raises(ClientError) as caught:
            yield
        error = caught.value.response
        assert error["Error"]["Code"] == code
        assert error["ResponseMetadata"]["HTTPStatusCode"] == status
        if message is not None:
            assert error["Error"]["Message"] == message
        for part in [contains] if isinstance(contains, str) else contains or []:
            assert part in error["Error"]["Message"]

    return expect

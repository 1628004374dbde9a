"""The fixtures. A suite that uses none of them starts no server and imports no boto3.

One server a session, which a worker of pytest-xdist is too, and one world a test.
"""

import contextlib
import os
from collections.abc import Iterator

import pytest

from . import clients
from .errors import SagebrushError
from .server import RunningServer, Server
from .world import World


@pytest.fixture(scope="session")
def sagebrush_settings() -> dict[str, object]:
    """The server's settings by their names; override it in conftest.py: `return {"launch_seconds": 10}`."""
    return {}


@pytest.fixture(scope="session")
def sagebrush_server(sagebrush_settings: dict[str, object]) -> Iterator[Server | RunningServer]:
    """The server of this session: that of SAGEBRUSH_URL, or one that is started now and ends with the session."""
    if running := RunningServer.of_environment():
        if sagebrush_settings:
            names = ", ".join(sagebrush_settings)
            pytest.fail(f"SAGEBRUSH_URL names a server that runs, whose settings are its own: {names}.", pytrace=False)
        yield running
        return
    with contextlib.ExitStack() as stack:
        with _sentence_alone():
            server = stack.enter_context(Server(sagebrush_settings))
        yield server


@pytest.fixture
def sagebrush(sagebrush_server: Server | RunningServer) -> Iterator[World]:
    """A world of this test alone, empty, whose clock stands still."""
    with contextlib.ExitStack() as stack:
        with _sentence_alone():
            world = stack.enter_context(World(sagebrush_server))
        yield world


@pytest.fixture
def sagebrush_environ(sagebrush: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same world, where `boto3.client("sagemaker")` of the code under test and every subprocess meet it."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in sagebrush.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("boto3.DEFAULT_SESSION", clients.default_session())
    return sagebrush


@contextlib.contextmanager
def _sentence_alone() -> Iterator[None]:
    """What hinders a fixture is told without its traceback, which is about nothing that its user wrote."""
    try:
        yield
    except SagebrushError as why:
        pytest.fail(str(why), pytrace=False)

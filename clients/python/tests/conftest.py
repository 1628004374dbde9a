"""A world with a house in it, and an inner pytest that plays somebody else's suite."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from house import HOUSE, update

import pytest_sagebrush
from pytest_sagebrush import World
from pytest_sagebrush.binary import find_binary

Suite = Callable[..., pytest.RunResult]


@pytest.fixture
def house(sagebrush: World) -> World:
    """The world of this test with the house."""
    sagebrush.scenario(HOUSE)
    return sagebrush


@pytest.fixture
def rolled_back(house: World) -> World:
    """The house after an update that the alarm of its own traffic rolled back."""
    house.traffic("house", 50)
    update(house)
    house.clock.settle()
    return house


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    """Runs a suite of one file in a process of its own: suite(source, *arguments, NAME="value", OTHER=None)."""

    def run(source: str, *arguments: str, **environment: str | None) -> pytest.RunResult:
        pytester.makepyfile(source)
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        monkeypatch.setenv("PYTHONPATH", str(Path(pytest_sagebrush.__file__).parents[1]))
        monkeypatch.setenv("SAGEBRUSH_BIN", str(find_binary()))
        for name, value in environment.items():
            monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
        return pytester.runpytest_subprocess("-p", "pytest_sagebrush.plugin", "-p", "no:cacheprovider", *arguments)

    for name in [name for name in os.environ if name.startswith(("AWS_", "PYTEST_"))]:
        monkeypatch.delenv(name)
    return run

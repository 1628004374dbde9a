"""The README does what it says."""

import re

import pytest
from conftest import Suite
from readme import README, write_suite

from pytest_sagebrush import World


def test_its_suite_is_green(suite: Suite, pytester: pytest.Pytester) -> None:
    write_suite(pytester.path)
    suite("", "test_shop.py").assert_outcomes(passed=1)


def test_its_failure_is_the_real_one(suite: Suite, pytester: pytest.Pytester) -> None:
    write_suite(pytester.path)
    file = pytester.path / "test_shop.py"
    text = re.sub(r"assert_rolled_back\(.*\)", 'assert_updated("shop")', file.read_text())
    begin = "    sagebrush.clock.advance(60 - sagebrush.clock.now.timestamp() % 60)\n    deploy("
    file.write_text(text.replace("    deploy(", begin))
    shown = suite("", "test_shop.py").stdout.lines
    (told,) = re.findall(r"```text\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert [normal(line) for line in shown if line.startswith("E  ")] == [normal(line) for line in told.splitlines()]


def normal(line: str) -> str:
    """A line of a failure without pytest's indentation, and without what luck decides."""
    return re.sub(r"saw [\d.]+", "saw", re.sub(r"^E *", "", line)).rstrip()


def test_every_member_of_a_world_is_told() -> None:
    told = README.read_text(encoding="utf-8")
    members = [name for name in dir(World) if not name.startswith("_")]
    assert [name for name in members if f"`{name}" not in told] == []

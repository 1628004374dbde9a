"""A deployment as a typed thing, and how it is steered."""

import pytest
from house import update

from pytest_sagebrush import Deployment, Traffic, World

LATER = 100
"""Seconds after the update at which the canary bakes."""


@pytest.fixture
def baking(house: World) -> World:
    update(house, "newer")
    house.clock.advance(LATER)
    return house


def test_on_the_way(baking: World) -> None:
    deployment = baking.deployment("house")
    assert (deployment.kind, deployment.strategy, deployment.status) == ("update", "CANARY", "running")
    assert (deployment.from_config, deployment.to_config, deployment.phase) == ("old", "newer", "baking")
    assert (deployment.cause, deployment.alarm, deployment.alarms) == (None, None, ())
    assert deployment.guards == ("errors",)
    assert deployment.traffic == Traffic(75, 25)
    assert "bak" in deployment.why.lower()
    assert [stage.phase for stage in deployment.planned][-1] == "succeeded"
    assert deployment.planned[0].time == deployment.next_at
    assert [event.triggered_by for event in deployment.events] == ["client", "clock", "clock"]
    assert "control" not in repr(deployment)


def test_rolled_back_by_its_own_traffic(house: World) -> None:
    house.traffic("house", 50)
    update(house)
    house.clock.settle()
    deployment = house.deployment("house")
    assert (deployment.status, deployment.phase) == ("rolled_back", "rolled_back")
    assert (deployment.cause, deployment.alarm) == ("alarm", "errors")
    assert deployment.failure_reason is not None and "errors" in deployment.failure_reason
    assert deployment.ended_at == house.clock.now
    (tripped,) = next(event.tripped for event in deployment.events if event.cause)
    assert tripped.value is not None and tripped.value > 0.1
    assert (tripped.alarm, tripped.threshold) == ("errors", 0.1)
    assert tripped.reason.startswith("Threshold Crossed")


def test_the_whole_history_is_newest_first(baking: World) -> None:
    baking.clock.settle()
    history = baking.deployments("house")
    assert [each.kind for each in history] == ["update", "create"]
    assert history[0] == baking.deployment("house")
    assert history[1].from_config is None
    assert baking.deployments("nobody") == []


def test_pause_and_resume(baking: World) -> None:
    paused = baking.deployment("house").pause()
    assert paused.changed and paused.deployment.paused_since == baking.clock.now
    baking.clock.settle()
    again = paused.deployment.pause()
    assert not again.changed and again.message
    assert again.deployment.phase == "baking"
    assert again.deployment.resume().deployment.paused_since is None
    baking.clock.settle()
    baking.assert_updated("house", "newer")


def test_advance_ends_one_bake(baking: World) -> None:
    assert baking.deployment("house").advance().changed
    baking.clock.advance(0)
    assert baking.deployment("house").events[-1].step == 2


def test_promote_ends_them_all(baking: World) -> None:
    assert baking.deployment("house").promote().changed
    baking.clock.advance(20)
    baking.assert_updated("house", "newer")


def test_abort_rolls_back(baking: World) -> None:
    assert baking.deployment("house").abort().changed
    baking.clock.settle()
    baking.assert_rolled_back("house", because="operator")


def test_it_is_as_it_was_asked_for(baking: World) -> None:
    before: Deployment = baking.deployment("house")
    baking.clock.settle()
    assert before.status == "running"
    assert baking.deployment("house").status == "succeeded"

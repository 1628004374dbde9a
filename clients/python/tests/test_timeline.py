"""The picture of a deployment, to the character."""

import dataclasses
import datetime

import pytest
from house import update

from pytest_sagebrush import Traffic, Tripped, World
from pytest_sagebrush.timeline import draw, span

PICTURE = """\
house from old (blue) to new (green), CANARY, rolled back:

TIME    PHASE               STEP  BLUE ░       █ GREEN        TRIGGERED BY
0s      launching           1     ░░░░░░░░░░░░░░░░░░░░  0 %   client
1m      activating_traffic  1     ░░░░░░░░░░░░░░░█████  25 %  clock
1m 5s   baking              1     ░░░░░░░░░░░░░░░█████  25 %  clock
1m 8s   rolling_back        -     ░░░░░░░░░░░░░░░░░░░░  0 %   alarm: errors
1m 8s   rolling_back        -     ░░░░░░░░░░░░░░░░░░░░  0 %   clock
1m 18s  rolled_back         -     ░░░░░░░░░░░░░░░░░░░░  0 %   clock"""


def test_a_rollback(house: World) -> None:
    update(house)
    house.clock.advance(68)
    house.fault("alarm", alarm="errors")
    house.clock.settle()
    assert house.deployment("house").timeline() == PICTURE


def test_what_an_alarm_saw_and_what_a_warning_says(house: World) -> None:
    update(house)
    deployment = house.deployment("house")
    launched = deployment.events[0]
    seen = dataclasses.replace(
        launched, triggered_by="alarm", alarms=("any", "errors"), tripped=(Tripped("errors", 0.158, 0.1, "Crossed."),)
    )
    warned = dataclasses.replace(launched, phase="warning", message="The alarm can never fire.", triggered_by="clock")
    lines = draw(dataclasses.replace(deployment, events=(seen, warned))).splitlines()
    assert lines[0].endswith("CANARY, under way:")
    assert lines[3].endswith("alarm: any, errors saw 0.158, its threshold is 0.1")
    assert lines[4].endswith("clock: The alarm can never fire.")


@pytest.mark.parametrize(
    ("green", "cells"), [(0, 0), (0.1, 1), (25, 5), (49.9, 10), (50, 10), (99.9, 19), (100, 20)]
)
def test_whoever_has_traffic_is_seen(house: World, green: float, cells: int) -> None:
    deployment = house.deployment("house")
    event = dataclasses.replace(deployment.events[0], traffic=Traffic(100 - green, green))
    row = draw(dataclasses.replace(deployment, events=(event,))).splitlines()[3]
    assert (row.count("█"), row.count("░")) == (cells, 20 - cells)


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0s"), (0.5, "0.5s"), (60, "1m"), (209.123, "3m 29.123s"), (7205, "2h 5s")]
)
def test_lengths_of_time(seconds: float, words: str) -> None:
    assert span(datetime.timedelta(seconds=seconds)) == words

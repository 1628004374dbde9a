"""The hand on the clock."""

import datetime

import pytest
from house import update

from pytest_sagebrush import ControlError, World
from pytest_sagebrush.events import instant


def test_it_stands_still_until_it_is_moved(sagebrush: World) -> None:
    began = sagebrush.clock.now
    assert began.tzinfo is not None
    assert sagebrush.clock.advance(90) == []
    sagebrush.clock.advance(datetime.timedelta(minutes=1))
    assert sagebrush.clock.now - began == datetime.timedelta(seconds=150)


@pytest.mark.parametrize(("fraction", "microseconds"), [("", 0), (".4", 400_000), (".66", 660_000), (".491", 491_000)])
def test_times_are_read_to_the_millisecond(fraction: str, microseconds: int) -> None:
    expected = datetime.datetime(2026, 11, 26, 14, 38, 10, microseconds, datetime.timezone.utc)
    assert instant(f"2026-11-26T14:38:10{fraction}Z") == expected


def test_what_happens_on_the_way(house: World) -> None:
    update(house, "newer")
    began = house.clock.now
    (launched,) = house.clock.next()
    assert (launched.time - began).total_seconds() == 60
    assert (launched.endpoint, launched.status, launched.phase, launched.step) == (
        "house",
        "Updating",
        "activating_traffic",
        1,
    )
    assert launched.message == "Activating traffic: 25.00 % on green."
    last = house.clock.settle()[-1]
    assert (last.status, last.phase, last.step) == ("InService", None, None)


def test_an_endpoint_that_is_gone_has_no_status(house: World) -> None:
    house.client("sagemaker").delete_endpoint(EndpointName="house")
    assert house.clock.settle()[-1].status is None


def test_how_time_passes(sagebrush: World) -> None:
    assert sagebrush.clock.mode == "manual"
    sagebrush.clock.set(60)
    assert sagebrush.clock.mode == "scaled"
    sagebrush.clock.set("real")
    assert sagebrush.clock.mode == "real"
    sagebrush.clock.set("manual")
    assert sagebrush.clock.now == sagebrush.clock.now


def test_time_does_not_go_back(sagebrush: World) -> None:
    with pytest.raises(ControlError) as error:
        sagebrush.clock.advance(-1)
    assert error.value.status == 400
    assert "seconds" in str(error.value)

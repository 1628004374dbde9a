"""The assertion about the whole history: no traffic ever, for a config."""

import re

import pytest
from house import complaint, update

from pytest_sagebrush import World


def test_never_served(house: World) -> None:
    house.behaviour("new", health="failing")
    update(house)
    house.clock.settle()
    house.assert_rolled_back("house", because="health")
    house.assert_never_served("house", "new")
    house.assert_never_served("house", "newer")


def test_served_by_a_canary_that_was_rolled_back(rolled_back: World) -> None:
    with pytest.raises(AssertionError) as error:
        rolled_back.assert_never_served("house", "NEW")
    assert complaint(error) == (
        "The config NEW has served: a deployment of house gave it up to 25 % of the traffic."
    )
    assert "from old (blue) to new (green)" in str(error.value)


def test_served_since_the_creation(rolled_back: World) -> None:
    with pytest.raises(AssertionError) as error:
        rolled_back.assert_never_served("house", "old")
    assert complaint(error) == "The config old has served: a deployment of house was created on it."
    assert "house created on old, succeeded:" in str(error.value)


def test_what_never_served_cannot_be_said_on_the_way(house: World) -> None:
    update(house)
    house.assert_never_served("house", "newer")
    with pytest.raises(AssertionError, match=re.escape("to new is still under way (launching) and waits for")):
        house.assert_never_served("house", "new")

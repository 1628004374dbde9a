"""The guided examples on a running clock, four minutes a second, under the requests of real callers.

These tests take real time: they wait for conditions, with a deadline.
"""

import datetime
import time

import pytest

from callers import Callers
from journeys import ALARMS, STRATEGIES, balanced, caught, prepare, total

RATE = 240
# What callers were answered under the bad model may be counted so late on a busy machine: here that is 2.5 real seconds.
LATE = datetime.timedelta(minutes=10)


def wait_for(condition, what):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, f"{what} takes too long"


def quiet(world):
    alarms = world.cloudwatch.describe_alarms(AlarmNames=ALARMS)["MetricAlarms"]
    return [alarm["StateValue"] for alarm in alarms] == ["OK", "OK"]


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_bad_model_is_caught_by_its_callers_and_a_good_one_is_not(world, name):
    world.begin_a_minute()
    prepare(world)
    world.endpoint("web", "one")
    world.set_clock("scaled", rate=RATE)
    with Callers(world) as callers:
        wait_for(lambda: quiet(world), "the first verdict")
        world.update(STRATEGIES[name](), "two")
        wait_for(lambda: world.status() == "InService", "the rollback")
        over = caught(world) + LATE
        wait_for(lambda: world.now() > over and quiet(world), "recovery")
        world.update(config="three", RetainDeploymentConfig=True)
        wait_for(lambda: world.status() == "InService", "the update")
    deployment = world.deployment()
    assert (world.describe()["EndpointConfigName"], deployment["status"]) == ("three", "succeeded"), deployment
    world.set_clock("manual")
    world.advance(300)
    answers = callers.answers
    assert answers.keys() == {"AllTraffic", "ModelError"}, answers
    assert total(world, "Invocations") == sum(answers.values())
    assert total(world, "Invocation5XXErrors") == total(world, "Invocation5XXErrors", "two") == answers["ModelError"]
    balanced(world)

"""`sagebrush wait` and `sagebrush deployments`: what a pipeline asks after an update."""

import json

import pytest

from commands import Piped, sagebrush
from guardrails import canary


def wait(world, *words):
    """Exit code and what was said."""
    done = sagebrush(world, "wait", "web", *words)
    return done.returncode, done.stdout or done.stderr


def test_an_update_that_succeeded_is_0(fleet_of):
    world = fleet_of(3)
    world.update(canary(1))
    world.advance("idle")
    code, said = wait(world)
    assert (code, said[:30]) == (0, "web: It succeeded at " + world.deployment()["ended_at"][:9])


def test_one_that_was_rolled_back_is_2_although_it_is_in_service(fleet_of):
    world = fleet_of(3)
    world.alarm()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    world.advance("idle")
    assert world.status() == "InService"
    code, said = wait(world)
    assert code == 2
    assert said.endswith("because the following alarm(s) went into ALARM state: errors.\n")


def test_one_that_is_not_over_in_time_is_3_and_says_what_it_waits_for(fleet_of):
    world = fleet_of(3)
    world.update(canary(1))
    world.advance(100)
    code, said = wait(world, "--timeout", "0")
    assert (code, said) == (3, f"web: {world.deployment()['why']}\n")


def test_a_creation_that_failed_is_4(world):
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("blue", 1, model="sick")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    world.advance("idle")
    code, said = wait(world, "--json")
    assert (code, json.loads(said)["status"]) == (4, "failed")


def test_it_waits_until_the_update_is_over(fleet_of):
    world = fleet_of(1)
    world.update()
    waiting = Piped(world, "wait", "web")
    world.advance("idle")
    assert (waiting.end(), waiting.text[:20]) == (0, "web: It succeeded at")


def test_the_deployments_of_an_endpoint_are_a_table(fleet_of):
    world = fleet_of(3)
    world.update(canary(1))
    world.advance(100)
    world.steer("abort")
    world.advance("idle")
    lines = sagebrush(world, "deployments", "web").stdout.splitlines()
    assert [line.split()[:5] for line in lines[:2]] == [
        ["#", "STATUS", "STRATEGY", "FROM", "TO"], ["2", "rolled_back", "CANARY", "blue", "green"]]
    assert lines[2] == "   The deployment was rolled back because it was aborted."
    listed = json.loads(sagebrush(world, "deployments", "web", "--json").stdout)
    assert listed["deployments"] == world.deployments()


@pytest.mark.parametrize("command", ["wait", "deployments"])
def test_an_endpoint_that_was_never_there_is_told_with_its_world(world, command):
    done = sagebrush(world, command, "nowhere")
    assert done.returncode == 1
    assert done.stderr == (f"sagebrush: there is no deployment of endpoint \"nowhere\" in {world.account}/{world.region} "
                           f"at {world.server.url}\n")


def test_a_flag_that_does_not_exist_is_no_rollback(world):
    assert sagebrush(world, "wait", "web", "--until", "done").returncode == 1

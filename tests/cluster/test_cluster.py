"""Three replicas behind a balancer are one server to their clients."""

import collections
import json
import os
import signal
import subprocess
import sys

from callers import CALLERS, Callers, invoke
from guardrails import canary, all_at_once, alarm_reason
from journeys import total
from running import ROOT, Running, ended, until, watched
from server import binary, clean_environment

# The one of moto's models that has transitions here.
MODEL = "sagemaker::endpoint"


def prepare(world, clock="manual", **more):
    """An endpoint `web` in service on four instances of a model that answers "blue"; a config of one that answers "green"."""
    world.set_clock(clock, **more)
    for colour in ("blue", "green"):
        world.model(colour, SAGEBRUSH_RESPONSE=colour)
        world.config(colour, 4, model=colour)
    world.endpoint("web", "blue")


def answers(world, count=60):
    """What so many requests are answered, each through whichever replica has its turn."""
    runtime = world.client("sagemaker-runtime")
    return collections.Counter(invoke(runtime)["Body"].decode() for _ in range(count))


def test_each_replica_sees_the_split_as_soon_as_the_advance_is_answered(world, seen_by):
    prepare(world)
    for one in seen_by():
        assert answers(one, 5) == {"blue": 5}
    world.alarm()
    world.update(canary(2, wait=300, alarms=["errors"]))
    world.advance(65)
    for one in [world, *seen_by()]:
        split = answers(one)
        assert set(split) == {"blue", "green"}, (one.server.url, split)
    world.set_alarm("ALARM")
    for one in [world, *seen_by()]:
        assert answers(one, 10) == {"blue": 10}, one.server.url
    world.advance("idle")
    assert world.describe()["FailureReason"] == alarm_reason("errors")
    world.set_alarm("OK")
    world.update(all_at_once(wait=60))
    world.advance("idle")
    for one in [world, *seen_by()]:
        assert answers(one, 10) == {"green": 10}, one.server.url
        assert one.describe()["EndpointConfigName"] == "green"
    assert [d["status"] for d in world.deployments()] == ["succeeded", "rolled_back", "succeeded"]


def test_a_behaviour_that_is_set_through_one_replica_is_that_of_all(world, seen_by):
    prepare(world)
    one, *others = seen_by()
    for replica in (one, *others):
        assert answers(replica, 3) == {"blue": 3}
    one.control("PUT", "models/blue/behaviour", {"response": {"body": "red"}})
    world.advance(0)
    for replica in (one, *others):
        assert answers(replica, 10) == {"red": 10}, replica.server.url


def test_what_users_of_moto_set_through_one_replica_counts_on_all(world, seen_by):
    prepare(world)
    one, *others = seen_by()
    results = {"account_id": world.account, "results": [{"Body": "first"}, {"Body": "second"}]}
    assert one.moto("POST", "static/sagemaker/endpoint-results", results)[0] == 201
    given = [answers(replica, 2) for replica in (*others, one)]
    assert given == [{"first": 2}] * len(given), "the same request is given the same answer, whoever is asked"
    transition = {"progression": "manual", "times": 2}
    assert one.moto("POST", "state-manager/set-transition", {"model_name": MODEL, "transition": transition})[0] == 201
    try:
        until("the others know of it", lambda: all(
            transition == json.loads(replica.moto("GET", f"state-manager/get-transition?model_name={MODEL}")[1])
            for replica in others))
        world.update(all_at_once(wait=60))
        assert [replica.status() for replica in (others[0], others[1])] == ["Updating", "InService"], "looks add up"
    finally:
        one.moto("POST", "state-manager/unset-transition", {"model_name": MODEL})


def test_the_metrics_of_all_replicas_add_up_to_what_the_callers_were_answered(world):
    prepare(world)
    world.begin_a_minute()
    with Callers(world) as callers:
        until("requests are answered", lambda: world.advance(60) and total(world, "Invocations") >= 50)
    world.advance(180)
    assert set(callers.answers) == {"AllTraffic"}
    assert total(world, "Invocations") == callers.answers.total()


def test_a_deployment_goes_through_while_every_replica_is_ended_in_turn(cluster, world):
    prepare(world, "scaled", rate=60)
    with Callers(world) as callers:
        world.update(canary(2, wait=600))
        for replica in cluster.replicas():
            watches = watched([cluster.signal(replica.name, signal.SIGTERM)])
            assert not ended(watches), f"{replica.name} does not end"
            until(f"{replica.name} is there again", lambda: cluster.has_again(replica))
        until("the deployment has ended", lambda: world.status() == "InService")
    assert [d["status"] for d in world.deployments()] == ["succeeded", "succeeded"]
    assert world.describe()["EndpointConfigName"] == "green"
    answered = callers.answers.pop("AllTraffic")
    assert answered > 100
    # A server that ends closes the connections that wait for a next request, and one may just have been sent.
    assert all("ConnectionClosedError" in error for error in callers.answers), callers.answers
    assert callers.answers.total() <= 3 * CALLERS, callers.answers


def test_everything_ends_with_the_script_also_when_that_is_killed():
    for number in (signal.SIGTERM, signal.SIGKILL):
        cluster = Running()
        watches = watched(cluster.pids())
        assert len(watches) == 5
        os.kill(cluster.process.pid, number)
        assert not ended(watches), f"still there after {number.name}"
        cluster.stop()


def test_a_command_is_told_where_the_cluster_is_and_its_exit_code_is_the_scripts(cluster):
    told = "import json, os, sys; print(json.dumps(dict(os.environ))); sys.exit(7)"
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "cluster", "--replicas", "1", "--database-url", cluster.state["database_url"],
         sys.executable, "-c", told],
        capture_output=True, text=True, timeout=60, env=clean_environment({"SAGEBRUSH_BIN": binary()}))
    assert done.returncode == 7, done.stderr
    variables = json.loads(done.stdout)
    assert variables["AWS_ENDPOINT_URL"] == variables["SAGEBRUSH_URL"] and variables["AWS_ACCESS_KEY_ID"] == "123456789012"


def test_what_cannot_be_is_said_in_a_sentence():
    for arguments, said in [
            (["--replicas", "6"], "invalid choice: 6"),
            (["--database-url", "sqlite:kept.db"], "replicas share no other database"),
            (["--database-url", "postgres://nobody@127.0.0.1:1/x"], "cannot be reached")]:
        done = subprocess.run([sys.executable, ROOT / "scripts" / "cluster", *arguments], capture_output=True, text=True,
                              timeout=60, env=clean_environment({"SAGEBRUSH_BIN": binary()}))
        assert done.returncode != 0 and said in done.stderr and "Traceback" not in done.stderr, done.stderr

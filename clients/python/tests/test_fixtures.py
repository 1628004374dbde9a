"""The fixtures, as the suite of somebody else meets them."""

import re
from pathlib import Path

import pytest
from conftest import Suite
from shop import ROLLBACK, SHOP

from pytest_sagebrush import Server, World


def test_a_rollback_is_proved(suite: Suite) -> None:
    suite(ROLLBACK).assert_outcomes(passed=1)


def test_a_failure_is_a_line_of_the_test_a_sentence_and_the_timeline(suite: Suite) -> None:
    ran = suite(
        SHOP
        + '''
def test_deploys(sagebrush):
    sagebrush.scenario(SHOP)
    sagebrush.clock.advance(60 - sagebrush.clock.now.timestamp() % 60)
    deploy(sagebrush.client("sagemaker"))
    sagebrush.clock.settle()
    sagebrush.assert_updated("shop")
'''
    )
    ran.assert_outcomes(failed=1)
    shown = ran.stdout.str()
    report = shown[shown.index(">       sagebrush.assert_updated") : shown.index("= short test summary")]
    expected = """\
>       sagebrush.assert_updated("shop")
E       AssertionError: The endpoint shop was not updated: its update to v2 was rolled back (alarm errors).
E       
E       shop from shop (blue) to v2 (green), ALL_AT_ONCE, rolled back:
E       
E       TIME    PHASE               STEP  BLUE ░       █ GREEN         TRIGGERED BY
E       0s      launching           1     ░░░░░░░░░░░░░░░░░░░░  0 %    client
E       1m      activating_traffic  1     ████████████████████  100 %  clock
E       1m 5s   baking              1     ████████████████████  100 %  clock
E       3m      rolling_back        -     ░░░░░░░░░░░░░░░░░░░░  0 %    alarm: errors saw 1, its threshold is 0.1
E       3m      rolling_back        -     ░░░░░░░░░░░░░░░░░░░░  0 %    clock
E       3m 10s  rolled_back         -     ░░░░░░░░░░░░░░░░░░░░  0 %    clock

"""
    assert report.startswith(expected), report
    assert "pytest_sagebrush" not in report


def test_every_worker_of_xdist_has_a_server_and_every_test_a_world(suite: Suite, tmp_path: Path) -> None:
    ran = suite(
        '''
import pathlib
import pytest

@pytest.mark.parametrize("number", range(8))
def test_alone(sagebrush, number, worker_id):
    sagebrush.scenario("[models.only]\\n[endpoints.only]\\nmodel = 'only'\\n")
    assert len(sagebrush.client("sagemaker").list_endpoints()["Endpoints"]) == 1
    pathlib.Path(PLACE, f"{number}").write_text(f"{worker_id} {sagebrush.url} {sagebrush.account}")
'''.replace("PLACE", repr(str(tmp_path))),
        *("-p", "xdist", "-n", "2"),
    )
    ran.assert_outcomes(passed=8)
    told = [file.read_text().split() for file in tmp_path.iterdir()]
    assert len({account for _, _, account in told}) == 8
    assert len({url for _, url, _ in told}) == len({worker for worker, _, _ in told}) == 2


def test_a_suite_that_does_not_use_it_starts_nothing(suite: Suite) -> None:
    ran = suite(
        '''
import sys

def test_something_else():
    assert not {"boto3", "botocore"} & set(sys.modules)
''',
        SAGEBRUSH_BIN="/nowhere",
    )
    ran.assert_outcomes(passed=1)


def test_settings(suite: Suite) -> None:
    ran = suite(
        '''
import pytest

@pytest.fixture(scope="session")
def sagebrush_settings():
    return {"launch_seconds": 7}

def test_it(sagebrush):
    sagebrush.scenario("[models.m]\\n[endpoints.e]\\nmodel = 'm'\\n")
    creation = sagebrush.deployment("e")
    assert (creation.ended_at - creation.started_at).total_seconds() == 7
'''
    )
    ran.assert_outcomes(passed=1)


def test_a_server_that_runs_is_used(suite: Suite) -> None:
    with Server({"clock": "real", "control_token": "a-secret"}) as server:
        ran = suite(
            ROLLBACK + "    print('account', sagebrush.account)",
            "-rP",
            SAGEBRUSH_URL=server.url,
            SAGEBRUSH_CONTROL_TOKEN="a-secret",
            SAGEBRUSH_BIN="/nowhere",
        )
        ran.assert_outcomes(passed=1)
        (account,) = re.findall(r"account (\d{12})", ran.stdout.str())
        with World(server, account) as left:
            assert left.client("sagemaker").list_models()["Models"] == []


def test_code_that_makes_its_own_clients_meets_the_world_of_its_test(suite: Suite) -> None:
    ran = suite(
        '''
import os

import boto3
import pytest

def account():
    return boto3.client("sts").get_caller_identity()["Account"]

@pytest.mark.parametrize("number", range(2))
def test_it(sagebrush_environ, number):
    assert account() == sagebrush_environ.account
    assert "AWS_PROFILE" not in os.environ

def test_afterwards():
    assert boto3.DEFAULT_SESSION is None
    assert (os.environ["AWS_PROFILE"], "AWS_ENDPOINT_URL" in os.environ) == ("somebody", False)
''',
        AWS_PROFILE="somebody",
    )
    ran.assert_outcomes(passed=3)


@pytest.mark.parametrize("argument", ["--fixtures", "--fixtures-per-test"])
def test_the_fixtures_are_described(suite: Suite, argument: str) -> None:
    ran = suite("def test_it(sagebrush_environ): pass", argument)
    ran.stdout.fnmatch_lines(["*A world of this test alone, empty, whose clock stands still.*"])

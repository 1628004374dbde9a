"""Clients of a world, made by it or by anybody in its environment."""

import os
import subprocess
import sys

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from pytest_sagebrush import World
from pytest_sagebrush.binary import find_binary
from pytest_sagebrush.server import Server

OTHERS = {
    "AWS_PROFILE": "somebody",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_ACCESS_KEY_ID": "111111111111",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_SAGEMAKER": "http://127.0.0.1:1",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
}


@pytest.fixture
def somebody(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who works with AWS, behind a proxy."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in OTHERS.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("somebody")
def test_a_client_is_of_its_world_whatever_the_environment_says(sagebrush: World) -> None:
    assert sagebrush.client("sts").get_caller_identity()["Account"] == sagebrush.account
    assert sagebrush.client("sagemaker").list_endpoints()["Endpoints"] == []


def test_a_client_asks_once_unless_it_is_told_otherwise(sagebrush: World) -> None:
    sagebrush.fault("api_throttling", rate=1)
    with pytest.raises(ClientError) as error:
        sagebrush.client("sagemaker").list_endpoints()
    assert error.value.response["ResponseMetadata"]["RetryAttempts"] == 0
    patient = sagebrush.client("sagemaker", config=Config(retries={"mode": "standard", "total_max_attempts": 2}))
    with pytest.raises(ClientError) as error:
        patient.list_endpoints()
    assert error.value.response["ResponseMetadata"]["RetryAttempts"] == 1


def test_what_a_client_is_made_with(sagebrush: World) -> None:
    assert sagebrush.client("sagemaker", region_name="eu-west-1").meta.region_name == "eu-west-1"


def test_accounts_and_regions_are_worlds(house: World, sagebrush_server: Server) -> None:
    with World(sagebrush_server) as other, World(sagebrush_server, house.account, "eu-west-1") as abroad:
        assert len(other.account) == 12 and other.account != house.account
        for world in (other, abroad):
            assert world.client("sagemaker").list_endpoints()["Endpoints"] == []
    assert len(house.client("sagemaker").list_endpoints()["Endpoints"]) == 1


@pytest.mark.usefixtures("somebody")
def test_code_that_makes_its_own_clients(sagebrush_environ: World) -> None:
    import boto3

    for make in (boto3.client, boto3.Session().client):
        assert make("sts").get_caller_identity()["Account"] == sagebrush_environ.account
    assert boto3.client("sagemaker").list_endpoints()["Endpoints"] == []


@pytest.mark.usefixtures("somebody")
def test_subprocesses(sagebrush_environ: World) -> None:
    code = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == f"{sagebrush_environ.account}\n"


@pytest.mark.usefixtures("somebody")
def test_the_command_sagebrush(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "example.com")
    assert house.environment["no_proxy"] == "example.com,127.0.0.1"
    command = [str(find_binary()), "deployments", "house"]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **house.environment}
    )
    assert "old" in said.stdout


def test_a_world_closes_its_clients(sagebrush_server: Server) -> None:
    with World(sagebrush_server) as world:
        client = world.client("sagemaker")
        client.list_endpoints()
        pools = client._endpoint.http_session._manager.pools
        assert len(pools) == 1
    assert len(pools) == 0

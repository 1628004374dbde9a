"""A server that others on the network may reach: who gets an answer, and to what."""

import http.client
import json

import boto3
import pytest
from botocore.exceptions import ClientError

from world import REGION

TOKEN = "a-token-that-nobody-shall-read"
ALL = "0.0.0.0:0"


@pytest.fixture
def open_server(own_server):
    """A server that listens everywhere, under the name sagebrush, and logs everything."""
    return lambda **more: own_server(listen=ALL, arguments=("--trust-network", "--allow-host", "sagebrush,ci.internal"), log="trace", **more)


def asked(server, path, method="GET", **headers):
    """Status and body of one request, whose headers are these alone."""
    connection = http.client.HTTPConnection(*server.address, timeout=30)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", "0")
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def called(client, host):
    """Make a client of boto3 name this host, whatever its address is."""
    client.meta.events.register("before-send", lambda request, **_: request.headers.__setitem__("Host", host))


def test_the_aws_api_takes_any_credentials_under_a_name_of_the_server(open_server, worlds):
    world = worlds(on=open_server(control_token=TOKEN))
    for host in ("sagebrush:7243", "CI.internal", "localhost:7243", "10.1.2.3:7243"):
        client = world.client("sagemaker")
        called(client, host)
        assert client.list_endpoints()["Endpoints"] == []


@pytest.mark.parametrize("service, call", [("sagemaker", "list_endpoints"), ("cloudwatch", "list_metrics"), ("sts", "get_caller_identity")])
def test_a_name_that_was_rebound_reaches_no_service(open_server, service, call):
    """Nobody has looked which service was meant, so the envelope is that of AWS's front door: no model is held against it."""
    client = boto3.client(service, endpoint_url=open_server().url, region_name=REGION, aws_access_key_id="any", aws_secret_access_key="any")
    called(client, "evil.example:7243")
    with pytest.raises(ClientError) as caught:
        getattr(client, call)()
    answer = caught.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert answer["ResponseMetadata"]["RequestId"]
    assert answer["Error"]["Code"] == "AccessDeniedException"
    assert "--allow-host" in answer["Error"]["Message"]


def test_the_control_api_is_opened_by_the_token_which_is_written_nowhere(open_server):
    server = open_server(control_token=TOKEN)
    for given, status in ((f"Bearer {TOKEN}", 200), (f"bearer {TOKEN}", 200), (f"Bearer {TOKEN}x", 401), (f"Basic {TOKEN}", 401), ("", 401)):
        assert asked(server, "/_sagebrush/clock", Host="sagebrush", Authorization=given)[0] == status, given
        assert asked(server, "/moto-api/reset", "POST", Host="sagebrush", Authorization=given)[0] == status, given
    status, answer = asked(server, "/_sagebrush/clock", Host="sagebrush")
    assert status == 401 and "SAGEBRUSH_CONTROL_TOKEN" in answer["error"]
    assert asked(server, "/_sagebrush/health", Host="sagebrush")[1]["status"] == "ok"
    assert asked(server, "/_sagebrush/health")[1]["status"] == "ok", "HTTP/1.0 has no host"
    said = server.log()
    assert "OPEN TO THE NETWORK" in said
    assert TOKEN not in said


def test_without_a_token_the_control_api_is_closed_and_the_rest_is_open(open_server, worlds):
    server = open_server()
    status, answer = asked(server, "/_sagebrush/clock", Host="localhost", Authorization="Bearer ")
    assert status == 403 and "SAGEBRUSH_CONTROL_TOKEN" in answer["error"]
    assert asked(server, "/moto-api/reset", "POST", Host="localhost")[0] == 403
    assert asked(server, "/_sagebrush/health", Host="localhost")[0] == 200
    assert worlds(on=server).sagemaker.list_models()["Models"] == []
    assert "the control API is closed until SAGEBRUSH_CONTROL_TOKEN is set" in server.log()


def test_a_token_is_wanted_on_the_loopback_too(own_server):
    server = own_server(control_token=TOKEN)
    assert asked(server, "/_sagebrush/clock", Host="localhost")[0] == 401
    assert asked(server, "/_sagebrush/clock", Host="localhost", Authorization=f"Bearer {TOKEN}")[0] == 200
    assert asked(server, "/_sagebrush/health", Host="localhost")[0] == 200
    assert "OPEN TO THE NETWORK" not in server.log()

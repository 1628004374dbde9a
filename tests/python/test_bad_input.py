"""Bad input as raw HTTP: a clear error, nothing lost, never a 500."""

import json
import socket

import pytest

from guardrails import canary
from world import IMAGE, ROLE

JSON_1_1 = "application/x-amz-json-1.1"


def sagemaker(world, operation, body, **options):
    status, headers, answer = world.raw(body, target=f"SageMaker.{operation}", **options)
    return status, headers, json.loads(answer) if answer else None


def error(world, operation, body):
    """(code, message) of a request that must be refused with 400."""
    status, headers, answer = sagemaker(world, operation, body)
    assert status == 400
    assert headers["content-type"] == JSON_1_1
    return answer["__type"], answer.get("message", answer.get("Message"))


@pytest.mark.parametrize("body", [b"{", b"", b"null", b'"text"', b'{"ModelName": "m",}', b"\xff\xfe", b'{"ModelName": "\x00"}', b"{}{}"])
def test_what_is_not_json_is_a_serialization_exception_without_a_message(world, body):
    assert error(world, "DescribeModel", body) == ("SerializationException", None)


@pytest.mark.parametrize("body, message", [
    ([], "Start of list found where not expected"),
    ({"ModelName": 1}, "NUMBER_VALUE can not be converted to a String"),
    ({"ModelName": True}, "TRUE_VALUE can not be converted to a String"),
    ({"ModelName": ["m"]}, "Start of list found where not expected"),
    ({"ModelName": {"a": 1}}, "Start of structure or map found where not expected."),
])
def test_a_wrong_type_is_named_in_aws_words(world, body, message):
    assert error(world, "DescribeModel", body) == ("SerializationException", message)


@pytest.mark.parametrize("body, message", [
    ({"MaxResults": "ten"}, "STRING_VALUE can not be converted to an Integer"),
    ({"MaxResults": True}, "TRUE_VALUE can not be converted to an Integer"),
])
def test_a_number_that_is_none_is_named_in_aws_words(world, body, message):
    assert error(world, "ListModels", body) == ("SerializationException", message)


def test_wrong_types_come_before_constraints_and_only_the_first_is_told(world):
    assert error(world, "ListModels", {"NameContains": "!", "MaxResults": "ten", "SortBy": 3})[0] == "SerializationException"


def test_an_unknown_member_is_ignored_and_a_null_is_absent(world):
    world.model()
    status, _, answer = sagemaker(world, "ListModels", {"Nonsense": {"deep": [1]}, "NameContains": None})
    assert (status, [m["ModelName"] for m in answer["Models"]]) == (200, ["model"])


@pytest.mark.parametrize("operation, body, message", [
    ("DescribeModel", {}, "1 validation error detected: Value null at 'modelName' failed to satisfy constraint: Member must not be null"),
    ("DescribeModel", {"ModelName": None},
     "1 validation error detected: Value null at 'modelName' failed to satisfy constraint: Member must not be null"),
    ("CreateEndpoint", {},
     "2 validation errors detected: Value null at 'endpointName' failed to satisfy constraint: Member must not be null; "
     "Value null at 'endpointConfigName' failed to satisfy constraint: Member must not be null"),
    ("ListModels", {"MaxResults": 1001},
     "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 100"),
    ("ListModels", {"MaxResults": 99999999999},
     "1 validation error detected: Value '99999999999' at 'maxResults' failed to satisfy constraint: "
     "Member must have value less than or equal to 100"),
    ("DescribeModel", {"ModelName": "a" * 64},
     f"1 validation error detected: Value '{'a' * 64}' at 'modelName' failed to satisfy constraint: "
     "Member must have length less than or equal to 63"),
])
def test_a_broken_constraint_is_told_in_aws_grammar(world, operation, body, message):
    assert error(world, operation, body) == ("ValidationException", message)


@pytest.mark.parametrize("name", ["-web", "web-", "we b", "we_b", "wéb", "", "../etc", "a'; drop table endpoints; --", "\u0000", "😀"])
def test_an_illegal_name_is_refused_by_its_pattern(world, name):
    code, message = error(world, "CreateEndpoint", {"EndpointName": name, "EndpointConfigName": "blue"})
    assert code == "ValidationException"
    assert "at 'endpointName' failed to satisfy constraint: Member must satisfy regular expression pattern: " in message


@pytest.mark.parametrize("count", [2**31, 2**63, 1e300, -1, 0, -(2**63)])
def test_an_absurd_number_is_refused_or_harmless(world, count):
    world.model()
    variant = {"VariantName": "v", "ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": count}
    status, _, answer = sagemaker(world, "CreateEndpointConfig", {"EndpointConfigName": "c", "ProductionVariants": [variant]})
    assert status == 400 and answer["__type"] in ("ValidationException", "SerializationException")
    assert world.sagemaker.list_endpoint_configs()["EndpointConfigs"] == []


def test_a_whole_number_of_instances_near_the_limit_is_carried_out(world):
    world.model()
    world.config("blue", 2_000_000_000)
    world.config("green", 2_000_000_000)
    world.endpoint("web", "blue")
    world.update(canary("33%"))
    world.advance(60)
    pending = world.describe()["PendingDeploymentSummary"]["ProductionVariants"][0]
    assert pending["CurrentInstanceCount"] == 660_000_000
    world.advance("idle")
    assert world.describe()["EndpointConfigName"] == "green"


@pytest.mark.parametrize("weight", ["NaN", "Infinity", "-Infinity", -1, -0.001, 1e400])
def test_a_weight_that_is_no_number_is_refused(world, weight):
    world.model()
    body = {"EndpointConfigName": "c", "ProductionVariants": [
        {"VariantName": "v", "ModelName": "model", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1, "InitialVariantWeight": weight}]}
    assert error(world, "CreateEndpointConfig", body)[0] in ("ValidationException", "SerializationException")


def test_an_alarm_name_may_have_255_characters_and_not_one_more(fleet_of, refused):
    world = fleet_of()
    name = "ü" * 255
    world.alarm(name)
    world.update(canary(1, alarms=[name]))
    world.advance(60)
    world.set_alarm("ALARM", name)
    world.advance("idle")
    assert world.describe()["FailureReason"].endswith(f"ALARM state: {name}.")
    with refused(contains="Member must have length less than or equal to 255"):
        world.update(canary(1, alarms=["a" * 256]))


def test_ten_alarms_with_long_names_fit_into_the_failure_reason(fleet_of):
    world = fleet_of()
    names = [f"{i}{'x' * 254}" for i in range(10)]
    for name in names:
        world.alarm(name)
    world.update(canary(1, alarms=names))
    world.advance(60)
    for name in names:
        world.set_alarm("ALARM", name, settle=False)
    world.advance("idle")
    assert len(world.describe()["FailureReason"]) <= 1024
    assert world.status() == "InService"


def test_a_second_update_during_an_update_is_refused_and_disturbs_nothing(fleet_of, refused):
    world = fleet_of()
    world.update(canary(1, wait=300))
    before = world.describe()
    with refused(contains="Cannot update in-progress endpoint"):
        world.update(config="blue")
    assert world.describe()["PendingDeploymentSummary"] == before["PendingDeploymentSummary"]
    world.advance("idle")
    assert world.describe()["EndpointConfigName"] == "green"
    assert len(world.deployments()) == 2


@pytest.mark.parametrize("target", ["SageMaker.NoSuchOperation", "SageMaker.createmodel", "SageMaker", "CreateModel", "Nonsense.CreateModel", None])
def test_an_unknown_operation_is_said_to_be_unknown(world, target):
    status, _, body = world.raw({}, target=target)
    assert (status, json.loads(body)["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize("headers", [
    {"Authorization": None}, {"Authorization": ""}, {"Authorization": "Bearer x"}, {"Authorization": "AWS4-HMAC-SHA256 nonsense"},
    {"Authorization": "AWS4-HMAC-SHA256 Credential=///, SignedHeaders=, Signature="}, {"Authorization": "é"}])
def test_a_strange_authorization_header_is_no_crash(world, headers):
    status, _, _ = world.raw({}, target="SageMaker.ListModels", headers={k: v and v.encode("utf-8").decode("latin-1") for k, v in headers.items()})
    assert status < 500


@pytest.mark.parametrize("method, path", [("GET", "/"), ("PUT", "/"), ("DELETE", "/x"), ("POST", "//"), ("GET", "/favicon.ico"),
                                          ("POST", "/%ff%00"), ("HEAD", "/"), ("OPTIONS", "/")])
def test_a_strange_method_or_path_is_no_crash(world, method, path):
    status, headers, _ = world.raw(method=method, path=path)
    assert status < 500
    assert headers["x-amzn-requestid"]


@pytest.mark.parametrize("depth", [100, 5_000, 100_000])
def test_deep_nesting_is_no_crash(world, depth):
    status, _, _ = world.raw(b'{"a":' * depth + b"1" + b"}" * depth, target="SageMaker.ListModels")
    assert status in (200, 400, 413)
    assert world.sagemaker.list_models()["Models"] == []


def test_a_body_beyond_every_limit_is_refused_and_the_server_lives(world):
    body = b'{"ModelName":"' + b"a" * (8 << 20) + b'"}'
    try:
        status, _, _ = world.raw(body, target="SageMaker.DescribeModel")
        assert status in (400, 413)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before it was sent whole
    assert world.sagemaker.list_models()["Models"] == []


def test_an_environment_at_its_limits_is_kept_and_one_beyond_is_refused(world, refused):
    environment = {f"K{i:02}": "v" * 300 for i in range(100)}
    container = {"Image": IMAGE, "Environment": environment}
    world.sagemaker.create_model(ModelName="full", PrimaryContainer=container, ExecutionRoleArn=ROLE)
    assert world.sagemaker.describe_model(ModelName="full")["PrimaryContainer"]["Environment"] == environment
    with refused(contains="Member must have length less than or equal to 100"):
        world.sagemaker.create_model(
            ModelName="over", PrimaryContainer={"Image": IMAGE, "Environment": environment | {"K100": "v"}}, ExecutionRoleArn=ROLE)


def test_half_a_request_and_noise_leave_the_server_serving(world):
    for noise in (b"\x16\x03\x01\x02\x00\x01\x00", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{", b"GET\r\n\r\n", b"\r\n" * 50):
        with socket.create_connection(world.server.address, timeout=10) as s:
            s.sendall(noise)
    assert world.sagemaker.list_models()["Models"] == []


@pytest.mark.parametrize("query", ["account=12", "account=abcdefghijkl", "region=%00", "account=&region="])
def test_the_control_api_refuses_a_world_that_cannot_be(world, query):
    status, _, body = world.raw(method="GET", path=f"/_sagebrush/clock?{query}")
    assert (status, bool(json.loads(body)["error"])) == (400, True)


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'{"mode": 3}', b'{"mode": "manual", "speed": 2}', b"\xff"])
def test_the_control_api_refuses_what_it_does_not_understand(world, body):
    status, _, answer = world.raw(body, method="PUT", path=f"/_sagebrush/clock?account={world.account}",
                                  headers={"Content-Type": "application/json", "Authorization": None})
    assert (status, " " in json.loads(answer)["error"]) == (400, True)

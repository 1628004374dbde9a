"""Requests to endpoints through boto3, the AWS CLI and bytes: what is answered, and that no update fails one."""

import json
import time

import pytest

from callers import CALLERS, Callers, invoke
from guardrails import all_at_once, canary, linear, rolling
from world import variant

@pytest.fixture
def serving(world):
    """`web` in service; keyword arguments are the model's environment."""

    def make(**environment):
        world.model(**environment)
        world.config("blue")
        world.endpoint()
        return world.client("sagemaker-runtime")

    return make


def test_the_answer_is_the_requests_body_with_its_type(serving):
    runtime = serving()
    answer = invoke(runtime, ContentType="text/csv", Accept="application/json", CustomAttributes="trace=1", InferenceId="one")
    assert (answer["Body"], answer["ContentType"], answer["CustomAttributes"]) == (b"1,2", "text/csv", "trace=1")
    assert answer["InvokedProductionVariant"] == "AllTraffic"
    assert invoke(runtime, body=bytes(range(256)))["Body"] == bytes(range(256))


def test_bytes_of_no_type_are_octets(serving, world):
    serving()
    status, headers, body = world.raw(b"x", path="/endpoints/web/invocations", headers={"Content-Type": None})
    assert (status, headers["content-type"], body) == (200, "application/octet-stream", b"x")
    assert headers["x-amzn-invoked-production-variant"] == "AllTraffic"


def test_a_model_can_be_told_what_to_answer(serving):
    answer = invoke(serving(SAGEBRUSH_RESPONSE='{"score": 0.9}'))
    assert (json.loads(answer["Body"]), answer["ContentType"]) == ({"score": 0.9}, "application/json")


def test_a_payload_may_have_6_mib_and_not_a_byte_more(serving, world):
    runtime = serving()
    largest = bytes(6 * 1024 * 1024)
    assert invoke(runtime, body=largest)["Body"] == largest
    status, _, body = world.raw(largest + b"x", path="/endpoints/web/invocations")
    assert (status, body) == (413, b"HTTP content length exceeded 6291456 bytes.")


def test_a_variant_can_be_named(world, refused):
    world.model()
    world.config("blue", variants=[variant("a"), variant("b", InitialVariantWeight=0.0)])
    world.endpoint()
    runtime = world.client("sagemaker-runtime")
    assert {invoke(runtime)["InvokedProductionVariant"] for _ in range(20)} == {"a"}
    assert invoke(runtime, TargetVariant="b")["InvokedProductionVariant"] == "b"
    sentence = f"Variant c not found for endpoint web of account {world.account}. Its variants are: a, b."
    with refused(sentence, code="ValidationError"):
        invoke(runtime, TargetVariant="c")


def test_an_endpoint_that_does_not_serve_is_not_found(world, refused):
    runtime = world.client("sagemaker-runtime")
    not_found = f"Endpoint web of account {world.account} not found."
    with refused(not_found, code="ValidationError"):
        invoke(runtime)
    world.model()
    world.config("blue")
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="blue")
    with refused(not_found, code="ValidationError"):
        invoke(runtime)
    world.advance("idle")
    invoke(runtime)
    with refused(not_found.replace("web", "WEB"), code="ValidationError"):
        runtime.invoke_endpoint(EndpointName="WEB", Body=b"")


@pytest.mark.parametrize("status, side, code", [(404, "client", "CLIENT_ERROR_FROM_MODEL"), (500, "server", "INTERNAL_FAILURE_FROM_MODEL")])
def test_the_error_of_a_model_has_all_its_members(serving, world, status, side, code):
    runtime = serving(SAGEBRUSH_ERROR_RATE=1, SAGEBRUSH_ERROR_STATUS=status)
    with pytest.raises(runtime.exceptions.ModelError) as caught:
        invoke(runtime)
    error = caught.value.response
    said = f"The model answers {status}, as its behaviour says."
    group = "/aws/sagemaker/Endpoints/web"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert error["Error"]["Message"] == (
        f'Received {side} error ({status}) from primary with message "{said}". See https://us-east-1.console.aws.amazon.com/cloudwatch/'
        f"home?region=us-east-1#logEventViewer:group={group} in account {world.account} for more information.")
    assert (error["OriginalStatusCode"], error["OriginalMessage"]) == (status, said)
    assert error["LogStreamArn"] == f"arn:aws:logs:us-east-1:{world.account}:log-group:{group}"
    _, _, body = world.raw(b"x", path="/endpoints/web/invocations")
    assert json.loads(body)["ErrorCode"] == code


def test_what_is_not_built_is_refused_by_name(serving, refused):
    runtime = serving()
    with refused(code="NotImplemented", status=501, contains="the member TargetModel of SageMakerRuntime.InvokeEndpoint"):
        invoke(runtime, TargetModel="a.tar.gz")
    with refused(code="ValidationError", contains="Please remove the Inference Component Name header and try again."):
        invoke(runtime, InferenceComponentName="part")


def test_the_cli_writes_the_answer_to_a_file(serving, world, tmp_path):
    serving()
    sent, got = tmp_path / "sent", tmp_path / "got"
    sent.write_bytes(b"1,2\n")
    said = world.aws("sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "web", "--body", f"fileb://{sent}",
                     "--content-type", "text/csv", "--target-variant", "AllTraffic", str(got))
    assert said == {"ContentType": "text/csv", "InvokedProductionVariant": "AllTraffic"}
    assert got.read_bytes() == b"1,2\n"
    said = world.aws("sagemaker-runtime", "invoke-endpoint", "--endpoint-name", "none", "--body", f"fileb://{sent}", str(got), fails=True)
    assert f"(ValidationError) when calling the InvokeEndpoint operation: Endpoint none of account {world.account} not found." in said


def test_a_caller_waits_for_the_real_time_of_a_latency_and_on_a_manual_clock_not_at_all(serving, world):
    runtime = serving(SAGEBRUSH_LATENCY_MS=30_000)
    began = time.monotonic()
    invoke(runtime)
    assert time.monotonic() - began < 15, "no 30 seconds pass"
    world.set_clock("scaled", rate=300)
    began = time.monotonic()
    invoke(runtime)
    assert time.monotonic() - began >= 0.098, "30 seconds are 100 ms, less what a timer may be late"


@pytest.mark.parametrize("rolls_back", [False, True], ids=["to its end", "and back"])
@pytest.mark.parametrize("policy", [all_at_once(wait=300, termination=60, alarms=["errors"]), canary(1, wait=300, alarms=["errors"]),
                                    linear(1, wait=300, alarms=["errors"]), rolling(1, wait=300, alarms=["errors"])],
                         ids=["all at once", "canary", "linear", "rolling"])
def test_no_request_fails_in_any_update(fleet_of, policy, rolls_back):
    """Ten minutes of the world in a second: the worker moves the traffic while the callers call."""
    world = fleet_of()
    world.alarm()
    world.set_clock("scaled", rate=600)
    with Callers(world) as callers:
        world.update(policy)
        deadline = time.monotonic() + 30
        alarmed = False
        while (status := world.status()) == "Updating":
            assert time.monotonic() < deadline, "the update does not end"
            stages = [s["Status"] for v in world.describe().get("PendingDeploymentSummary", {}).get("ProductionVariants", [])
                      for s in v.get("VariantStatus", [])]
            if rolls_back and not alarmed and "Baking" in stages:
                world.set_alarm("ALARM", settle=False)
                alarmed = True
    assert (status, world.describe()["EndpointConfigName"]) == ("InService", "blue" if rolls_back else "green")
    assert alarmed == rolls_back
    assert callers.answers.keys() == {"AllTraffic"}, callers.answers
    assert callers.answers["AllTraffic"] > CALLERS

"""Operations that the services have and sagebrush does not: 501, in words that a client shows."""

import json

import pytest

from samples import sample_input

BUILT = {
    "AddTags", "CreateEndpoint", "CreateEndpointConfig", "CreateInferenceComponent", "CreateModel", "DeleteEndpoint",
    "DeleteEndpointConfig", "DeleteInferenceComponent", "DeleteModel", "DeleteTags", "DescribeEndpoint", "DescribeEndpointConfig",
    "DescribeInferenceComponent", "DescribeModel", "ListEndpointConfigs", "ListEndpoints", "ListInferenceComponents",
    "ListModels", "ListTags", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities", "UpdateInferenceComponent",
    "UpdateInferenceComponentRuntimeConfig",
}


def test_a_client_shows_which_operation_is_missing(world, refused):
    with refused("sagebrush does not implement SageMaker.CreateTrainingJob", code="NotImplemented", status=501):
        world.unchecked.create_training_job(TrainingJobName="t")


def test_every_other_operation_of_sagemaker_answers_501(world):
    wrong = []
    names = world.sagemaker.meta.service_model.operation_names
    assert len(names) == 396
    for name in sorted(set(names) - BUILT):
        status, _, body = world.raw({}, target=f"SageMaker.{name}")
        answer = json.loads(body) if body else {}
        if (status, answer.get("__type"), answer.get("message")) != (501, "NotImplemented", f"sagebrush does not implement SageMaker.{name}"):
            wrong.append((name, status, body[:100]))
    assert wrong == []


# What an empty world answers to a full sample: the first thing that the operation itself has to say about it. ACCOUNT is the
# world's; an ARN that the sample gives keeps its own.
ENDPOINT = 'Could not find endpoint "arn:aws:sagemaker:us-east-1:ACCOUNT:endpoint/sample".'
CONFIG = 'Could not find endpoint configuration "arn:aws:sagemaker:us-east-1:ACCOUNT:endpoint-config/sample".'
MODEL = 'Could not find model "arn:aws:sagemaker:us-east-1:ACCOUNT:model/sample".'
COMPONENT = 'Could not find inference component "arn:aws:sagemaker:us-east-1:ACCOUNT:inference-component/sample".'
GIVEN = ENDPOINT.replace("ACCOUNT", "123456789012")
ANSWERS = {
    "AddTags": GIVEN, "DeleteTags": GIVEN, "ListTags": GIVEN,
    "CreateModel": "Only one of PrimaryContainer and Containers can be specified.",
    "CreateEndpointConfig": 'The variant name "sample" was non-unique within the request.',
    "CreateEndpoint": CONFIG, "DescribeEndpointConfig": CONFIG, "DeleteEndpointConfig": CONFIG,
    "DescribeModel": MODEL, "DeleteModel": MODEL,
    "DescribeEndpoint": ENDPOINT, "UpdateEndpoint": ENDPOINT, "UpdateEndpointWeightsAndCapacities": ENDPOINT,
    "DeleteEndpoint": ENDPOINT,
    "DescribeInferenceComponent": COMPONENT, "DeleteInferenceComponent": COMPONENT,
    "UpdateInferenceComponentRuntimeConfig": COMPONENT, "ListInferenceComponents": "Invalid NextToken.",
    "ListModels": "Invalid NextToken.", "ListEndpointConfigs": "Invalid NextToken.", "ListEndpoints": "Invalid NextToken.",
}


# A full sample asks for several instance types, which is a feature of its own.
POOLED = {"CreateInferenceComponent", "UpdateInferenceComponent"}


@pytest.mark.parametrize("name", sorted(POOLED))
def test_a_feature_that_is_not_built_of_an_operation_that_is_answers_501(world, name):
    shape = world.sagemaker.meta.service_model.operation_model(name).input_shape
    status, _, body = world.raw(json.dumps(sample_input(shape)).encode(), target=f"SageMaker.{name}")
    assert (status, json.loads(body)["message"]) == (501, "sagebrush does not implement instance pools")


@pytest.mark.parametrize("name", sorted(BUILT - POOLED))
def test_every_built_operation_takes_a_full_sample_of_its_input(world, name):
    """The answer comes from the operation: no member of a well-formed request is a stumbling block before it."""
    shape = world.sagemaker.meta.service_model.operation_model(name).input_shape
    sample = json.dumps(sample_input(shape), default=lambda t: t.timestamp()).encode()
    status, _, body = world.raw(sample, target=f"SageMaker.{name}")
    message = ANSWERS[name].replace("ACCOUNT", world.account)
    assert (status, json.loads(body)) == (400, {"__type": "ValidationException", "message": message})


@pytest.mark.parametrize("name, member", [("ListModels", "Models"), ("ListEndpointConfigs", "EndpointConfigs"), ("ListEndpoints", "Endpoints"),
                                          ("ListInferenceComponents", "InferenceComponents")])
def test_a_list_takes_every_filter_at_once(world, name, member):
    shape = world.sagemaker.meta.service_model.operation_model(name).input_shape
    sample = json.dumps(sample_input(shape, without=["NextToken"]), default=lambda t: t.timestamp()).encode()
    status, _, body = world.raw(sample, target=f"SageMaker.{name}")
    assert (status, json.loads(body)) == (200, {member: []})


def test_other_ways_of_invoking_are_not_built_yet(worlds, refused):
    runtime = worlds().client("sagemaker-runtime")
    missing = "sagebrush does not implement SageMakerRuntime."
    with refused(code="NotImplemented", status=501, contains=f"{missing}InvokeEndpointAsync"):
        runtime.invoke_endpoint_async(EndpointName="web", InputLocation="s3://bucket/key")
    with refused(code="NotImplemented", status=501, contains=f"{missing}InvokeEndpointWithResponseStream"):
        runtime.invoke_endpoint_with_response_stream(EndpointName="web", Body=b"{}")

"""Operations that the services have and sagebrush does not: 501, in words that a client shows."""

import json

from samples import sample_input

BUILT = {
    "AddTags", "CreateEndpoint", "CreateEndpointConfig", "CreateModel", "DeleteEndpoint", "DeleteEndpointConfig", "DeleteModel",
    "DeleteTags", "DescribeEndpoint", "DescribeEndpointConfig", "DescribeModel", "ListEndpointConfigs", "ListEndpoints",
    "ListModels", "ListTags", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities",
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


def test_every_built_operation_takes_a_full_sample_of_its_input(world):
    """Whatever the answer is, it comes from the operation: nothing in a well-formed request is a stumbling block."""
    model = world.sagemaker.meta.service_model
    for name in sorted(BUILT):
        shape = model.operation_model(name).input_shape
        status, _, body = world.raw(json.dumps(sample_input(shape), default=lambda t: t.timestamp()).encode(), target=f"SageMaker.{name}")
        code = json.loads(body).get("__type") if status != 200 and body else None
        assert status in (200, 400), f"{name}: {status} {body[:200]}"
        assert code in (None, "ValidationException"), f"{name}: {body[:200]}"


def test_an_invocation_is_not_built_yet(worlds, refused):
    world = worlds()
    runtime = world.client("sagemaker-runtime")
    with refused(code="NotImplemented", status=501, contains="sagebrush does not implement SageMakerRuntime.InvokeEndpoint"):
        runtime.invoke_endpoint(EndpointName="web", Body=b"{}")


def test_metrics_are_not_built_yet(world, refused):
    with refused(code="NotImplemented", status=501, contains="sagebrush does not implement CloudWatch.PutMetricData"):
        world.cloudwatch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m", "Value": 1.0}])

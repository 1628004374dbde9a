"""Nothing is lost: a request with every member that its shape has comes back unchanged from Describe."""

import pytest

from samples import sample_input


def echoed(described, given):
    """What Describe shows of the members that were given."""
    return {name: described.get(name) for name in given}


@pytest.mark.parametrize("without", [("Containers", "InferenceExecutionConfig"), ("PrimaryContainer",)], ids=["primary", "containers"])
def test_a_full_model_comes_back_unchanged(world, without):
    shape = world.sagemaker.meta.service_model.operation_model("CreateModel").input_shape
    given = sample_input(shape, without=without)
    world.sagemaker.create_model(**given)
    given.pop("Tags")
    assert echoed(world.sagemaker.describe_model(ModelName=given["ModelName"]), given) == given


def test_a_full_endpoint_config_comes_back_unchanged(world):
    world.model("sample")
    shape = world.sagemaker.meta.service_model.operation_model("CreateEndpointConfig").input_shape
    given = sample_input(shape)
    given["ShadowProductionVariants"][0]["VariantName"] = "shadow"
    world.sagemaker.create_endpoint_config(**given)
    tags = given.pop("Tags")
    described = world.sagemaker.describe_endpoint_config(EndpointConfigName=given["EndpointConfigName"])
    assert echoed(described, given) == given
    assert world.sagemaker.list_tags(ResourceArn=described["EndpointConfigArn"])["Tags"] == tags


def test_a_full_deployment_config_comes_back_unchanged(fleet_of):
    world = fleet_of()
    shape = world.sagemaker.meta.service_model.operation_model("UpdateEndpoint").input_shape.members["DeploymentConfig"]
    for other in ("BlueGreenUpdatePolicy", "RollingUpdatePolicy"):
        given = sample_input(shape, without=(other,))
        world.update(given)
        assert world.describe()["LastDeploymentConfig"] == given
        world.advance("idle")


def test_what_describe_shows_of_a_config_is_on_the_endpoint_too(world):
    world.model()
    capture = {"EnableCapture": True, "InitialSamplingPercentage": 20, "DestinationS3Uri": "s3://b/c",
               "CaptureOptions": [{"CaptureMode": "InputAndOutput"}], "KmsKeyId": "key"}
    asynchronous = {"OutputConfig": {"S3OutputPath": "s3://b/out", "S3FailurePath": "s3://b/failed"}, "ClientConfig": {"MaxConcurrentInvocationsPerInstance": 4}}
    scaling = {"Status": "ENABLED", "MinInstanceCount": 1, "MaxInstanceCount": 5}
    world.config("blue", variants=[{
        "VariantName": "v", "ModelName": "model", "InitialInstanceCount": 2, "InstanceType": "ml.m5.large",
        "RoutingConfig": {"RoutingStrategy": "RANDOM"}, "ManagedInstanceScaling": scaling}],
        DataCaptureConfig=capture, AsyncInferenceConfig=asynchronous)
    world.endpoint("web", "blue")
    shown = world.describe()
    assert shown["AsyncInferenceConfig"] == asynchronous
    assert shown["DataCaptureConfig"]["KmsKeyId"] == "key"
    assert shown["ProductionVariants"][0]["RoutingConfig"] == {"RoutingStrategy": "RANDOM"}
    assert shown["ProductionVariants"][0]["ManagedInstanceScaling"] == scaling

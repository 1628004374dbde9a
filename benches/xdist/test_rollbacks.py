"""A hundred proofs of a rollback, each in a world of its own: AWS's calls, and a hand on the clock."""

from typing import Any

import pytest

from pytest_sagebrush import World

CANARY: dict[str, Any] = {
    "BlueGreenUpdatePolicy": {
        "TrafficRoutingConfiguration": {
            "Type": "CANARY",
            "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
            "WaitIntervalInSeconds": 600,
        }
    },
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
}


def config(sagemaker: Any, name: str, error_rate: str) -> None:
    """A model that errs so often, and the endpoint config that runs it."""
    container = {"Image": f"models/{name}:1", "Environment": {"SAGEBRUSH_ERROR_RATE": error_rate}}
    sagemaker.create_model(ModelName=name, PrimaryContainer=container)
    variant = {"VariantName": "AllTraffic", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 4}
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])


@pytest.mark.parametrize("number", range(100))
def test_a_canary_is_rolled_back_by_the_alarm_of_its_own_traffic(sagebrush: World, number: int) -> None:
    sagemaker, cloudwatch = sagebrush.client("sagemaker"), sagebrush.client("cloudwatch")
    config(sagemaker, "old", "0")
    config(sagemaker, "new", "0.5")
    cloudwatch.put_metric_alarm(
        AlarmName="errors",
        Namespace="AWS/SageMaker",
        MetricName="Invocation5XXErrors",
        Dimensions=[{"Name": "EndpointName", "Value": "house"}, {"Name": "VariantName", "Value": "AllTraffic"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=0.05,
        ComparisonOperator="GreaterThanThreshold",
    )
    traffic = {"Key": "sagebrush:requests-per-second", "Value": "20"}
    sagemaker.create_endpoint(EndpointName="house", EndpointConfigName="old", Tags=[traffic])
    sagebrush.clock.settle()
    sagemaker.update_endpoint(EndpointName="house", EndpointConfigName="new", DeploymentConfig=CANARY)
    sagebrush.clock.settle()
    assert sagemaker.describe_endpoint(EndpointName="house")["EndpointConfigName"] == "old"
    sagebrush.assert_rolled_back("house", because="alarm", alarm="errors")

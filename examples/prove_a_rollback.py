"""Prove, in one second, that a slow model is rolled back by its own traffic, and that InService does not say so.

    sagebrush serve --clock manual
    python examples/prove_a_rollback.py          (pip install boto3)

The environment names the server and the world: see "Serving" in the README.
"""

import json
import os
import urllib.request

import boto3

url = os.environ.get("AWS_ENDPOINT_URL", "http://127.0.0.1:7243")
world = f"account={os.environ['AWS_ACCESS_KEY_ID']}&region={os.environ['AWS_DEFAULT_REGION']}"
sagemaker = boto3.client("sagemaker", endpoint_url=url)
cloudwatch = boto3.client("cloudwatch", endpoint_url=url)


def advance(**how):
    """Moves the world's clock; answers when everything due on the way has happened."""
    body = json.dumps(how).encode()
    return json.load(urllib.request.urlopen(f"{url}/_sagebrush/clock/advance?{world}", body))


for config, latency_ms in (("old", "20"), ("new", "900")):
    container = {"Image": f"models/{config}:1", "Environment": {"SAGEBRUSH_LATENCY_MS": latency_ms}}
    sagemaker.create_model(ModelName=config, PrimaryContainer=container)
    sagemaker.create_endpoint_config(EndpointConfigName=config, ProductionVariants=[
        {"VariantName": "AllTraffic", "ModelName": config, "InstanceType": "ml.m5.large", "InitialInstanceCount": 4}])
cloudwatch.put_metric_alarm(
    AlarmName="latency", Namespace="AWS/SageMaker", MetricName="ModelLatency", Statistic="Average", Period=60,
    Dimensions=[{"Name": "EndpointName", "Value": "house"}, {"Name": "VariantName", "Value": "AllTraffic"}],
    EvaluationPeriods=1, Threshold=100_000, ComparisonOperator="GreaterThanThreshold")
sagemaker.create_endpoint(
    EndpointName="house", EndpointConfigName="old",
    Tags=[{"Key": "sagebrush:requests-per-second", "Value": "50"}])  # requests that need no client
advance(to="idle")

sagemaker.update_endpoint(EndpointName="house", EndpointConfigName="new", DeploymentConfig={
    "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
        "Type": "CANARY", "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}, "WaitIntervalInSeconds": 600}},
    "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "latency"}]}})
advance(to="idle")  # the new fleet is up, a quarter of the traffic is on it, the alarm judges, and it goes back

endpoint = sagemaker.describe_endpoint(EndpointName="house")
print(endpoint["EndpointStatus"])      # InService: a deployer that trusts this has shipped nothing
print(endpoint["EndpointConfigName"])  # old
print(endpoint["FailureReason"])

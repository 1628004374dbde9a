"""Inference components as boto3 and the AWS CLI see them: several models on the instances of one endpoint."""

import json
import urllib.parse

import pytest
from botocore.exceptions import ClientError

from commands import said, sagebrush
from world import ROLE, ControlError

IC = "llm"
KEY = {"ServiceNamespace": "sagemaker", "ResourceId": f"inference-component/{IC}",
       "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount"}
NAMED = f"inference-component/{IC}"


def specification(model, accelerators=1):
    return {"ModelName": model, "ComputeResourceRequirements": {
        "NumberOfAcceleratorDevicesRequired": accelerators, "MinMemoryRequiredInMb": 1024}}


@pytest.fixture
def house(world):
    """The endpoint `web` in service without a model, on instances of four accelerators, and three models."""

    def make(instances=2, **managed):
        for name, environment in [("llm-1", {}), ("llm-2", {}), ("bad", {"SAGEBRUSH_ERROR_RATE": "1"})]:
            world.model(name, **environment)
        variant = {"VariantName": "AllTraffic", "InstanceType": "ml.g5.12xlarge", "InitialInstanceCount": instances,
                   "RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}}
        if managed:
            variant["ManagedInstanceScaling"] = {"Status": "ENABLED"} | managed
        world.config("blue", variants=[variant], ExecutionRoleArn=ROLE)
        world.endpoint("web", "blue")
        return world

    return make


@pytest.fixture
def served(house):
    """The component in service with so many copies of `llm-1`."""

    def make(copies=2, instances=2, **managed):
        world = house(instances, **managed)
        create(world, copies)
        world.advance("idle")
        return world

    return make


def create(world, copies, name=IC, model="llm-1", **members):
    return world.sagemaker.create_inference_component(
        InferenceComponentName=name, EndpointName="web", VariantName="AllTraffic", Specification=specification(model),
        RuntimeConfig={"CopyCount": copies}, **members)["InferenceComponentArn"]


def describe(world, name=IC):
    return world.sagemaker.describe_inference_component(InferenceComponentName=name)


def stands(world, name=IC):
    shown = describe(world, name)
    copies = shown["RuntimeConfig"]
    return shown["InferenceComponentStatus"], copies["DesiredCopyCount"], copies["CurrentCopyCount"]


def invoke(world, **members):
    return world.client("sagemaker-runtime").invoke_endpoint(
        **{"EndpointName": "web", "InferenceComponentName": IC, "Body": b"hello"} | members)


def rolling(batch=1, wait=120, alarms=()):
    policy = {"MaximumBatchSize": {"Type": "COPY_COUNT", "Value": batch}, "WaitIntervalInSeconds": wait,
              "RollbackMaximumBatchSize": {"Type": "COPY_COUNT", "Value": batch}}
    config = {"RollingUpdatePolicy": policy}
    if alarms:
        config["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": name} for name in alarms]}
    return config


def test_the_sequence_of_the_developer_guide_runs_unmodified(house):
    """SageMaker's guide to deploying models as inference components: create, wait, invoke, scale, update, delete."""
    world = house(1, MinInstanceCount=1, MaxInstanceCount=2)
    sagemaker = world.sagemaker
    arn = create(world, 1, Tags=[{"Key": "team", "Value": "red"}])
    assert arn == world.arn("inference-component", IC)
    assert stands(world) == ("Creating", 1, 0)
    world.advance("idle")
    assert stands(world) == ("InService", 1, 1)
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "red"}]
    answer = invoke(world, ContentType="text/plain")
    assert answer["Body"].read() == b"hello" and answer["InvokedProductionVariant"] == "AllTraffic"
    sagemaker.update_inference_component_runtime_config(InferenceComponentName=IC, DesiredRuntimeConfig={"CopyCount": 6})
    world.advance("idle")
    assert stands(world) == ("InService", 6, 6)
    [variant] = world.describe()["ProductionVariants"]
    assert variant["CurrentInstanceCount"] == 2, "managed instances follow the copies"
    [listed] = sagemaker.list_inference_components(EndpointNameEquals="web")["InferenceComponents"]
    assert (listed["InferenceComponentName"], listed["InferenceComponentStatus"]) == (IC, "InService")
    sagemaker.delete_inference_component(InferenceComponentName=IC)
    world.advance("idle")
    with pytest.raises(ClientError, match="Could not find inference component"):
        describe(world)
    sagemaker.delete_endpoint(EndpointName="web")


def test_a_rolling_update_that_an_alarm_brings_back_ends_in_service_unchanged(served):
    """The course of AWS's notebook: two copies, one at a time, an alarm over the component's own errors."""
    world = served(2)
    world.cloudwatch.put_metric_alarm(
        AlarmName="errors", Namespace="AWS/SageMaker", MetricName="InvocationModelErrors", Statistic="Average", Period=60,
        Dimensions=[{"Name": "InferenceComponentName", "Value": IC}], EvaluationPeriods=1, Threshold=0.1,
        ComparisonOperator="GreaterThanThreshold", TreatMissingData="notBreaching")
    world.control("PUT", f"endpoints/{NAMED.replace('/', '%2F')}/traffic", {"requests_per_second": 10})
    world.advance(300)
    assert "LastDeploymentConfig" not in describe(world)
    config = rolling(alarms=["errors"])
    world.sagemaker.update_inference_component(
        InferenceComponentName=IC, Specification=specification("bad"), DeploymentConfig=config)
    world.advance(60)
    assert stands(world) == ("Updating", 2, 3), "a new copy before an old one goes"
    world.advance("idle")
    shown = describe(world)
    assert stands(world) == ("InService", 2, 2)
    assert shown["Specification"]["ModelName"] == "llm-1"
    assert shown["FailureReason"] == (
        "The deployment was rolled back because the following alarm(s) went into ALARM state: errors.")
    assert shown["LastDeploymentConfig"] == config
    deployment = world.deployment(NAMED)
    assert (deployment["status"], deployment["endpoint"]) == ("rolled_back", NAMED)
    assert deployment["events"][0]["message"] == "Launching 1 copy(ies) of bad."
    world.advance(300)  # until the alarm is OK again
    world.sagemaker.update_inference_component(
        InferenceComponentName=IC, Specification=specification("llm-2"), DeploymentConfig=config)
    world.advance("idle")
    assert describe(world)["Specification"]["ModelName"] == "llm-2"
    assert "FailureReason" not in describe(world)


def test_an_update_is_steered_and_watched_like_that_of_an_endpoint(served):
    world = served(2)
    world.sagemaker.update_inference_component(
        InferenceComponentName=IC, Specification=specification("llm-2"), DeploymentConfig=rolling(wait=600))
    world.advance(100)
    assert world.steer("pause", NAMED)["changed"]
    why = world.deployment(NAMED)["why"]
    assert "paused since" in why and "instance" not in why
    assert world.steer("abort", NAMED)["changed"]
    world.advance("idle")
    waited = sagebrush(world, "wait", NAMED)
    assert waited.returncode != 0 and "rolled back" in waited.stdout + waited.stderr
    assert "llm-2" in said(world, "deployments", NAMED)
    watched = sagebrush(world, "watch", NAMED)
    assert watched.returncode == waited.returncode and f"{NAMED}  InService" in watched.stdout, watched


def test_a_faulty_copy_is_a_fault_of_the_component_alone(served, refused):
    world = served(2)
    create(world, 1, name="other")
    world.advance("idle")
    world.control("POST", "faults", {"kind": "error_rate", "rate": 1, "scope": {"endpoint": NAMED}})
    with refused(code="ModelError", status=424):
        invoke(world)
    assert invoke(world, InferenceComponentName="other")["Body"].read() == b"hello"


def test_requests_are_for_a_component_of_the_endpoint(served, refused):
    world = served(1)
    with refused(code="ValidationError", contains="Inference Component Name header is required for endpoints"):
        world.client("sagemaker-runtime").invoke_endpoint(EndpointName="web", Body=b"x")
    with refused("Inference Component none not found for endpoint web of account "
                 f"{world.account}.", code="ValidationError"):
        invoke(world, InferenceComponentName="none")
    with refused(contains="Endpoint has inference components attached: llm."):
        world.sagemaker.delete_endpoint(EndpointName="web")


def test_the_guide_to_scaling_to_zero_runs_unmodified(served, refused):
    """SageMaker's guide: a target tracking policy down to no copy, a step policy and an alarm from there."""
    world = served(1, instances=1, MinInstanceCount=0, MaxInstanceCount=2)
    world.begin_a_minute()
    client, cloudwatch = world.client("application-autoscaling"), world.cloudwatch
    client.register_scalable_target(**KEY, MinCapacity=0, MaxCapacity=5)
    client.put_scaling_policy(
        **KEY, PolicyName="track", PolicyType="TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerInferenceComponentInvocationsPerCopy"},
            "TargetValue": 1, "ScaleInCooldown": 300, "ScaleOutCooldown": 300})
    policy = client.put_scaling_policy(
        **KEY, PolicyName="from-zero", PolicyType="StepScaling", StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity", "MetricAggregationType": "Maximum", "Cooldown": 60,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}]})
    cloudwatch.put_metric_alarm(
        AlarmName="ic-step-scaling", AlarmActions=[policy["PolicyARN"]], AlarmDescription="Alarm when asked in vain.",
        MetricName="NoCapacityInvocationFailures", Namespace="AWS/SageMaker", Statistic="Maximum",
        Dimensions=[{"Name": "InferenceComponentName", "Value": IC}], Period=30, EvaluationPeriods=1,
        DatapointsToAlarm=1, Threshold=1, ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="missing")
    world.advance(30 * 60)
    assert stands(world) == ("InService", 0, 0)
    assert world.describe()["ProductionVariants"][0]["CurrentInstanceCount"] == 0, "and no instance is paid for"
    with refused(code="ValidationError", contains="Inference Component has no capacity to process this request."):
        invoke(world)
    world.advance(60)
    assert stands(world)[:2] == ("Updating", 1)
    world.advance("idle")
    assert invoke(world)["Body"].read() == b"hello"
    [target] = client.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[KEY["ResourceId"]])["ScalableTargets"]
    assert target["ScalableDimension"] == KEY["ScalableDimension"]


def test_the_cli_creates_updates_and_shows_a_component(house):
    world = house(1)
    world.aws("sagemaker", "create-inference-component", "--inference-component-name", IC, "--endpoint-name", "web",
              "--variant-name", "AllTraffic", "--specification", json.dumps(specification("llm-1")),
              "--runtime-config", "CopyCount=2")
    world.advance("idle")
    world.aws("sagemaker", "update-inference-component", "--inference-component-name", IC,
              "--specification", json.dumps(specification("llm-2")), "--deployment-config", json.dumps(rolling()))
    world.advance("idle")
    shown = world.aws("sagemaker", "describe-inference-component", "--inference-component-name", IC)
    assert (shown["InferenceComponentStatus"], shown["Specification"]["ModelName"]) == ("InService", "llm-2")


def test_a_component_goes_with_its_world_in_a_snapshot(served, worlds, tmp_path):
    world, other = served(2), worlds()
    said(world, "export", tmp_path / "world.jsonl")
    said(other, "import", tmp_path / "world.jsonl", "--account", other.account, "--region", other.region)
    assert stands(other) == ("InService", 2, 2)
    assert invoke(other)["Body"].read() == b"hello"
    other.sagemaker.update_inference_component(
        InferenceComponentName=IC, Specification=specification("llm-2"), DeploymentConfig=rolling())
    other.advance("idle")
    assert describe(other)["Specification"]["ModelName"] == "llm-2"
    assert describe(world)["Specification"]["ModelName"] == "llm-1"


@pytest.mark.parametrize("host", [{}, {"endpoint": "web"}])
def test_copies_die_by_their_model_and_others_come_in_their_place(served, host):
    world = served(2)
    create(world, 1, name="other", model="llm-2")
    world.advance("idle")
    world.control("POST", "faults", {"kind": "instances_die", "scope": {"model": "llm-1"} | host})
    assert describe(world)["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 0}
    assert stands(world, "other") == ("InService", 1, 1)
    assert world.sagemaker.describe_endpoint(EndpointName="web")["ProductionVariants"][0]["CurrentInstanceCount"] == 2
    world.advance(60)
    assert stands(world) == ("InService", 2, 2)


def test_synthetic_traffic_is_given_to_a_component_and_not_to_its_endpoint(served):
    world = served(1)
    with pytest.raises(ControlError, match="give the traffic to"):
        world.control("PUT", "endpoints/web/traffic", {"requests_per_second": 5})
    world.control("PUT", f"endpoints/{urllib.parse.quote(NAMED, safe='')}/traffic", {"requests_per_second": 5})
    world.begin_a_minute()
    begun = world.now()
    world.advance(120)
    points = world.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker", MetricName="Invocations", Period=60, Statistics=["Sum"], StartTime=begun,
        EndTime=world.now(), Dimensions=[{"Name": "InferenceComponentName", "Value": IC}])["Datapoints"]
    assert sum(point["Sum"] for point in points) > 0

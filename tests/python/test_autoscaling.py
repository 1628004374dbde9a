"""Application Auto Scaling as boto3 and the AWS CLI see it: traffic comes and goes, and instances with it."""

import json

import pytest

from guardrails import canary
from world import INSTANCE_TYPE

RESOURCE = "endpoint/web/variant/AllTraffic"
KEY = {"ServiceNamespace": "sagemaker", "ResourceId": RESOURCE, "ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}
MINUTE = 60


@pytest.fixture
def scaled(fleet_of):
    """The endpoint `web`, its variant registered between 1 and 8 instances; the world and the client."""

    def make(instances=1):
        world = fleet_of(instances)
        world.begin_a_minute()
        client = world.client("application-autoscaling")
        client.register_scalable_target(**KEY, MinCapacity=1, MaxCapacity=8)
        return world, client

    return make


def track(client, target=600.0, **members):
    """A policy that keeps `target` requests a minute on each instance."""
    configuration = {
        "TargetValue": target, "PredefinedMetricSpecification": {"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
        "ScaleOutCooldown": 120, "ScaleInCooldown": 300} | members
    return client.put_scaling_policy(**KEY, PolicyName="track", PolicyType="TargetTrackingScaling",
                                     TargetTrackingScalingPolicyConfiguration=configuration)


def traffic(world, a_second):
    world.control("PUT", "endpoints/web/traffic", {"requests_per_second": a_second})


def instances(world):
    """Desired and current instances, and the status."""
    shown = world.describe()
    [variant] = shown["ProductionVariants"]
    return variant["DesiredInstanceCount"], variant["CurrentInstanceCount"], shown["EndpointStatus"]


def activities(client, **more):
    return client.describe_scaling_activities(**KEY, **more)["ScalingActivities"]


def until(world, wanted, most=40):
    """Let minutes pass until so many instances are desired; how many passed."""
    for minute in range(most):
        if instances(world)[0] == wanted:
            return minute
        world.advance(MINUTE)
    raise AssertionError(f"{instances(world)} after {most} minutes")


def test_traffic_up_scale_out_traffic_down_scale_in_then_a_guarded_update_in_the_middle(scaled):
    world, client = scaled(1)
    track(client)
    alarms = {name: state for name, state in states(world)}
    assert set(alarms.values()) == {"INSUFFICIENT_DATA"} and len(alarms) == 2

    traffic(world, 25)  # 1,500 a minute: three instances of 600
    assert 3 <= until(world, 3) <= 6
    assert instances(world) == (3, 1, "Updating")
    assert [stage["Status"] for stage in world.describe()["ProductionVariants"][0]["VariantStatus"]] == ["Updating"]
    world.advance("idle")
    assert instances(world) == (3, 3, "InService")
    world.advance(10 * MINUTE)
    assert instances(world) == (3, 3, "InService"), "500 on each is neither too much nor too little"

    traffic(world, 5)
    assert 15 <= until(world, 1) <= 18
    world.advance("idle")
    assert instances(world) == (1, 1, "InService")

    down, up = activities(client)
    for activity, word, count in [(down, "AlarmLow", 1), (up, "AlarmHigh", 3)]:
        [alarm] = [name for name in alarms if f"-{word}-" in name]
        assert activity["Description"] == f"Setting desired instance count to {count}."
        assert activity["Cause"] == f"monitor alarm {alarm} in state ALARM triggered policy track"
        assert activity["StatusCode"] == "Successful"
        assert activity["StatusMessage"] == (f"Successfully set desired instance count to {count}. "
                                             "Change successfully fulfilled by sagemaker.")
        assert activity["StartTime"] < activity["EndTime"]

    # The next rush meets an update: nothing is scaled until that is done.
    world.update(canary(1, wait=600), RetainAllVariantProperties=True)
    traffic(world, 25)
    world.advance(8 * MINUTE)
    assert instances(world)[::2] == (1, "Updating")
    [blocked] = [one for one in activities(client, IncludeNotScaledActivities=True) if "NotScaledReasons" in one][:1]
    assert blocked["NotScaledReasons"] == [{"Code": "TargetServicePutResourceAsUnscalable"}]
    world.advance("idle")
    assert world.describe()["EndpointConfigName"] == "green"
    assert instances(world) == (1, 1, "InService")
    assert until(world, 3) <= 1
    world.advance("idle")
    assert instances(world) == (3, 3, "InService")


def states(world):
    return [(alarm["AlarmName"], alarm["StateValue"]) for alarm in world.cloudwatch.describe_alarms()["MetricAlarms"]]


def test_an_endpoint_without_any_traffic_goes_back_to_its_minimum(scaled):
    world, client = scaled(4)
    track(client)
    assert 15 <= until(world, 1) <= 20
    world.advance("idle")
    figures = world.cloudwatch.get_metric_statistics(
        Namespace="AWS/SageMaker", MetricName="InvocationsPerInstance", Period=60, Statistics=["Sum"],
        Dimensions=[{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "AllTraffic"}],
        StartTime=world.now().timestamp() - 600, EndTime=world.now().timestamp())
    assert {point["Sum"] for point in figures["Datapoints"]} == {0.0}


def test_the_sequence_of_the_developer_guide_for_target_tracking_runs_unmodified(fleet_of):
    """SageMaker's guide to automatic scaling with boto3: register, put the policy, look, delete, deregister."""
    world = fleet_of(1)
    endpoint_name, variant_name = "web", "AllTraffic"
    client = world.client("application-autoscaling")

    resource_id = f"endpoint/{endpoint_name}/variant/{variant_name}"
    response = client.register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=resource_id,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=2,
    )
    assert response["ScalableTargetARN"].startswith(f"arn:aws:application-autoscaling:{world.region}:{world.account}:scalable-target/")
    response = client.put_scaling_policy(
        PolicyName="Invocations-ScalingPolicy",
        ServiceNamespace="sagemaker",
        ResourceId=resource_id,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 5.0,
            "PredefinedMetricSpecification": {
                "PredefinedMetricType": "SageMakerVariantInvocationsPerInstance",
            },
            "ScaleInCooldown": 600,
            "ScaleOutCooldown": 300,
        },
    )
    assert len(response["Alarms"]) == 2
    [target] = client.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[resource_id])["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 2)
    paginator = client.get_paginator("describe_scaling_policies")
    [policy] = [p for page in paginator.paginate(ServiceNamespace="sagemaker") for p in page["ScalingPolicies"]]
    assert policy["Alarms"] == response["Alarms"]
    assert policy["PolicyARN"] == response["PolicyARN"]
    client.delete_scaling_policy(
        PolicyName="Invocations-ScalingPolicy",
        ServiceNamespace="sagemaker",
        ResourceId=resource_id,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )
    client.deregister_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=resource_id,
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
    )
    assert client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"] == []
    assert states(world) == []


def test_a_custom_metric_is_tracked_as_the_guide_shows_it(scaled):
    """The guide's CPUUtilization policy."""
    world, client = scaled(1)
    response = client.put_scaling_policy(
        **KEY, PolicyName="CPUUtil-ScalingPolicy", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration={
            "TargetValue": 90.0,
            "CustomizedMetricSpecification": {
                "MetricName": "CPUUtilization",
                "Namespace": "/aws/sagemaker/Endpoints",
                "Dimensions": [{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "AllTraffic"}],
                "Statistic": "Average",
                "Unit": "Percent",
            },
            "ScaleInCooldown": 600,
            "ScaleOutCooldown": 300,
        })
    alarms = world.cloudwatch.describe_alarms(AlarmNames=[alarm["AlarmName"] for alarm in response["Alarms"]])["MetricAlarms"]
    assert [(alarm["Threshold"], alarm["MetricName"], alarm["Unit"]) for alarm in alarms] == [
        (90.0, "CPUUtilization", "Percent"), (81.0, "CPUUtilization", "Percent")]


def test_the_sequence_of_the_guide_for_step_scaling_runs_in_the_cli(scaled):
    """register-scalable-target, put-scaling-policy, and put-metric-alarm with the policy's ARN as its action."""
    world, client = scaled(1)
    world.aws("application-autoscaling", "register-scalable-target", "--service-namespace", "sagemaker",
              "--resource-id", RESOURCE, "--scalable-dimension", KEY["ScalableDimension"],
              "--min-capacity", "1", "--max-capacity", "6")
    configuration = {
        "AdjustmentType": "ChangeInCapacity", "MetricAggregationType": "Maximum", "Cooldown": 60,
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 600, "ScalingAdjustment": 1},
                            {"MetricIntervalLowerBound": 600, "ScalingAdjustment": 3}]}
    answer = world.aws("application-autoscaling", "put-scaling-policy", "--policy-name", "my-step-scaling-policy",
                       "--policy-type", "StepScaling", "--resource-id", RESOURCE, "--service-namespace", "sagemaker",
                       "--scalable-dimension", KEY["ScalableDimension"],
                       "--step-scaling-policy-configuration", json.dumps(configuration))
    assert answer["Alarms"] == []
    world.aws("cloudwatch", "put-metric-alarm", "--alarm-name", "step-scaling-policy-alarm-name",
              "--alarm-description", "scale out", "--metric-name", "InvocationsPerInstance", "--namespace", "AWS/SageMaker",
              "--statistic", "Sum", "--period", "60", "--evaluation-periods", "1", "--datapoints-to-alarm", "1",
              "--threshold", "300", "--comparison-operator", "GreaterThanOrEqualToThreshold",
              "--treat-missing-data", "missing", "--alarm-actions", answer["PolicyARN"],
              "--dimensions", "Name=EndpointName,Value=web", "Name=VariantName,Value=AllTraffic")
    [policy] = client.describe_scaling_policies(ServiceNamespace="sagemaker")["ScalingPolicies"]
    assert [alarm["AlarmName"] for alarm in policy["Alarms"]] == ["step-scaling-policy-alarm-name"]
    traffic(world, 10)  # 600 a minute are 300 too many: one instance more
    assert 1 <= until(world, 2) <= 4
    listed = world.aws("application-autoscaling", "describe-scaling-activities", "--service-namespace", "sagemaker")
    assert listed["ScalingActivities"][0]["Cause"] == (
        "monitor alarm step-scaling-policy-alarm-name in state ALARM triggered policy my-step-scaling-policy")
    traffic(world, 40)  # 2,400 a minute are 1,200 for each of two: 900 too many, so three more
    assert until(world, 5) <= 6


def test_scheduled_actions_come_at_their_local_time(scaled):
    world, client = scaled(1)
    client.put_scheduled_action(
        **KEY, ScheduledActionName="every-morning", Schedule="cron(0 9 * * ? *)", Timezone="Asia/Tokyo",
        ScalableTargetAction={"MinCapacity": 4, "MaxCapacity": 6})
    [action] = client.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"]
    assert action["ScalableTargetAction"] == {"MinCapacity": 4, "MaxCapacity": 6}
    seconds = -world.now().timestamp() % 86_400  # nine in Tokyo is midnight in UTC
    world.advance(seconds - 1)
    assert instances(world)[0] == 1
    world.advance(1)
    assert instances(world)[0] == 4
    capacity, bounds = activities(client)
    assert bounds["Cause"] == "scheduled action name every-morning was triggered"
    assert bounds["StatusMessage"] == "Successfully set min capacity to 4 and max capacity to 6"
    assert capacity["Cause"] == "minimum capacity was set to 4"
    client.delete_scheduled_action(**KEY, ScheduledActionName="every-morning")
    assert client.describe_scheduled_actions(ServiceNamespace="sagemaker")["ScheduledActions"] == []


def test_a_scaling_that_finds_no_capacity_rolls_back_and_is_told(scaled):
    world, client = scaled(1)
    world.control("PUT", f"capacity/{INSTANCE_TYPE}", {"pool": 2})
    client.register_scalable_target(**KEY, MinCapacity=4)
    world.advance(0)
    statuses = set()
    for _ in range(60):
        statuses.add(world.status())
        world.advance(MINUTE / 4)
    assert {"Updating", "RollingBack", "InService"} <= statuses
    assert instances(world) == (1, 1, "InService")
    [activity] = activities(client)
    assert activity["StatusCode"] == "Failed"
    assert activity["StatusMessage"].startswith("Failed to set desired instance count to 4. Reason: Unable to provision")


def test_weights_and_capacities_are_set_beside_it(scaled):
    world, client = scaled(2)
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName="web", DesiredWeightsAndCapacities=[{"VariantName": "AllTraffic", "DesiredInstanceCount": 10}])
    world.advance("idle")
    world.advance(5 * MINUTE)
    assert instances(world) == (10, 10, "InService"), "bounds hold for what scales by itself"
    assert activities(client) == []


def test_updates_that_a_registered_variant_forbids_are_refused(scaled, refused):
    world, client = scaled(1)
    world.config("larger", variants=[{"VariantName": "AllTraffic", "ModelName": "model", "InitialInstanceCount": 1,
                                      "InstanceType": "ml.m5.xlarge"}])
    sentence = ('The variant(s) "[AllTraffic]" must be deregistered as scalable targets with AutoScaling before they '
                "can be removed or have their instance type updated.")
    with refused(sentence):
        world.update(config="larger")
    client.deregister_scalable_target(**KEY)
    world.update(config="larger")


def test_tags(scaled):
    _, client = scaled(1)
    [target] = client.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    arn = target["ScalableTargetARN"]
    client.tag_resource(ResourceARN=arn, Tags={"team": "search", "stage": "beta"})
    client.untag_resource(ResourceARN=arn, TagKeys=["stage"])
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"team": "search"}
    with pytest.raises(client.exceptions.ResourceNotFoundException) as caught:
        client.list_tags_for_resource(ResourceARN=arn + "0")
    assert caught.value.response["ResourceName"] == arn + "0"


def test_what_is_not_there_and_what_is_not_built(scaled, refused):
    world, client = scaled(1)
    with pytest.raises(client.exceptions.ObjectNotFoundException):
        client.delete_scaling_policy(**KEY, PolicyName="none")
    with pytest.raises(client.exceptions.ObjectNotFoundException):
        client.put_scheduled_action(**KEY | {"ResourceId": "endpoint/none/variant/v"}, ScheduledActionName="a",
                                    Schedule="rate(1 day)", ScalableTargetAction={"MinCapacity": 1})
    component = {"ServiceNamespace": "sagemaker", "ResourceId": "inference-component/ic",
                 "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount"}
    with refused("SageMaker inference component doesn't exist: inference-component/ic"):
        client.register_scalable_target(**component, MinCapacity=1, MaxCapacity=2)
    assert client.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=["inference-component/ic"])["ScalableTargets"] == []

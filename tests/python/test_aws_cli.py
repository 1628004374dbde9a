"""Stories through the real AWS CLI: what somebody types, and what they read."""

import json

import pytest

from guardrails import alarm_reason, canary


@pytest.fixture
def typed(world):
    """A model, two configs and an endpoint in service, all typed."""
    aws = world.aws
    aws("sagemaker", "create-model", "--model-name", "model", "--execution-role-arn", "arn:aws:iam::123456789012:role/SageMaker",
        "--primary-container", "Image=123456789012.dkr.ecr.us-east-1.amazonaws.com/classifier:1")
    for name in ("blue", "green"):
        aws("sagemaker", "create-endpoint-config", "--endpoint-config-name", name, "--production-variants",
            "VariantName=AllTraffic,ModelName=model,InitialInstanceCount=3,InstanceType=ml.m5.large")
    made = aws("sagemaker", "create-endpoint", "--endpoint-name", "web", "--endpoint-config-name", "blue")
    assert made == {"EndpointArn": world.arn("endpoint", "web")}
    world.advance("idle")
    return world


def write_policy(tmp_path, policy):
    path = tmp_path / "deployment.json"
    path.write_text(json.dumps(policy))
    return f"file://{path}"


def test_a_guarded_update_from_a_file_to_its_success(typed, tmp_path):
    policy = canary(1, wait=300, termination=60)
    typed.aws("sagemaker", "update-endpoint", "--endpoint-name", "web", "--endpoint-config-name", "green",
              "--deployment-config", write_policy(tmp_path, policy))
    typed.advance(70)
    shown = typed.aws("sagemaker", "describe-endpoint", "--endpoint-name", "web")
    assert (shown["EndpointStatus"], shown["EndpointConfigName"], shown["LastDeploymentConfig"]) == ("Updating", "blue", policy)
    assert shown["PendingDeploymentSummary"]["ProductionVariants"][0]["VariantStatus"][0]["Status"] == "Baking"
    typed.advance("idle")
    typed.aws("sagemaker", "wait", "endpoint-in-service", "--endpoint-name", "web")
    name = typed.aws("sagemaker", "describe-endpoint", "--endpoint-name", "web", "--query", "EndpointConfigName")
    assert name == "green"


def test_an_alarm_set_by_hand_rolls_back(typed, tmp_path):
    typed.aws("cloudwatch", "put-metric-alarm", "--alarm-name", "errors", "--namespace", "AWS/SageMaker", "--metric-name",
              "Invocation5XXErrors", "--statistic", "Average", "--period", "60", "--evaluation-periods", "1", "--threshold", "0.1",
              "--comparison-operator", "GreaterThanThreshold")
    alarms = typed.aws("cloudwatch", "describe-alarms")["MetricAlarms"]
    assert [(a["AlarmName"], a["StateValue"]) for a in alarms] == [("errors", "INSUFFICIENT_DATA")]
    typed.aws("sagemaker", "update-endpoint", "--endpoint-name", "web", "--endpoint-config-name", "green",
              "--deployment-config", write_policy(tmp_path, canary(1, alarms=["errors"])))
    typed.advance(70)
    typed.aws("cloudwatch", "set-alarm-state", "--alarm-name", "errors", "--state-value", "ALARM", "--state-reason", "by hand")
    typed.advance("idle")
    shown = typed.aws("sagemaker", "describe-endpoint", "--endpoint-name", "web")
    assert (shown["EndpointStatus"], shown["EndpointConfigName"], shown["FailureReason"]) == ("InService", "blue", alarm_reason("errors"))


def test_lists_are_paged_by_the_cli_itself(typed):
    for i in range(4):
        typed.config(f"more{i}", 1)
    names = typed.aws("sagemaker", "list-endpoint-configs", "--page-size", "2", "--sort-by", "Name", "--sort-order", "Ascending",
                      "--query", "EndpointConfigs[].EndpointConfigName")
    assert names == ["blue", "green", "more0", "more1", "more2", "more3"]
    first = typed.aws("sagemaker", "list-endpoint-configs", "--max-items", "4", "--page-size", "3")
    rest = typed.aws("sagemaker", "list-endpoint-configs", "--starting-token", first["NextToken"])
    seen = [c["EndpointConfigName"] for c in first["EndpointConfigs"] + rest["EndpointConfigs"]]
    assert sorted(seen) == ["blue", "green", "more0", "more1", "more2", "more3"] and "NextToken" not in rest


def test_deleting_and_waiting_until_it_is_gone(typed):
    assert typed.aws("sagemaker", "delete-endpoint", "--endpoint-name", "web") is None
    typed.advance("idle")
    typed.aws("sagemaker", "wait", "endpoint-deleted", "--endpoint-name", "web")
    said = typed.aws("sagemaker", "describe-endpoint", "--endpoint-name", "web", fails=True)
    assert f'(ValidationException) when calling the DescribeEndpoint operation: Could not find endpoint "{typed.arn("endpoint", "web")}".' in said


def test_who_am_i(world):
    assert world.aws("sts", "get-caller-identity")["Account"] == world.account


def test_what_is_not_built_says_so(world):
    said = world.aws("sagemaker", "describe-training-job", "--training-job-name", "t", fails=True)
    assert "(NotImplemented) when calling the DescribeTrainingJob operation" in said
    assert "sagebrush does not implement SageMaker.DescribeTrainingJob" in said

"""What the journeys share: a bad model, requests that meet it, and an alarm that judges it. No SDK has words for these."""

import boto3

IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/classifier:1"
ROLE = "arn:aws:iam::123456789012:role/SageMaker"
# Fifty requests a second that need no client, as a tag of an endpoint.
REQUESTS = {"Key": "sagebrush:requests-per-second", "Value": "50"}


def behaviour(name, error_rate=0):
    """The Environment of a model that answers its own name, and fails that part of its requests."""
    return {"SAGEBRUSH_RESPONSE": name, "SAGEBRUSH_ERROR_RATE": str(error_rate)}


def alarm_on_errors(endpoint, variant="AllTraffic"):
    """The alarm `errors`: more than one request in twenty fails."""
    boto3.client("cloudwatch").put_metric_alarm(
        AlarmName="errors", Namespace="AWS/SageMaker", MetricName="Invocation5XXErrors", Statistic="Average", Period=60,
        Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
        EvaluationPeriods=1, Threshold=0.05, ComparisonOperator="GreaterThanThreshold")

"""AWS's guided examples of guarded updates: three models, two alarms, a bad update and a good one."""

import datetime

from guardrails import canary, linear, rolling, all_at_once, alarm_reason
from world import instant

ALARMS = ["errors", "latency"]

STRATEGIES = {
    "canary": lambda: canary(1, wait=600, alarms=ALARMS),
    "linear": lambda: linear("33%", wait=600, alarms=ALARMS),
    "rolling": lambda: rolling(1, wait=600, alarms=ALARMS),
    "all-at-once": lambda: all_at_once(wait=600, termination=300, alarms=ALARMS),
}


def watched(world, name, metric, statistic, threshold, config=None):
    """An alarm as the guided examples make it: one period of a minute, at or above the threshold."""
    dimensions = {"EndpointName": "web", "VariantName": "AllTraffic"} | ({"EndpointConfigName": config} if config else {})
    world.cloudwatch.put_metric_alarm(
        AlarmName=name, Namespace="AWS/SageMaker", MetricName=metric, Statistic=statistic, Period=60, EvaluationPeriods=1,
        Threshold=threshold, ComparisonOperator="GreaterThanOrEqualToThreshold", TreatMissingData="notBreaching",
        Dimensions=[{"Name": k, "Value": v} for k, v in dimensions.items()])


def prepare(world):
    """A good model in service, a bad one that errs slowly, and a better one; two alarms."""
    world.model("one")
    world.model("two", SAGEBRUSH_ERROR_RATE="0.8", SAGEBRUSH_ERROR_STATUS="500", SAGEBRUSH_LATENCY_MS="80")
    world.model("three", SAGEBRUSH_LATENCY_MS="2/6")
    for name in ("one", "two", "three"):
        world.config(name, 3, model=name)
    watched(world, "errors", "Invocation5XXErrors", "Average", 0.1)
    watched(world, "latency", "ModelLatency", "Average", 10_000)


def total(world, metric, config=None, since=None, until=None, statistic="Sum"):
    """A metric's sum over everything that was published, for the variant or for one of its configs."""
    dimensions = {"EndpointName": "web", "VariantName": "AllTraffic"} | ({"EndpointConfigName": config} if config else {})
    now = world.now()
    answer = world.cloudwatch.get_metric_data(
        StartTime=since or now - datetime.timedelta(hours=12), EndTime=until or now, ScanBy="TimestampAscending",
        MetricDataQueries=[{"Id": "m", "MetricStat": {
            "Metric": {"Namespace": "AWS/SageMaker", "MetricName": metric,
                       "Dimensions": [{"Name": k, "Value": v} for k, v in dimensions.items()]},
            "Period": 60, "Stat": statistic}}])
    return sum(answer["MetricDataResults"][0]["Values"])


def caught(world):
    """The bad update was caught by its own traffic: one of the alarms rolled it back, and everybody can see it."""
    shown, deployment = world.describe(), world.deployment()
    outcome = shown["EndpointStatus"], shown["EndpointConfigName"], deployment["status"]
    assert outcome == ("InService", "one", "rolled_back"), deployment
    cause = next(event for event in deployment["events"] if event["phase"] == "rolling_back")
    assert cause["cause"] == "alarm" and set(cause["alarms"]) <= set(ALARMS)
    assert shown["FailureReason"] == alarm_reason(*cause["alarms"])
    history = world.cloudwatch.describe_alarm_history(AlarmName=cause["alarms"][0], HistoryItemType="StateUpdate")
    assert "to ALARM" in " ".join(item["HistorySummary"] for item in history["AlarmHistoryItems"])
    return instant(cause["time"])


def balanced(world, configs=("one", "two", "three")):
    """Every request is in the metrics of exactly one config: their sums are the variant's, metric by metric."""
    for metric in ("Invocations", "Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"):
        parts = [total(world, metric, config) for config in configs]
        assert sum(parts) == total(world, metric), (metric, parts)

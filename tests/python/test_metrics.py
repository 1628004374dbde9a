"""Metrics through boto3: published, listed, read back, and what an alarm makes of them."""

import base64
import datetime
import json


def publish(world, **datum):
    world.cloudwatch.put_metric_data(Namespace="shop", MetricData=[{"MetricName": "sales", **datum}])


def test_what_was_published_is_listed_and_read_back(world):
    publish(world, Values=[1, 2, 4], Counts=[1, 1, 2], Unit="Count")
    world.advance(300)
    listed = world.cloudwatch.list_metrics(Namespace="shop")["Metrics"]
    assert listed == [{"Namespace": "shop", "MetricName": "sales", "Dimensions": []}]
    start, end = world.now().timestamp() - 3600, world.now().timestamp()
    read = world.cloudwatch.get_metric_statistics(
        Namespace="shop", MetricName="sales", StartTime=start, EndTime=end, Period=3600, Statistics=["Sum"], ExtendedStatistics=["p99"])
    assert [(p["Sum"], p["ExtendedStatistics"], p["Unit"]) for p in read["Datapoints"]] == [(11.0, {"p99": 4.0}, "Count")]
    metric = {"Metric": {"Namespace": "shop", "MetricName": "sales"}, "Period": 60, "Stat": "Average"}
    queries = [{"Id": "m1", "MetricStat": metric, "ReturnData": False}, {"Id": "e1", "Expression": "m1 * 4"}]
    series = world.cloudwatch.get_metric_data(MetricDataQueries=queries, StartTime=start, EndTime=end)["MetricDataResults"]
    assert [(s["Id"], s["Values"], s["StatusCode"]) for s in series] == [("e1", [11.0], "Complete")]


def test_an_alarm_judges_what_was_published(world):
    world.cloudwatch.put_metric_alarm(
        AlarmName="poor", Namespace="shop", MetricName="sales", Statistic="Sum", Period=60, EvaluationPeriods=1,
        Threshold=10, ComparisonOperator="LessThanThreshold")
    publish(world, Value=1)
    world.advance(180)
    alarm = world.cloudwatch.describe_alarms(AlarmNames=["poor"])["MetricAlarms"][0]
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 datapoint [1.0 "), alarm["StateReason"]


def test_a_namespace_of_aws_is_refused(world, refused):
    with refused("The value AWS/SageMaker for parameter Namespace is invalid.", code="InvalidParameterValue"):
        world.cloudwatch.put_metric_data(Namespace="AWS/SageMaker", MetricData=[{"MetricName": "m", "Value": 1.0}])


def test_a_datapoint_is_forgotten_after_455_days(world):
    world.begin_a_minute()
    world.advance(86_400 - world.now().timestamp() % 86_400)
    began = world.now()

    def sums():
        answer = world.cloudwatch.get_metric_statistics(
            Namespace="shop", MetricName="sales", StartTime=began, EndTime=began + datetime.timedelta(days=500),
            Period=86_400, Statistics=["Sum"])
        return sorted(point["Sum"] for point in answer["Datapoints"])

    publish(world, Value=1)
    for days, kept in ((366, [1, 2]), (455, [1, 2, 2]), (456, [2, 2, 2])):
        world.advance((began + datetime.timedelta(days=days) - world.now()).total_seconds())
        publish(world, Value=2)
        world.advance(120)
        assert sums() == kept, f"{days} days later"


def test_a_token_that_a_client_made_up_shows_nothing_before_its_time(world):
    world.begin_a_minute()
    for value in (1, 2, 3):
        publish(world, Value=value)
        world.advance(60)
    asked = {"StartTime": world.now() - datetime.timedelta(hours=1), "EndTime": world.now(), "ScanBy": "TimestampAscending",
             "MaxDatapoints": 1, "MetricDataQueries": [
                 {"Id": "m", "MetricStat": {"Metric": {"Namespace": "shop", "MetricName": "sales"}, "Period": 60, "Stat": "Sum"}}]}
    first = world.cloudwatch.get_metric_data(**asked)
    assert first["MetricDataResults"][0]["Values"] == [1.0]
    of, mark = json.loads(base64.urlsafe_b64decode(first["NextToken"] + "=="))
    forged = [of, mark | {"now": mark["now"] + 3_600_000, "until": mark["until"] + 3_600_000}]
    token = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    rest = world.cloudwatch.get_metric_data(**asked | {"NextToken": token, "MaxDatapoints": 100})
    assert rest["MetricDataResults"][0]["Values"] == [2.0], "the third is not visible for another minute"

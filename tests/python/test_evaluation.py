"""Alarms that judge for themselves: datapoints in, states out, on the world's clock."""

import datetime

import pytest


@pytest.fixture
def minute(worlds):
    """A world at the beginning of a minute."""
    world = worlds()
    world.begin_a_minute()
    return world


def put(world, name="load", alarm=None, **members):
    """An alarm `name` over the custom metric of that name: above 10 in one period of a minute."""
    members = {"Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 10,
               "ComparisonOperator": "GreaterThanThreshold", "Namespace": "shop", "MetricName": name} | members
    members = {k: v for k, v in members.items() if v is not None}
    world.cloudwatch.put_metric_alarm(AlarmName=alarm or name, **members)


def measured(world, value, name="load", ago=0, **members):
    """A datapoint so many seconds before the world's now."""
    at = world.now() - datetime.timedelta(seconds=ago)
    world.cloudwatch.put_metric_data(Namespace="shop", MetricData=[
        {"MetricName": name, "Timestamp": at, **({"Value": value} if value is not None else {}), **members}])


def state(world, name="load"):
    answer = world.cloudwatch.describe_alarms(AlarmNames=[name], AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    return (answer["MetricAlarms"] + answer["CompositeAlarms"])[0]["StateValue"]


def transitions(world, name="load"):
    """The states that an alarm went to, in order."""
    items = world.cloudwatch.describe_alarm_history(
        AlarmName=name, AlarmTypes=["MetricAlarm", "CompositeAlarm"], HistoryItemType="StateUpdate", ScanBy="TimestampAscending")
    return [item["HistorySummary"].rsplit(" ", 1)[1] for item in items["AlarmHistoryItems"]]


def test_an_alarm_follows_its_datapoints(minute):
    put(minute)
    measured(minute, 20)
    minute.advance(119)
    assert state(minute) == "INSUFFICIENT_DATA", "a minute for the period, a minute until it is seen"
    minute.advance(1)
    assert state(minute) == "ALARM"
    measured(minute, 5)
    minute.advance(120)
    assert state(minute) == "OK"
    minute.advance(3600)
    assert state(minute) == "INSUFFICIENT_DATA"
    assert transitions(minute) == ["ALARM", "OK", "INSUFFICIENT_DATA"]


def test_the_reason_of_a_transition_names_value_and_threshold(minute):
    put(minute)
    measured(minute, 20)
    minute.advance(120)
    alarm = minute.cloudwatch.describe_alarms()["MetricAlarms"][0]
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 datapoint [20.0 (")
    assert alarm["StateReason"].endswith("was greater than the threshold (10.0).")


def test_a_state_that_was_set_by_hand_is_undone_by_the_next_evaluation(minute):
    put(minute, TreatMissingData="notBreaching")
    minute.advance(60)
    assert state(minute) == "OK"
    minute.set_alarm("ALARM", "load")
    minute.advance(59)
    assert state(minute) == "ALARM"
    minute.advance(1)
    assert state(minute) == "OK"
    assert transitions(minute) == ["OK", "ALARM", "OK"]


def test_datapoints_from_before_the_alarm_count(minute):
    measured(minute, 20)
    minute.advance(120)
    put(minute)
    minute.advance(60)
    assert state(minute) == "ALARM"


@pytest.mark.parametrize(("needed", "expected"), [(2, "ALARM"), (3, "OK")])
def test_m_of_n_periods_must_breach(minute, needed, expected):
    put(minute, EvaluationPeriods=3, DatapointsToAlarm=needed)
    for value in (20, 5, 20):
        measured(minute, value)
        minute.advance(60)
    minute.advance(60)
    assert state(minute) == expected


@pytest.mark.parametrize(("treatment", "expected"), [
    ("missing", "INSUFFICIENT_DATA"), ("breaching", "ALARM"), ("notBreaching", "OK"), ("ignore", "ALARM")])
def test_missing_data_is_treated_as_the_alarm_says(minute, treatment, expected):
    put(minute, TreatMissingData=treatment)
    minute.set_alarm("ALARM", "load")
    minute.advance(600)
    assert state(minute) == expected


def test_a_fine_alarm_judges_every_ten_seconds(minute):
    put(minute, Period=10)
    measured(minute, 20, StorageResolution=1)
    minute.advance(19)
    assert state(minute) == "INSUFFICIENT_DATA"
    minute.advance(1)
    assert state(minute) == "ALARM"


def test_a_percentile_sees_the_few_that_an_average_hides(minute):
    put(minute, alarm="average")
    put(minute, alarm="p99", Statistic=None, ExtendedStatistic="p99")
    measured(minute, None, Values=[1.0, 100.0], Counts=[98.0, 2.0])
    minute.advance(120)
    assert (state(minute, "average"), state(minute, "p99")) == ("OK", "ALARM")


def test_an_alarm_over_an_expression(minute):
    def stat(name):
        return {"Metric": {"Namespace": "shop", "MetricName": name}, "Period": 60, "Stat": "Sum"}

    minute.cloudwatch.put_metric_alarm(
        AlarmName="rate", EvaluationPeriods=1, Threshold=10, ComparisonOperator="GreaterThanThreshold", Metrics=[
            {"Id": "rate", "Expression": "100 * errors / requests"},
            {"Id": "errors", "MetricStat": stat("errors"), "ReturnData": False},
            {"Id": "requests", "MetricStat": stat("requests"), "ReturnData": False}])
    for errors, expected in ((5, "OK"), (15, "ALARM")):
        measured(minute, errors, "errors")
        measured(minute, 100, "requests")
        minute.advance(120)
        assert state(minute, "rate") == expected


def test_a_composite_alarm_sees_all_metric_alarms_of_an_instant_at_once(minute):
    """Both go to ALARM at the same instant, so `first and not second` never holds."""
    put(minute, "first")
    put(minute, "second")
    rule = 'ALARM("first") AND NOT ALARM("second")'
    minute.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule=rule)
    measured(minute, 20, "first")
    measured(minute, 20, "second")
    minute.advance(120)
    assert (state(minute, "first"), state(minute, "second")) == ("ALARM", "ALARM")
    assert transitions(minute, "both") == ["OK"]
    measured(minute, 20, "first")
    measured(minute, 5, "second")
    minute.advance(120)
    assert state(minute, "both") == "ALARM"
    assert transitions(minute, "both") == ["OK", "ALARM"]


def test_an_alarm_that_was_asleep_for_a_month_wakes_with_its_datapoint(minute):
    put(minute)
    minute.advance(30 * 86_400)
    measured(minute, 20)
    minute.advance(120)
    assert state(minute) == "ALARM"

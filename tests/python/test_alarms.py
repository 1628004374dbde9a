"""CloudWatch alarms as guardrails need them: put, described, set by hand, remembered."""

import json

import pytest


def states(world, **query):
    answer = world.cloudwatch.describe_alarms(**query)
    return {a["AlarmName"]: a["StateValue"] for a in answer["MetricAlarms"] + answer["CompositeAlarms"]}


def test_a_new_alarm_has_insufficient_data(world):
    world.alarm()
    alarm = world.cloudwatch.describe_alarms()["MetricAlarms"][0]
    assert (alarm["AlarmName"], alarm["StateValue"]) == ("errors", "INSUFFICIENT_DATA")
    assert alarm["AlarmArn"] == f"arn:aws:cloudwatch:us-east-1:{world.account}:alarm:errors"
    assert (alarm["Threshold"], alarm["Period"], alarm["TreatMissingData"]) == (0.1, 60, "ignore")


def test_putting_an_alarm_again_keeps_its_state(world):
    world.alarm()
    world.set_alarm("OK")
    world.alarm()
    assert states(world) == {"errors": "OK"}


def test_setting_a_state_is_remembered_with_its_reason(world):
    world.alarm()
    world.advance(100)
    world.cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="by hand", StateReasonData='{"by":"hand"}')
    alarm = world.cloudwatch.describe_alarms()["MetricAlarms"][0]
    assert (alarm["StateValue"], alarm["StateReason"], alarm["StateReasonData"]) == ("ALARM", "by hand", '{"by":"hand"}')
    history = world.cloudwatch.describe_alarm_history(AlarmName="errors", HistoryItemType="StateUpdate")["AlarmHistoryItems"]
    assert [h["HistorySummary"] for h in history] == ["Alarm updated from INSUFFICIENT_DATA to ALARM"]
    assert json.loads(history[0]["HistoryData"])["newState"]["stateValue"] == "ALARM"
    assert abs((history[0]["Timestamp"] - world.now()).total_seconds()) < 1


def test_history_comes_newest_first_unless_asked_otherwise(world):
    world.alarm()
    for state in ("OK", "ALARM", "OK"):
        world.advance(60)
        world.set_alarm(state)

    def summaries(**order):
        items = world.cloudwatch.describe_alarm_history(AlarmName="errors", HistoryItemType="StateUpdate", **order)["AlarmHistoryItems"]
        return [i["HistorySummary"].rsplit(" ", 1)[1] for i in items]

    assert summaries() == ["OK", "ALARM", "OK"]
    assert summaries(ScanBy="TimestampAscending") == ["OK", "ALARM", "OK"]
    items = world.cloudwatch.describe_alarm_history(AlarmName="errors", HistoryItemType="StateUpdate", MaxRecords=1)
    assert items["AlarmHistoryItems"][0]["HistorySummary"] == "Alarm updated from ALARM to OK"


def test_a_missing_alarm_cannot_be_set(world):
    with pytest.raises(world.cloudwatch.exceptions.ResourceNotFound) as caught:
        world.set_alarm("ALARM", "nobody")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_reason_data_that_is_not_json_is_refused(world):
    world.alarm()
    with pytest.raises(world.cloudwatch.exceptions.InvalidFormatFault):
        world.cloudwatch.set_alarm_state(AlarmName="errors", StateValue="ALARM", StateReason="r", StateReasonData="{")


def test_composite_alarms_follow_their_children_and_are_listed_when_asked_for(world):
    world.alarm("a")
    world.alarm("b")
    world.cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule='ALARM("a") AND NOT OK("b")')
    assert set(states(world)) == {"a", "b"}
    for name, state in (("a", "ALARM"), ("b", "OK"), ("b", "ALARM")):
        world.set_alarm(state, name)
    assert states(world, AlarmTypes=["CompositeAlarm"]) == {"both": "ALARM"}
    history = world.cloudwatch.describe_alarm_history(AlarmName="both", AlarmTypes=["CompositeAlarm"], HistoryItemType="StateUpdate")
    assert [h["HistorySummary"].rsplit(" ", 1)[1] for h in history["AlarmHistoryItems"]][:2] == ["ALARM", "OK"]


def test_a_rule_that_makes_no_sense_is_refused(world, refused):
    with refused(code="ValidationError", contains="AlarmRule"):
        world.cloudwatch.put_composite_alarm(AlarmName="odd", AlarmRule="ALARM(a AND")


def test_describe_finds_by_name_prefix_and_state(world):
    for name in ("web-errors", "web-latency", "other"):
        world.alarm(name)
    world.set_alarm("ALARM", "web-latency")
    assert set(states(world, AlarmNames=["other", "nobody"])) == {"other"}
    assert set(states(world, AlarmNamePrefix="web-")) == {"web-errors", "web-latency"}
    assert set(states(world, StateValue="ALARM")) == {"web-latency"}


def test_deleted_alarms_are_gone_and_their_history_stays(world):
    world.alarm()
    world.set_alarm("OK")
    world.cloudwatch.delete_alarms(AlarmNames=["errors"])
    assert states(world) == {}
    items = world.cloudwatch.describe_alarm_history(AlarmName="errors")["AlarmHistoryItems"]
    assert "StateUpdate" in {i["HistoryItemType"] for i in items}


def test_alarms_belong_to_their_world(worlds):
    one, other = worlds(), worlds()
    one.alarm()
    assert states(other) == {}

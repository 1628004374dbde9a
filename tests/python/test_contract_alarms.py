"""Alarms and rollback: lines 8 to 19 of the contract (docs/fidelity.md)."""

import pytest

from guardrails import (Story, alarm_reason, all_at_once, baking, canary, doomed_rollback, fleet, launching, linear, ping_reason, rolling,
                        terminating, timeline, timeout_reason)
from world import variant


@pytest.fixture
def guarded(fleet_of):
    """An endpoint of three instances and a quiet alarm `errors`, on any world."""

    def make(instances=3, **where):
        world = fleet_of(instances, **where)
        world.alarm()
        return world

    return make


def tripped(world):
    """The first event of the rollback, or None."""
    return next((e for e in world.deployment()["events"] if e["phase"] == "rolling_back"), None)


def outcome(world):
    world.advance("idle")
    return world.deployments()[0]["status"]


def test_line_08_an_alarm_that_was_red_for_a_moment_still_ends_the_deployment(guarded):
    world = guarded()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM", settle=False)
    world.set_alarm("OK", settle=False)
    assert outcome(world) == "rolled_back"
    assert world.describe()["FailureReason"] == alarm_reason("errors")


def test_line_08_an_alarm_before_the_first_traffic_is_not_looked_at(guarded):
    world = guarded()
    world.update(canary(1, alarms=["errors"]))
    world.advance(30)
    world.set_alarm("ALARM")
    world.advance(10)
    world.set_alarm("OK")
    assert outcome(world) == "succeeded"


def test_line_08_an_alarm_while_the_old_fleet_goes_comes_too_late(guarded):
    world = guarded()
    world.update(all_at_once(wait=300, termination=100, alarms=["errors"]))
    world.advance(465)
    assert world.describe()["ProductionVariants"][0]["VariantStatus"][0]["Status"] == "Deleting"
    world.set_alarm("ALARM")
    assert outcome(world) == "succeeded"


@pytest.mark.parametrize("second", [60, 64, 65, 364, 365, 464])
def test_line_08_the_window_lasts_from_the_first_traffic_to_the_end_of_the_termination_wait(guarded, second):
    world = guarded()
    world.update(all_at_once(wait=300, termination=100, alarms=["errors"]))
    world.advance(second)
    world.set_alarm("ALARM")
    assert tripped(world)["cause"] == "alarm"
    assert (second, "rolling_back") in timeline(world.deployment())


def test_line_08_any_alarm_of_the_list_is_enough_and_others_of_the_account_are_not(guarded):
    world = guarded()
    world.alarm("latency")
    world.alarm("unrelated")
    world.update(canary(1, alarms=["errors", "latency"]))
    world.advance(100)
    world.set_alarm("ALARM", "unrelated")
    assert tripped(world) is None
    world.set_alarm("ALARM", "latency")
    assert tripped(world)["alarms"] == ["latency"]


def test_line_09_an_alarm_that_is_red_when_the_window_opens_trips_at_that_instant(guarded):
    world = guarded()
    world.set_alarm("ALARM")
    world.update(canary(1, alarms=["errors"]))
    world.advance(59)
    assert tripped(world) is None
    world.advance(1)
    assert [e for e in timeline(world.deployment()) if e[0] == 60][:2] == [(60, "activating_traffic"), (60, "rolling_back")]


@pytest.mark.parametrize("again, status", [(False, "succeeded"), (True, "rolled_back")])
def test_line_09_switched_a_red_start_is_ignored_until_the_alarm_was_ok_once(guarded, switched, again, status):
    world = guarded(on=switched(alarm_at_start="ignore-until-ok"))
    world.set_alarm("ALARM")
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    assert tripped(world) is None
    if again:
        world.set_alarm("OK")
        world.set_alarm("ALARM")
    assert outcome(world) == status


def test_line_10_insufficient_data_never_trips(guarded):
    world = guarded()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("OK")
    world.set_alarm("INSUFFICIENT_DATA")
    assert outcome(world) == "succeeded"


def test_line_11_a_missing_alarm_is_ignored_with_a_warning_in_the_history(fleet_of):
    world = fleet_of()
    world.update(canary(1, alarms=["nobody"]))
    assert outcome(world) == "succeeded"
    warnings = [e["message"] for e in world.deployment()["events"] if e["phase"] == "warning"]
    assert any("nobody" in w for w in warnings)


def test_line_11_transitions_of_an_alarm_that_is_deleted_afterwards_still_count(guarded):
    world = guarded()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM", settle=False)
    world.cloudwatch.delete_alarms(AlarmNames=["errors"])
    assert outcome(world) == "rolled_back"


def test_line_11_an_alarm_deleted_in_green_is_a_missing_one(guarded):
    world = guarded()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.cloudwatch.delete_alarms(AlarmNames=["errors"])
    assert outcome(world) == "succeeded"


def test_line_11_switched_to_rollback_a_missing_alarm_ends_the_deployment(fleet_of, switched):
    world = fleet_of(on=switched(missing_alarm="rollback"))
    world.update(canary(1, alarms=["nobody"]))
    world.advance(60)
    assert "nobody" in tripped(world)["message"]
    assert outcome(world) == "rolled_back"


def test_line_11_switched_to_reject_update_endpoint_refuses_a_missing_alarm(fleet_of, switched, refused):
    world = fleet_of(on=switched(missing_alarm="reject"))
    with refused(contains="nobody"):
        world.update(canary(1, alarms=["nobody"]))
    assert world.status() == "InService"


def test_line_11_an_alarms_entry_without_a_name_is_refused(fleet_of, refused):
    world = fleet_of()
    with refused(contains="AlarmName"):
        world.update(canary(1) | {"AutoRollbackConfiguration": {"Alarms": [{}]}})


def test_line_12_a_composite_alarm_is_watched_like_any_other(guarded):
    world = guarded()
    world.alarm("latency")
    world.cloudwatch.put_composite_alarm(AlarmName="any", AlarmRule='ALARM("errors") OR ALARM("latency")')
    world.update(canary(1, alarms=["any"]))
    world.advance(100)
    assert tripped(world) is None
    world.set_alarm("ALARM", "latency")
    assert tripped(world)["alarms"] == ["any"]
    assert outcome(world) == "rolled_back"
    assert world.describe()["FailureReason"] == alarm_reason("any")


@pytest.mark.parametrize("switch, shown", [(None, "Updating"), ("Updating", "Updating"), ("RollingBack", "RollingBack")])
def test_line_13_the_status_during_a_rollback_is_a_switch(guarded, switched, switch, shown):
    world = guarded(**({"on": switched(rollback_status=switch)} if switch else {}))
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    assert world.status() == shown
    world.advance("idle")
    assert world.status() == "InService"


def test_line_14_blue_has_all_instances_and_all_traffic_at_the_instant_of_the_cause(guarded):
    world = guarded()
    world.update(linear(1, alarms=["errors"]))
    world.advance(500)
    world.set_alarm("ALARM")
    shown = Story(world).picture()
    assert shown["top"][0][:3] == (3, 3, (1.0, 1.0))
    assert shown["pending"] == ("green", [fleet(0, 3, terminating(3))])
    assert tripped(world)["traffic"] == {"blue": 100.0, "green": 0.0}
    world.advance(9)
    assert world.status() == "Updating"
    world.advance(1)
    assert world.status() == "InService"


def test_line_15_a_rolling_rollback_repeats_launch_shift_and_terminate_for_each_batch(guarded):
    """The third batch bakes: green 3 of 4, blue 2 of 4. One by one blue comes back and green goes."""
    world = guarded(4)
    world.update(rolling(1, wait=100, rollback_batch=1, alarms=["errors"]))
    story = Story(world)
    story.go(415)
    world.set_alarm("ALARM")
    for batch, (old, new) in enumerate([(2, 2), (3, 1)]):
        begin = 415 + 75 * batch
        story.go(begin)
        assert story.picture()["top"] == [fleet(old, 4, launching(1))]
        assert story.picture()["pending"][1][0].current == new
        story.go(begin + 60)
        assert story.picture()["top"][0].stages[0][0] == "ActivatingTraffic"
        assert story.picture()["pending"][1][0].current == new - 1
        story.go(begin + 65)
        assert story.picture()["pending"][1][0].stages[0][0] == "Deleting"
    story.expected = None
    story.is_rolled_back(565, 4, alarm_reason("errors"))


@pytest.mark.parametrize("rollback_batch", [None, "100%"])
def test_line_15_without_a_batch_size_or_with_all_of_it_everything_comes_back_at_once(guarded, rollback_batch):
    world = guarded(4)
    world.update(rolling(1, wait=100, rollback_batch=rollback_batch, alarms=["errors"]))
    world.advance(415)
    world.set_alarm("ALARM")
    assert Story(world).picture()["top"] == [fleet(2, 4, launching(2))]
    world.advance(75)
    assert world.status() == "InService"


def test_line_15_a_batch_that_cannot_be_launched_leaves_both_configs_serving(world):
    doomed_rollback(world, rollback_batch=1)
    world.advance(239)
    assert world.status() == "Updating"
    world.advance(1)
    shown = world.describe()
    assert shown["EndpointStatus"] == "UpdateRollbackFailed"
    assert shown["ProductionVariants"][0]["CurrentInstanceCount"] == 5, "2 of the old config and 3 of the new"
    failed = world.deployment()["events"][-1]
    assert failed["phase"] == "rollback_failed"
    assert failed["traffic"]["blue"] == pytest.approx(50.0) and failed["traffic"]["green"] == pytest.approx(50.0)


def test_line_16_inside_a_rollback_no_alarm_and_no_timeout_counts(guarded):
    world = guarded(4)
    world.update(rolling(1, wait=100, timeout=600, rollback_batch=1, alarms=["errors"]))
    world.advance(590)
    world.set_alarm("ALARM")
    world.advance(20)
    world.set_alarm("OK")
    world.set_alarm("ALARM")
    assert outcome(world) == "rolled_back"
    causes = [e["cause"] for e in world.deployment()["events"] if e.get("cause")]
    assert causes == ["alarm"]


def test_line_17_after_a_rollback_the_reason_stays_until_the_next_accepted_update(guarded, refused):
    world = guarded()
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    world.advance("idle")
    shown = world.describe()
    assert (shown["EndpointStatus"], shown["EndpointConfigName"]) == ("InService", "blue")
    assert "PendingDeploymentSummary" not in shown
    with refused():
        world.update(config="no-such-config")
    assert world.describe()["FailureReason"] == alarm_reason("errors")
    world.update()
    assert "FailureReason" not in world.describe()


def test_line_17_switched_to_clear_the_rollback_is_silent(guarded, switched):
    world = guarded(on=switched(failure_reason_after_rollback="clear"))
    world.update(canary(1, alarms=["errors"]))
    world.advance(100)
    world.set_alarm("ALARM")
    world.advance("idle")
    assert "FailureReason" not in world.describe()
    assert world.deployments()[0]["failure_reason"] == alarm_reason("errors")


def test_line_18_the_alarm_text_names_every_alarm_that_tripped(guarded):
    world = guarded()
    world.alarm("latency")
    world.update(canary(1, alarms=["errors", "latency"]))
    world.advance(100)
    world.set_alarm("ALARM", "latency", settle=False)
    world.set_alarm("ALARM", "errors")
    world.advance("idle")
    assert world.describe()["FailureReason"] == alarm_reason("errors", "latency")


def test_line_18_the_timeout_text_names_its_seconds(fleet_of):
    world = fleet_of()
    world.update(canary(1, wait=400, timeout=700))
    world.advance("idle")
    assert world.describe()["FailureReason"] == timeout_reason(700)


def test_line_18_the_health_text_is_the_ping_text_with_the_variants_name(world):
    world.model("sick", SAGEBRUSH_HEALTH="failing")
    world.config("sick-config", variants=[variant("Canaries", 1, "sick")])
    world.sagemaker.create_endpoint(EndpointName="web", EndpointConfigName="sick-config")
    world.advance("idle")
    assert world.describe()["FailureReason"] == ping_reason("Canaries")


def test_line_19_the_timeout_runs_to_the_end_of_the_last_bake_and_leaves_out_the_termination_wait(world):
    """Start-up 400 s, bake 100 s: done at 505 s. The termination wait lasts until 955 s, the timeout is 600 s."""
    world.model()
    world.model("slow", SAGEBRUSH_STARTUP_SECONDS=400)
    world.config("blue", 1)
    world.config("green", variants=[variant("AllTraffic", 1, "slow", ContainerStartupHealthCheckTimeoutInSeconds=600)])
    world.endpoint("web", "blue")
    world.update(all_at_once(wait=100, termination=450, timeout=600))
    story = Story(world)
    story.sees(505, fleet(1, 1), fleet(1, 1, baking(450, "full", 1)))
    story.go(954)
    assert story.picture() == story.expected
    story.expected = None
    story.succeeds(965, 1)


def test_line_19_without_a_timeout_four_hours_are_the_limit(world):
    """Twenty batches of a container that takes a quarter of an hour to start would need more than five hours."""
    world.model()
    world.model("slow", SAGEBRUSH_STARTUP_SECONDS=900)
    world.config("blue", 20)
    world.config("green", variants=[variant("AllTraffic", 20, "slow", ContainerStartupHealthCheckTimeoutInSeconds=3600)])
    world.endpoint("web", "blue")
    world.update(rolling(1, wait=0))
    world.advance(14399)
    assert tripped(world) is None
    world.advance(1)
    assert tripped(world)["cause"] == "timeout"
    assert outcome(world) == "rolled_back"
    assert world.describe()["FailureReason"] == timeout_reason(14400)


def test_line_19_without_a_timeout_waits_that_need_more_than_four_hours_have_an_hour_to_spare(fleet_of):
    world = fleet_of(10)
    world.update(linear("10%", wait=3600))
    assert outcome(world) == "succeeded"
    assert timeline(world.deployment())[-1] == (60 + 10 * 3605 + 10, "succeeded")


@pytest.mark.parametrize("termination, accepted", [(299, True), (300, False)])
def test_line_19_by_default_a_timeout_must_be_larger_than_its_two_waits(fleet_of, refused, termination, accepted):
    world = fleet_of()
    policy = canary(1, wait=300, termination=termination, timeout=600)
    if accepted:
        world.update(policy)
        assert world.status() == "Updating"
    else:
        with refused(contains="MaximumExecutionTimeoutInSeconds"):
            world.update(policy)


def test_line_19_a_timeout_that_cannot_suffice_is_accepted_and_noted(fleet_of):
    world = fleet_of(10)
    world.update(linear(1, wait=100, timeout=600))
    notes = [e["message"] for e in world.deployment()["events"] if e["phase"] == "warning"]
    assert any("MaximumExecutionTimeoutInSeconds" in note for note in notes)


def test_line_19_switched_to_waits_the_sum_over_all_steps_must_fit(fleet_of, switched, refused):
    world = fleet_of(10, on=switched(timeout_check="waits"))
    with refused(contains="MaximumExecutionTimeoutInSeconds"):
        world.update(linear(1, wait=100, timeout=600))
    world.update(linear(1, wait=60, timeout=600))


def test_line_19_switched_off_any_timeout_is_accepted(fleet_of, switched):
    world = fleet_of(on=switched(timeout_check="off"))
    world.update(canary(1, wait=3600, termination=3600, timeout=600))
    assert world.status() == "Updating"

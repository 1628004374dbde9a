//! The way back: alarms, timeouts, health, and what cannot be undone.

use super::*;
use crate::domain::rules::{AlarmAtStart, FailureReasonAfterRollback, MissingAlarm};
use EventKind::{RolledBack, RollingBack};
use TrafficRoutingType::{AllAtOnce, Canary};

const ALARM: Option<AlarmState> = Some(AlarmState::Alarm);
const OK: Option<AlarmState> = Some(AlarmState::Ok);

fn canary() -> DeploymentConfig {
    blue_green(Canary, Some(count(1)), 300)
}

fn on_its_way(config: DeploymentConfig) -> Life {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(config)).expect("it rests");
    life
}

#[test]
fn an_alarm_in_the_bake_brings_everything_back_at_that_instant() {
    let mut life = on_its_way(canary());
    life.alarm("latency", ALARM, 100);
    life.run();
    let back: Vec<_> = life.told().into_iter().filter(|(second, ..)| *second >= 100).collect();
    assert_eq!(back, [(100, RollingBack, 0.0), (100, RollingBack, 0.0), (110, RolledBack, 0.0)]);
    let named = life.events.iter().find(|event| event.cause.is_some()).map(|event| event.alarms.as_slice());
    assert_eq!(named, Some(&["latency".to_owned()][..]));
    assert_eq!(
        (life.status(), life.endpoint.as_ref().map(Endpoint::config_name)),
        ("InService", Some("old"))
    );
    assert_eq!(
        life.reason(),
        "The deployment was rolled back because the following alarm(s) went into ALARM state: latency."
    );
}

#[test]
fn an_alarm_that_was_ok_again_before_the_look_still_counts() {
    let mut life = on_its_way(canary());
    life.alarm("latency", ALARM, 100);
    life.alarm("latency", OK, 100);
    life.run();
    assert_eq!(
        life.records.last().map(|record| record.status),
        Some(crate::domain::deployment::record::Status::RolledBack)
    );
}

#[test]
fn an_alarm_before_the_first_traffic_is_judged_by_its_state_when_the_window_opens() {
    let mut life = on_its_way(canary());
    life.alarm("latency", ALARM, 10);
    life.run_to(60);
    assert_eq!(life.told()[1..3], [(60, EventKind::ActivatingTraffic, 25.0), (60, RollingBack, 0.0)]);

    let mut life = on_its_way(canary());
    life.alarm("latency", ALARM, 10);
    life.alarm("latency", OK, 20);
    life.run();
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"));

    let mut life = on_its_way(canary());
    life.rules.alarm_at_start = AlarmAtStart::IgnoreUntilOk;
    life.alarm("latency", ALARM, 10);
    life.run();
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"));
}

#[test]
fn an_alarm_at_the_end_of_the_last_bake_counts_and_one_after_the_window_does_not() {
    let mut life = on_its_way(blue_green(AllAtOnce, None, 100));
    life.alarm("latency", ALARM, 165);
    life.run();
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("old"));

    let mut life = on_its_way(blue_green(AllAtOnce, None, 100));
    life.run_to(166);
    life.alarm("latency", ALARM, 166);
    life.run();
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"));
}

#[test]
fn insufficient_data_never_trips() {
    let mut life = on_its_way(canary());
    life.alarm("latency", Some(AlarmState::InsufficientData), 100);
    life.run();
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"));
}

#[test]
fn a_missing_alarm_is_noted_once_or_rolls_back() {
    let mut life = on_its_way(canary());
    life.alarm("latency", None, 100);
    life.run();
    let warnings = life.events.iter().filter(|event| event.kind == EventKind::Warning).count();
    assert_eq!((warnings, life.endpoint.as_ref().map(Endpoint::config_name)), (1, Some("new")));

    let mut life = on_its_way(canary());
    life.rules.missing_alarm = MissingAlarm::Rollback;
    life.alarm("latency", None, 100);
    life.run();
    assert!(life.reason().ends_with("do not exist: latency."));
}

#[test]
fn a_timeout_rolls_back_unless_the_last_bake_ends_at_that_instant() {
    let with_timeout = |timeout| {
        let mut config = blue_green(AllAtOnce, None, 600);
        let policy = config.blue_green_update_policy.as_mut().expect("it is blue/green");
        policy.maximum_execution_timeout_in_seconds = Some(timeout);
        config
    };
    let mut life = on_its_way(with_timeout(665));
    life.run();
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"));

    let mut life = on_its_way(with_timeout(664));
    assert!(life.events[0].message.contains("cannot suffice"));
    life.run_to(664);
    assert_eq!(life.told().last(), Some(&(664, RollingBack, 0.0)));
    life.run();
    assert!(life.reason().contains("MaximumExecutionTimeoutInSeconds (664)"));
}

#[test]
fn instances_that_never_pass_their_ping_leave_the_old_config_in_service() {
    let mut life = Life::serving(one("old", 2));
    let broken = spec("broken", vec![variant("AllTraffic", 2, Health::Failing)]);
    life.update(broken, None).expect("it rests");
    assert_eq!(life.run(), 250);
    assert_eq!((life.status(), life.reason().is_empty()), ("InService", false));
    life.update(one("new", 2), None).expect("it rests");
    assert_eq!(life.reason(), "", "the next accepted update clears the reason");
}

#[test]
fn the_silent_rollback_leaves_no_reason() {
    let mut life = on_its_way(canary());
    life.rules.failure_reason_after_rollback = FailureReasonAfterRollback::Clear;
    life.alarm("latency", ALARM, 100);
    life.run();
    assert_eq!((life.status(), life.reason()), ("InService", ""));
}

#[test]
fn a_rolling_update_goes_back_in_batches_and_traffic_follows_the_capacity_that_is_up() {
    let mut life = on_its_way(rolling(count(1), 100, Some(count(1))));
    life.alarm("latency", ALARM, 600);
    life.run();
    let back = life.told().into_iter().filter(|(_, kind, _)| *kind == RollingBack);
    let back: Vec<_> = back.map(|(second, _, green)| (second, green)).collect();
    let story = [
        (600, 75.0),
        (600, 75.0),
        (660, 50.0),
        (665, 50.0),
        (675, 50.0),
        (735, 25.0),
        (740, 25.0),
        (750, 25.0),
        (810, 0.0),
        (815, 0.0),
    ];
    assert_eq!(back, story);
    assert_eq!(
        (life.status(), life.endpoint.as_ref().map(Endpoint::config_name)),
        ("InService", Some("old"))
    );
}

#[test]
fn a_rollback_that_cannot_launch_keeps_both_and_the_next_update_recovers_it() {
    let fragile = spec("old", vec![variant("AllTraffic", 4, Health::FailingAfter(4))]);
    let mut life = Life::serving(fragile);
    life.update(one("new", 4), Some(rolling(percent(50), 100, None))).expect("it rests");
    life.alarm("latency", ALARM, 250);
    life.run();
    assert_eq!(life.status(), "UpdateRollbackFailed");
    let State::Mixed(fleets) = life.state() else { panic!("it is mixed") };
    let sizes: Vec<_> = fleets.iter().map(|fleet| fleet.existing("AllTraffic")).collect();
    // What is left of blue and both batches of green: nothing is terminated in no time.
    assert_eq!(sizes, [2, 4]);
    assert!(life.reason().contains("The rollback failed"));

    life.alarm("latency", OK, life.now);
    life.update(one("newer", 4), Some(rolling(percent(50), 100, None))).expect("the next update recovers");
    life.run();
    assert_eq!(
        (life.status(), life.endpoint.as_ref().map(Endpoint::config_name)),
        ("InService", Some("newer"))
    );
}

#[test]
fn blue_green_without_a_healthy_old_fleet_cannot_go_back() {
    let mut life = Life::serving(one("old", 1));
    let none = ScaleTarget { name: "AllTraffic".into(), weight: None, instances: Some(0) };
    life.command(Command::Scale(vec![none])).expect("it rests");
    life.run();
    life.update(one("new", 2), Some(blue_green(AllAtOnce, None, 100))).expect("it rests");
    life.alarm("latency", ALARM, 100);
    life.run();
    assert_eq!(life.status(), "UpdateRollbackFailed");
}

#[test]
fn leftovers_that_are_gone_leave_an_endpoint_in_service_after_the_next_rollback() {
    let mut life = on_its_way(rolling(count(1), 30, None));
    life.run_to(200);
    assert!(life.end(Endpoint::strand));
    assert_eq!(life.status(), "UpdateRollbackFailed");
    // Its batches take 175 s each, leftovers first: at 800 s the fourth bakes, and only the oldest fleet is left.
    life.update(one("newer", 4), Some(rolling(count(1), 100, None))).expect("the next update recovers");
    life.alarm("latency", ALARM, 800);
    life.run();
    assert_eq!(
        (life.status(), life.endpoint.as_ref().map(Endpoint::config_name)),
        ("InService", Some("old"))
    );
}

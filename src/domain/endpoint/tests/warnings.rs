//! What the history warns of: alarms that cannot do what they are there for, or none at all.

use super::*;
use AlarmState::{Alarm as Red, InsufficientData, Ok as Green};
use TrafficRoutingType::{AllAtOnce, Canary};

/// (second, step, message) of every warning.
fn warned(life: &Life) -> Vec<(i64, Option<u32>, &str)> {
    let warnings = life.events.iter().filter(|event| event.kind == EventKind::Warning);
    warnings.map(|event| (event.at.0 / 1000, event.step, event.message.as_str())).collect()
}

/// A canary whose bakes go from 65 s to 165 s and from 170 s to 270 s, and the termination wait to 370 s.
fn canary() -> DeploymentConfig {
    let mut config = blue_green(Canary, Some(percent(33)), 100);
    config.blue_green_update_policy.as_mut().expect("it is one").termination_wait_in_seconds = Some(100);
    config
}

#[test]
fn an_alarm_without_data_during_a_whole_bake_is_noted_once_at_the_end_of_the_first() {
    for (told, at) in [
        (vec![(InsufficientData, 1)], Some((165, Some(1)))),
        // In the last bake, and in the termination wait, which belongs to no step.
        (vec![(Green, 1), (InsufficientData, 166)], Some((270, Some(2)))),
        (vec![(Green, 1), (InsufficientData, 170)], Some((270, Some(2)))),
        (vec![(Green, 1), (InsufficientData, 200)], Some((370, None))),
        (vec![(Green, 1), (InsufficientData, 271)], None),
        // Data for a part of the bake is enough, be it at its last instant.
        (vec![(InsufficientData, 1), (Green, 100)], None),
        (vec![(InsufficientData, 1), (Green, 165)], None),
        (vec![(InsufficientData, 1), (Green, 65)], None),
        (vec![(InsufficientData, 1), (Green, 166)], Some((165, Some(1)))),
        // Of what it was at the first instant the last word counts.
        (vec![(Green, 65), (InsufficientData, 65)], Some((165, Some(1)))),
        (vec![(Green, 1)], None),
    ] {
        let mut life = Life::serving(one("old", 3));
        for (state, at) in &told {
            life.alarm("latency", Some(*state), *at);
        }
        life.update(one("new", 3), Some(canary())).expect("it rests");
        life.run();
        let warned: Vec<_> = warned(&life)
            .into_iter()
            .map(|(at, step, message)| {
                assert!(message.starts_with("The alarm latency was in INSUFFICIENT_DATA"), "{message}");
                (at, step)
            })
            .collect();
        assert_eq!(warned, at.into_iter().collect::<Vec<_>>(), "{told:?}");
        assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("new"), "{told:?}");
    }
}

#[test]
fn every_alarm_without_data_is_noted_and_none_that_trips_or_does_not_exist() {
    let mut config = rolling(percent(50), 100, None);
    let alarm = |name: &str| Alarm { alarm_name: Some(name.to_owned()) };
    let alarms = ["latency", "cold", "nobody", "frozen"].map(alarm).to_vec();
    config.auto_rollback_configuration = Some(AutoRollbackConfig { alarms: Some(alarms) });
    let mut life = Life::serving(one("old", 4));
    life.alarm("cold", Some(InsufficientData), 1);
    life.alarm("frozen", Some(InsufficientData), 1);
    life.alarm("latency", Some(Red), 170);
    life.update(one("new", 4), Some(config)).expect("it rests");
    life.run();
    let names: Vec<_> = warned(&life)
        .into_iter()
        .map(|(at, _, message)| (at, message.split(' ').nth(2).expect("The alarm NAME").to_owned()))
        .collect();
    let expected = [(60, "nobody"), (165, "cold"), (165, "frozen")];
    assert_eq!(names, expected.map(|(at, name)| (at, name.to_owned())));
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("old"), "it was rolled back");
}

#[test]
fn a_bake_of_no_length_says_nothing_about_an_alarm() {
    let mut life = Life::serving(one("old", 3));
    life.alarm("latency", Some(InsufficientData), 1);
    life.update(one("new", 3), Some(blue_green(AllAtOnce, None, 0))).expect("it rests");
    life.run();
    assert_eq!(warned(&life), []);
}

#[test]
fn an_update_policy_without_alarms_is_told_that_nothing_watches_it() {
    let unwatched = |mut config: DeploymentConfig| {
        config.auto_rollback_configuration = None;
        Some(config)
    };
    let empty = AutoRollbackConfig { alarms: Some(Vec::new()) };
    let only_rollback =
        DeploymentConfig { auto_rollback_configuration: Some(empty), ..DeploymentConfig::default() };
    for (config, warns) in [
        (unwatched(blue_green(Canary, Some(percent(33)), 100)), true),
        (unwatched(blue_green(AllAtOnce, None, 0)), true),
        (unwatched(rolling(percent(50), 100, None)), true),
        (Some(canary()), false),
        (Some(only_rollback), false),
        (None, false),
    ] {
        let mut life = Life::serving(one("old", 3));
        life.update(one("new", 3), config.clone()).expect("it rests");
        let nothing =
            |(at, _, message): &(i64, _, &str)| *at == 0 && message.starts_with("Nothing watches this");
        let told = warned(&life);
        assert_eq!((told.len(), told.iter().any(nothing)), (usize::from(warns), warns), "{config:?}");
    }
}

#[test]
fn what_is_known_of_the_alarms_comes_first_and_not_at_all_where_they_are_not_used() {
    let mut life = Life::serving(one("old", 1));
    life.warnings = vec!["The alarm latency can never fire.".to_owned()];
    life.update(one("new", 1), Some(blue_green(Canary, Some(count(1)), 10))).expect("it rests");
    let told: Vec<_> = warned(&life).into_iter().map(|(at, _, message)| (at, message.to_owned())).collect();
    assert_eq!(told.len(), 2, "one instance is a warning too: {told:?}");
    assert_eq!(told[0], (0, "The alarm latency can never fire.".to_owned()));

    let mut excluded = one("new", 1);
    excluded.variants[0].excluded = Some("ml.inf1.xlarge".to_owned());
    let mut life = Life::serving(one("old", 1));
    life.warnings = vec!["The alarm latency can never fire.".to_owned()];
    life.update(excluded, Some(blue_green(Canary, Some(count(1)), 10))).expect("it falls back");
    let told = warned(&life);
    assert!(told.len() == 1 && told[0].2.starts_with("Guardrails cannot be used"), "{told:?}");
}

#[test]
fn a_variant_whose_first_step_is_the_whole_fleet_is_named_with_the_reason() {
    let two =
        |name, a, b| spec(name, vec![variant("a", a, Health::Passing), variant("b", b, Health::Passing)]);
    let mut life = Life::serving(two("old", 1, 0));
    life.update(two("new", 1, 3), Some(canary())).expect("it rests");
    let told: Vec<_> = warned(&life).into_iter().map(|(.., message)| message.to_owned()).collect();
    assert_eq!(
        told,
        [
            "a has one instance: the first step is the whole fleet.",
            "b has no instance in service: the first step is the whole fleet."
        ]
    );
    let mut life = Life::serving(two("old", 1, 0));
    life.update(two("new", 1, 3), Some(blue_green(AllAtOnce, None, 0))).expect("it rests");
    assert_eq!(warned(&life), []);
}

#[test]
fn a_timeout_that_the_steps_need_to_the_last_second_suffices() {
    // 60 s to come up, then twice 5 s to shift and 300 s to bake; each batch of rolling also 10 s for the old one.
    for (config, needed) in
        [(blue_green(Canary, Some(percent(50)), 300), 670), (rolling(percent(50), 300, None), 740)]
    {
        for (secs, warns) in [(needed, false), (needed - 1, true)] {
            let mut config = config.clone();
            if let Some(policy) = &mut config.blue_green_update_policy {
                policy.maximum_execution_timeout_in_seconds = Some(secs);
            }
            if let Some(policy) = &mut config.rolling_update_policy {
                policy.maximum_execution_timeout_in_seconds = Some(secs);
            }
            let mut life = Life::serving(one("old", 4));
            life.update(one("new", 4), Some(config)).expect("it rests");
            let told = warned(&life);
            assert_eq!(told.len(), usize::from(warns), "{secs}: {told:?}");
            let sentence = format!("({secs}) cannot suffice: the steps need at least {needed} seconds.");
            assert!(told.iter().all(|(.., message)| message.ends_with(&sentence)), "{told:?}");
        }
    }
}

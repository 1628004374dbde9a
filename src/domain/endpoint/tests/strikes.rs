//! Instances die: others come in their place, and what is on its way goes on.

use super::*;
use crate::domain::deployment::Phase;
use crate::domain::deployment::record::Status;
use crate::domain::injection::{Model, Scope, Strike};
use TrafficRoutingType::Canary;

impl Life {
    /// Lets instances die; false if none is meant.
    fn strike(&mut self, strike: &Strike) -> bool {
        let endpoint = self.endpoint.clone().expect("the endpoint exists");
        let Some(transition) = endpoint.strike(strike, at(self.now)) else { return false };
        self.commit(transition, at(self.now));
        true
    }

    fn healthy(&self) -> Vec<u32> {
        let endpoint = self.endpoint.as_ref().expect("the endpoint exists");
        endpoint.fleets().iter().map(|fleet| fleet.healthy(at(self.now))).collect()
    }

    fn told_deaths(&self) -> Vec<&str> {
        let deaths = self.events.iter().filter(|event| event.message.contains("died"));
        deaths.map(|event| event.message.as_str()).collect()
    }
}

fn all() -> Strike {
    Strike { scope: Scope::default(), instances: None, side: None }
}

fn running(model_id: &str) -> Strike {
    let model = Some(Model { name: "model".to_owned(), id: model_id.to_owned() });
    Strike { scope: Scope { model, ..Scope::default() }, instances: None, side: None }
}

/// A canary of one of four, whose two fleets run models of their own.
fn canary_at(secs: i64) -> Life {
    let fleet = |config: &str, model: &str| {
        let mut spec = one(config, 4);
        spec.variants[0].model_id = model.to_owned();
        spec
    };
    let mut life = Life::serving(fleet("old", "old-model"));
    let canary = blue_green(Canary, Some(count(1)), 300);
    life.update(fleet("new", "new-model"), Some(canary)).expect("it rests");
    life.run_to(secs);
    life
}

#[test]
fn what_died_is_replaced_after_its_startup() {
    let mut life = Life::serving(one("old", 4));
    assert!(life.strike(&Strike { instances: Some(3), ..all() }));
    assert_eq!(life.healthy(), [1]);
    assert!(life.records.is_empty() && life.events.is_empty(), "no deployment is on its way to tell it");
    life.run_to(59);
    assert_eq!(life.healthy(), [1]);
    assert!(life.strike(&all()), "the one that is left");
    assert_eq!(life.healthy(), [0]);
    assert!(!life.strike(&all()), "those that start are not alive yet");
    life.run_to(60);
    assert_eq!(life.healthy(), [3]);
    life.run_to(119);
    assert_eq!((life.healthy(), life.status()), (vec![4], "InService"));
}

#[test]
fn a_deployment_goes_on_over_the_dead_of_both_fleets_and_tells_of_them() {
    let mut life = canary_at(100);
    assert!(life.strike(&running("old-model")) && life.strike(&running("new-model")));
    assert_eq!(life.healthy(), [0, 0]);
    assert_eq!(life.told_deaths(), ["4 instance(s) died; 4 other(s) are launched instead."; 2]);
    life.run();
    assert_eq!(life.records.last().map(|record| record.status), Some(Status::Succeeded));
    assert_eq!(life.healthy(), [4]);
}

#[test]
fn a_rollback_finds_nobody_to_go_back_to_until_the_others_are_up() {
    for (alarm_at, status) in [(150, "UpdateRollbackFailed"), (160, "InService")] {
        let mut life = canary_at(100);
        life.strike(&running("old-model"));
        life.alarm("latency", Some(AlarmState::Alarm), alarm_at);
        life.run_to(900);
        assert_eq!(life.status(), status, "the alarm at {alarm_at}");
    }
}

#[test]
fn what_goes_anyway_is_not_replaced() {
    let mut life = canary_at(100);
    life.alarm("latency", Some(AlarmState::Alarm), 101);
    life.run_to(105);
    assert!(matches!(
        life.endpoint.as_ref().and_then(Endpoint::deployment).map(|d| &d.phase),
        Some(Phase::RollingBack { .. })
    ));
    assert!(life.strike(&running("new-model")));
    assert_eq!(life.told_deaths(), ["4 instance(s) died; 0 other(s) are launched instead."]);
    life.run();
    assert_eq!((life.healthy(), life.status()), (vec![4], "InService"));
}

#[test]
fn a_rolling_rollback_waits_for_those_that_come_instead() {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(rolling(count(1), 60, Some(count(1))))).expect("it rests");
    life.run_to(300);
    life.alarm("latency", Some(AlarmState::Alarm), 301);
    life.run_to(310);
    assert!(life.strike(&Strike { instances: Some(1), ..all() }));
    life.run();
    assert_eq!((life.status(), life.healthy()), ("InService", vec![4]));
    assert_eq!(life.records.last().map(|record| record.status), Some(Status::RolledBack));
}

/// An update in its first bake, whose old fleet loses one of four and then is to have everything back.
fn rolling_back_after_a_death(health: Health) -> Life {
    let mut old = one("old", 4);
    old.variants[0].behaviour.health = health;
    old.variants[0].model_id = "old-model".to_owned();
    let mut life = Life::serving(old);
    life.update(one("new", 4), Some(rolling(count(1), 60, Some(count(1))))).expect("it rests");
    life.run_to(70);
    assert!(life.strike(&Strike { instances: Some(1), ..running("old-model") }));
    life.alarm("latency", Some(AlarmState::Alarm), 75);
    life
}

#[test]
fn a_rolling_rollback_that_misses_nobody_but_those_waits_for_them_once() {
    let mut life = rolling_back_after_a_death(Health::Passing);
    life.run_to(75);
    let before = life.events.len();
    life.run();
    assert_eq!((life.status(), life.healthy()), ("InService", vec![4]));
    let told: Vec<_> = life.events[before..].iter().map(|event| event.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "Activating traffic on the instances that are back.",
            "Terminating 1 instance(s) of the new fleet.",
            "old is in service again."
        ]
    );
}

#[test]
fn a_rolling_rollback_launches_again_what_came_instead_of_the_dead_and_failed() {
    let mut life = rolling_back_after_a_death(Health::FailingAfter(4));
    life.run();
    assert_eq!(life.status(), "UpdateRollbackFailed", "{}", life.reason());
    assert!(
        life.reason()
            .ends_with("did not pass the ping health check. Please check CloudWatch logs for this endpoint.")
    );
    let waits = life.events.iter().filter(|event| event.message.starts_with("Waiting for 1 instance(s)"));
    assert_eq!((waits.count(), life.healthy()), (1, vec![3, 1]));
}

#[test]
fn a_creation_takes_longer_when_the_first_ones_die() {
    let mut life = Life::serving(one("old", 1));
    life.command(Command::Delete).expect("it rests");
    life.run();
    let slow = Variant {
        behaviour: Behaviour { startup_ms: 120_000, ..variant("b", 1, Health::Passing).behaviour },
        ..variant("b", 1, Health::Passing)
    };
    life.create(spec("new", vec![variant("a", 2, Health::Passing), slow]));
    let began = life.now;
    life.run_to(began + 90);
    assert!(life.strike(&all()));
    assert_eq!(life.run() + 90, 150, "two of the first variant were up for half a minute");
    assert_eq!((life.status(), life.healthy()), ("InService", vec![3]));
}

#[test]
fn nothing_dies_where_nothing_is() {
    let mut life = Life::serving(one("old", 2));
    assert!(!life.strike(&running("another-model")));
    assert!(!life.strike(&Strike { instances: Some(0), ..all() }));
    life.command(Command::Delete).expect("it rests");
    assert!(!life.strike(&all()), "it is being deleted");
}

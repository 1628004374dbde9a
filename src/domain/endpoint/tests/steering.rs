//! What an operator does with a deployment; most of it is told in `tests/stories`. Here: in every phase, and why it
//! stands where it stands.

use super::*;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::record::Status;
use crate::domain::deployment::{Pace, Steer};
use crate::domain::event::{CauseKind, Trigger};
use TrafficRoutingType::Canary;

impl Life {
    /// Does what an operator wants; why there was nothing to do.
    fn steer(&mut self, steer: Steer) -> Result<(), String> {
        let endpoint = self.endpoint.clone().expect("the endpoint exists");
        let transition = endpoint.steer(steer, at(self.now), &self.rules)?;
        self.commit(transition, at(self.now));
        Ok(())
    }

    fn deployment(&self) -> &Deployment {
        self.endpoint.as_ref().and_then(Endpoint::deployment).expect("an update is on its way")
    }
}

/// A canary of one of four instances, at this second.
fn canary_at(secs: i64) -> Life {
    let mut life = Life::serving(one("old", 4));
    let mut config = blue_green(Canary, Some(count(1)), 300);
    let policy = config.blue_green_update_policy.as_mut().expect("it is blue/green");
    policy.termination_wait_in_seconds = Some(120);
    life.update(one("new", 4), Some(config)).expect("it rests");
    life.run_to(secs);
    life
}

/// Seconds in every phase: launching, shifting, baking, waiting for the termination, terminating.
const PHASES: [i64; 5] = [10, 62, 100, 700, 795];

#[test]
fn what_has_an_effect_depends_on_the_phase_and_nothing_has_it_twice() {
    use Steer::{Abort, Advance, Pause, Promote, Resume};
    let effective: [&[Steer]; 5] = [
        &[Pause, Promote, Abort],
        &[Pause, Promote, Abort],
        &[Pause, Advance, Promote, Abort],
        &[Pause, Advance, Promote, Abort],
        &[],
    ];
    for (secs, effective) in PHASES.into_iter().zip(effective) {
        for steer in [Pause, Resume, Advance, Promote, Abort] {
            let mut life = canary_at(secs);
            assert_eq!(life.steer(steer).is_ok(), effective.contains(&steer), "{steer:?} at {secs}");
            life.run_to(secs);
            assert!(life.steer(steer).is_err(), "{steer:?} twice at {secs}");
            drop(life.steer(Resume));
            life.run();
            let status = if steer == Abort && secs < 795 { Status::RolledBack } else { Status::Succeeded };
            assert_eq!(life.records.last().map(|record| record.status), Some(status), "{steer:?} at {secs}");
        }
    }
}

#[test]
fn nothing_but_an_update_is_steered() {
    let none = Err("No update of the endpoint is on its way.".to_owned());
    let mut life = Life::serving(one("old", 4));
    assert_eq!(Steer::ALL.map(|steer| life.steer(steer)), [(); 5].map(|()| none.clone()));
    life.command(Command::Delete).expect("it rests");
    assert_eq!(life.steer(Steer::Abort), none);
    life.create(one("first", 1));
    assert!(
        life.steer(Steer::Abort).expect_err("it has no old fleet").starts_with("It creates its endpoint")
    );
}

#[test]
fn a_verb_is_known_by_its_word() {
    assert_eq!(Steer::ALL.map(Steer::word), ["pause", "resume", "advance", "promote", "abort"]);
    assert!(Steer::ALL.into_iter().all(|steer| Steer::from_word(steer.word()) == Some(steer)));
    assert_eq!(Steer::from_word("stop"), None);
}

#[test]
fn a_paused_deployment_stands_still_in_its_bakes_alone() {
    for (secs, stands) in PHASES.into_iter().zip([false, false, true, true]) {
        let mut life = canary_at(secs);
        assert!(!life.deployment().stands_still());
        life.steer(Steer::Pause).expect("it can be paused");
        assert_eq!(life.deployment().stands_still(), stands, "at {secs}");
        assert_eq!(life.deployment().pace, Pace::Paused { since: at(secs) });
        assert_eq!(life.deployment().bake_ends_at(), None);
    }
    assert_eq!(canary_at(100).deployment().bake_ends_at(), Some(at(365)));
}

#[test]
fn a_state_from_before_there_were_operators_goes_by_its_plan() {
    let mut state = serde_json::to_value(canary_at(100).deployment()).expect("it is plain data");
    state.as_object_mut().expect("an object").remove("pace");
    let read: Deployment = serde_json::from_value(state).expect("it is read");
    assert_eq!(read.pace, Pace::Planned);
}

#[test]
fn it_says_in_plain_words_why_it_stands_where_it_stands() {
    let why = |life: &Life| life.deployment().why();
    let said: Vec<_> = PHASES.map(|secs| why(&canary_at(secs))).to_vec();
    assert_eq!(
        said,
        [
            "Step 1 of 2 has launched 4 instance(s) of new, and waits until all are up.",
            "Step 1 of 2 moves traffic to new until 1970-01-01T00:01:05.000Z.",
            "Step 1 of 2 bakes until 1970-01-01T00:06:05.000Z, watched by latency.",
            "All traffic is on new; the old fleet is kept until 1970-01-01T00:13:10.000Z, watched by latency.",
            "4 instance(s) of the old fleet are terminated until 1970-01-01T00:13:20.000Z.",
        ]
    );
    let mut life = canary_at(10);
    life.steer(Steer::Pause).expect("it can be paused");
    assert!(why(&life).ends_with(" up. It is paused, and will stand still in its next bake."));
    life.run_to(100);
    assert_eq!(
        why(&life),
        "Step 1 of 2 bakes without an end, watched by latency: it is paused since 1970-01-01T00:00:10.000Z, until it is \
         resumed or times out at 1970-01-01T04:00:00.000Z."
    );
    let mut waits = canary_at(700);
    waits.steer(Steer::Pause).expect("it can be paused");
    assert!(why(&waits).ends_with("since 1970-01-01T00:11:40.000Z, until it is resumed."), "{}", why(&waits));
    let mut shifts = canary_at(62);
    shifts.steer(Steer::Promote).expect("it can be promoted");
    assert!(why(&shifts).ends_with("05.000Z. It is promoted: no bake takes any time."), "{}", why(&shifts));
    life.steer(Steer::Abort).expect("it can be aborted");
    assert_eq!(
        why(&life),
        "The deployment was rolled back because it was aborted. 4 new instance(s) are terminated until \
         1970-01-01T00:01:50.000Z."
    );
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(rolling(count(2), 300, None))).expect("it rests");
    life.run_to(380);
    assert_eq!(why(&life), "Step 2 of 2 has launched 2 instance(s) of new, and waits until all are up.");
    life.steer(Steer::Abort).expect("it can be aborted");
    assert!(why(&life).ends_with(" Instances of the old config are starting."), "{}", why(&life));
    life.run_to(440);
    assert!(why(&life).ends_with(" Traffic moves back until 1970-01-01T00:07:25.000Z."), "{}", why(&life));
    let mut unguarded = Life::serving(one("old", 1));
    unguarded
        .update(
            one("new", 1),
            Some(DeploymentConfig {
                auto_rollback_configuration: None,
                ..blue_green(Canary, Some(count(1)), 300)
            }),
        )
        .expect("it rests");
    unguarded.run_to(100);
    assert!(why(&unguarded).ends_with(", watched by no alarm."), "{}", why(&unguarded));
}

#[test]
fn a_bake_that_was_cut_short_says_nothing_of_alarms_without_data() {
    let warned = |life: &Life| life.events.iter().filter(|event| event.kind == EventKind::Warning).count();
    let mut life = Life::serving(one("old", 4));
    life.alarm("latency", Some(AlarmState::InsufficientData), 0);
    life.update(one("new", 4), Some(blue_green(Canary, Some(count(1)), 300))).expect("it rests");
    life.run_to(100);
    life.steer(Steer::Advance).expect("it bakes");
    life.run_to(110);
    assert_eq!(warned(&life), 0, "35 seconds of 300 show nothing");
    life.run();
    assert_eq!(warned(&life), 1, "the whole second bake does");
}

#[test]
fn it_wants_the_traffic_of_its_step_until_it_goes_back() {
    let split = |life: &Life| (life.deployment().wanted().green_bp(), life.deployment().traffic().green_bp());
    let seen: Vec<_> = PHASES.map(|secs| split(&canary_at(secs))).to_vec();
    assert_eq!(seen, [(2_500, 0), (2_500, 2_500), (2_500, 2_500), (10_000, 10_000), (10_000, 10_000)]);
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(rolling(count(2), 300, None))).expect("it rests");
    life.run_to(380);
    life.steer(Steer::Abort).expect("it can be aborted");
    assert_eq!(split(&life), (Traffic::BLUE.green_bp(), 5_000));
}

#[test]
fn an_end_is_told_with_its_time_and_reason() {
    let ending = |life: &Life| life.records.last().and_then(Record::ending);
    let mut life = canary_at(10);
    assert_eq!(ending(&life), None);
    life.run();
    assert_eq!(
        ending(&life).as_deref(),
        Some("It succeeded at 1970-01-01T00:13:20.000Z: new is in service.")
    );
    let mut life = canary_at(100);
    life.steer(Steer::Abort).expect("it can be aborted");
    life.run();
    let aborted = "It ended at 1970-01-01T00:01:50.000Z, rolled back. The deployment was rolled back because it was aborted.";
    assert_eq!(ending(&life).as_deref(), Some(aborted));
    let record = life.records.last().expect("it has a row").clone();
    let told = |status, failure_reason: Option<&str>| {
        let failure_reason = failure_reason.map(str::to_owned);
        Record { status, failure_reason, ..record.clone() }.ending().expect("it has ended")
    };
    assert_eq!(
        told(Status::RollbackFailed, Some("No.")),
        "It ended at 1970-01-01T00:01:50.000Z, between both configs. No."
    );
    assert_eq!(told(Status::Failed, Some("No.")), "It failed at 1970-01-01T00:01:50.000Z. No.");
}

#[test]
fn every_event_has_its_trigger() {
    use EventKind::{ActivatingTraffic, Advanced, Baking, Launching, Paused, Promoted, Resumed, Terminating};
    use Trigger::{Client, Clock, Operator};
    let mut life = canary_at(100);
    life.steer(Steer::Pause).expect("it can be paused");
    life.steer(Steer::Resume).expect("it is paused");
    life.steer(Steer::Advance).expect("it bakes");
    life.run_to(110);
    life.steer(Steer::Promote).expect("it is not promoted");
    life.run_to(110);
    let triggers: Vec<_> = life.events.iter().map(|event| (event.kind, event.triggered_by(at(0)))).collect();
    assert_eq!(
        triggers,
        [
            (Launching, Client),
            (ActivatingTraffic, Clock),
            (Baking, Clock),
            (Paused, Operator),
            (Resumed, Operator),
            (Advanced, Operator),
            (ActivatingTraffic, Clock),
            (Baking, Clock),
            (Promoted, Operator),
            (Baking, Clock),
            (Terminating, Clock),
        ]
    );
    let event = |kind, secs, step, cause| Event {
        at: at(secs),
        kind,
        step,
        traffic: Traffic::BLUE,
        message: String::new(),
        cause,
        alarms: Vec::new(),
    };
    let trigger = |kind, secs, step, cause| event(kind, secs, step, cause).triggered_by(at(0));
    assert_eq!(trigger(EventKind::Warning, 0, None, None), Client);
    assert_eq!(trigger(EventKind::Warning, 5, None, None), Clock);
    assert_eq!(trigger(Launching, 0, None, None), Client, "a creation");
    assert_eq!(trigger(Launching, 0, Some(2), None), Clock, "a batch, where nothing takes any time");
    assert_eq!(trigger(Launching, 5, Some(1), None), Clock);
    let timeout = trigger(EventKind::RollingBack, 0, None, Some(CauseKind::Timeout));
    assert_eq!(timeout, Trigger::Cause(CauseKind::Timeout));
    let word = |trigger| serde_json::to_value(trigger).expect("it is a word");
    assert_eq!([timeout, Operator, Client].map(word), ["timeout", "operator", "client"]);
}

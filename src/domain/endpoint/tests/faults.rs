//! What becomes of an endpoint whose steps fail inside the server.

use super::*;
use crate::domain::capacity::Share;
use crate::domain::deployment::Phase;
use crate::domain::deployment::record::Status;
use crate::domain::event::CauseKind;
use crate::domain::view::EndpointStatus;
use EventKind::{RolledBack, RollingBack, Warning};
use TrafficRoutingType::Canary;

const FAULT: &str = "Request to service failed. If failure persists after retry, contact customer support.";

fn canary_at(secs: i64) -> Life {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(blue_green(Canary, Some(count(1)), 300))).expect("it rests");
    life.run_to(secs);
    life
}

/// A rolling update of four instances that goes back since second 200, when two new ones were up and one old
/// one was gone.
fn going_back() -> Life {
    let mut life = Life::serving(one("old", 4));
    life.update(one("new", 4), Some(rolling(count(1), 30, None))).expect("it rests");
    life.alarm("latency", Some(AlarmState::Alarm), 200);
    life.run_to(200);
    life
}

fn last(life: &Life) -> (Status, Option<&str>) {
    let record = life.records.last().expect("it has a row");
    assert_eq!(record.ended_at.is_some(), record.status != Status::Running);
    (record.status, record.failure_reason.as_deref())
}

#[test]
fn a_step_that_fails_is_noted_and_changes_nothing() {
    let mut life = canary_at(100);
    let before = life.state().clone();
    assert!(life.end(|endpoint, now, _| endpoint.falter(now)));
    assert_eq!((life.state(), life.reason()), (&before, ""));
    let event = life.events.last().expect("it was noted");
    let noted = (event.kind, event.step, event.traffic.green_bp(), event.message.as_str());
    assert_eq!(noted, (Warning, Some(1), 2_500, "A step failed inside the server. It is tried again."));
    assert_eq!(last(&life), (Status::Running, None));
}

#[test]
fn a_step_of_a_creation_that_fails_is_noted_too() {
    let mut life = Life::serving(one("old", 1));
    life.create(one("first", 2));
    let before = life.state().clone();
    assert!(life.end(|endpoint, now, _| endpoint.falter(now)));
    assert_eq!((life.state(), last(&life)), (&before, (Status::Running, None)));
    assert_eq!(life.events.last().map(|event| event.kind), Some(Warning));
}

#[test]
fn an_update_that_is_given_up_goes_the_ordinary_way_back() {
    let mut life = canary_at(100);
    assert!(life.end(Endpoint::give_up));
    let cause = life.events.iter().find_map(|event| event.cause);
    assert_eq!((life.status(), cause), ("Updating", Some(CauseKind::InternalFault)));
    life.run();
    let back: Vec<_> = life.told().into_iter().filter(|(second, ..)| *second >= 100).collect();
    assert_eq!(back, [(100, RollingBack, 0.0), (100, RollingBack, 0.0), (110, RolledBack, 0.0)]);
    assert_eq!((life.status(), life.reason()), ("InService", FAULT));
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("old"));
    assert_eq!(last(&life), (Status::RolledBack, Some(FAULT)));
}

#[test]
fn one_that_goes_back_already_stays_where_it_is_and_the_next_update_recovers_it() {
    let mut life = going_back();
    let fleets = life.endpoint.as_ref().map(|endpoint| endpoint.fleets().len());
    assert!(life.end(Endpoint::give_up));
    let why = "The deployment was rolled back because the following alarm(s) went into ALARM state: latency.";
    let why = format!("{why} The rollback failed: {FAULT}");
    assert_eq!((life.status(), life.reason()), ("UpdateRollbackFailed", why.as_str()));
    assert_eq!(last(&life), (Status::RollbackFailed, Some(why.as_str())));
    let State::Mixed(kept) = life.state() else { panic!("it rests") };
    assert_eq!(fleets, Some(kept.len()));
    assert_eq!(kept.iter().map(|fleet| fleet.healthy(at(life.now))).sum::<u32>(), 5, "all that serve");
    life.alarm("latency", Some(AlarmState::Ok), life.now);
    life.update(one("newest", 4), None).expect("it can be recovered");
    life.run();
    assert_eq!((life.status(), life.reason()), ("InService", ""));
    assert_eq!(life.endpoint.as_ref().map(Endpoint::config_name), Some("newest"));
}

#[test]
fn an_update_that_is_left_where_it_stands_says_both_times_why() {
    let mut life = canary_at(100);
    assert!(life.end(Endpoint::strand));
    let why = format!("{FAULT} The rollback failed: {FAULT}");
    assert_eq!((life.status(), life.reason()), ("UpdateRollbackFailed", why.as_str()));
    let told: Vec<_> = life.events.iter().rev().take(2).map(|event| (event.kind, event.cause)).collect();
    let fault = Some(CauseKind::InternalFault);
    assert_eq!(told, [(EventKind::RollbackFailed, None), (RollingBack, fault)]);
}

#[test]
fn a_creation_fails() {
    let mut life = Life::serving(one("old", 1));
    life.now = 0;
    life.create(one("first", 2));
    assert!(life.end(Endpoint::give_up));
    assert_eq!((life.status(), life.reason()), ("Failed", FAULT));
    assert_eq!(last(&life), (Status::Failed, Some(FAULT)));
    let ended = life.events.last().map(|event| (event.kind, event.message.as_str()));
    assert_eq!(ended, Some((EventKind::Failed, FAULT)));
}

#[test]
fn a_scaling_goes_back_and_then_keeps_what_it_has() {
    let mut life = Life::serving(one("old", 2));
    let target = ScaleTarget { name: "AllTraffic".into(), weight: Some(3.0), instances: Some(5) };
    life.command(Command::Scale(vec![target])).expect("it is in service");
    life.run_to(30);
    assert!(life.end(Endpoint::give_up));
    assert_eq!(life.status(), "RollingBack");
    let stopped = life.endpoint.clone();
    life.run();
    assert_eq!((life.now, life.status(), life.reason()), (40, "InService", FAULT));
    let kept = |life: &Life| match life.state() {
        State::InService(fleet) => {
            let variant = &fleet.spec.variants[0];
            assert_eq!((variant.instances, variant.weight), (2, 1.0), "as before");
            (fleet.existing("AllTraffic"), fleet.healthy(at(life.now)))
        }
        other => panic!("it is in service: {other:?}"),
    };
    assert_eq!(kept(&life), (2, 2));

    (life.endpoint, life.now) = (stopped, 70);
    assert!(life.end(Endpoint::give_up), "the way back fails too");
    assert_eq!((life.status(), life.reason()), ("InService", FAULT));
    assert_eq!(kept(&life), (5, 5), "what is up by now");
}

#[test]
fn a_scaling_that_goes_back_keeps_its_own_reason_where_that_fails_too() {
    let fragile = spec("old", vec![variant("AllTraffic", 2, Health::FailingAfter(2))]);
    let mut life = Life::serving(fragile);
    let target = ScaleTarget { name: "AllTraffic".into(), weight: None, instances: Some(3) };
    life.command(Command::Scale(vec![target])).expect("it is in service");
    life.run_to(240);
    assert_eq!(life.status(), "RollingBack");
    assert!(life.end(Endpoint::strand));
    assert_eq!(life.status(), "InService");
    assert!(life.reason().contains("did not pass the ping health check"), "{}", life.reason());
}

#[test]
fn a_deletion_and_an_endpoint_that_rests_have_no_other_end() {
    let mut life = Life::serving(one("old", 1));
    let ways: [Way; 3] = [|endpoint, now, _| endpoint.falter(now), Endpoint::give_up, Endpoint::strand];
    assert!(ways.iter().all(|way| !life.end(*way)));
    life.command(Command::Delete).expect("it rests");
    assert!(ways.iter().all(|way| !life.end(*way)));
    life.run();
    assert_eq!(life.status(), "gone");
}

#[test]
fn a_deployment_that_is_stranded_before_anything_new_is_up_keeps_one_fleet() {
    let mut life = canary_at(10);
    assert!(life.end(Endpoint::strand));
    let State::Mixed(fleets) = life.state() else { panic!("it is mixed: {:?}", life.state()) };
    assert_eq!(fleets.iter().map(|fleet| fleet.spec.config_name.as_str()).collect::<Vec<_>>(), ["old"]);
}

fn handed_on(share: Share) {
    let mut next = canary_at(100).endpoint.expect("it is there");
    let now = next.modified_at;
    let State::Updating(deployment) = &mut next.state else { panic!("it is updating") };
    deployment.shares = vec![share];
    Transition { next: Some(next), record: None, events: Vec::new(), launches: Vec::new() }.sound(now);
}

#[test]
#[should_panic(expected = "a share is a part of the whole")]
fn an_endpoint_that_cannot_be_is_never_handed_on() {
    handed_on(Share { green: 2, of: 1 });
}

#[test]
#[should_panic(expected = "a share is a part of the whole")]
fn nor_is_one_with_a_part_of_nothing() {
    handed_on(Share { green: 0, of: 0 });
}

type Spoil = fn(&mut Deployment);

/// What no code of ours can make of a deployment, each with its name.
const ODD: [(&str, Spoil); 9] = [
    ("green has no pools", |deployment| deployment.green.pools.clear()),
    ("blue has no pools", |deployment| deployment.blue[0].pools.clear()),
    ("there is no blue", |deployment| deployment.blue.clear()),
    ("there are no shares", |deployment| deployment.shares.clear()),
    ("the plan is empty", |deployment| deployment.plan.variants.clear()),
    ("a share of nothing", |deployment| deployment.shares[0] = Share { green: 3, of: 0 }),
    ("too many pools", |deployment| deployment.green.pools.resize(9, crate::domain::fleet::Pool::default())),
    ("green has no variants", |deployment| deployment.green.spec.variants.clear()),
    ("a step beyond all", |deployment| deployment.phase = Phase::Launching { step: usize::MAX }),
];

#[test]
fn nothing_that_is_wrong_with_a_deployment_keeps_it_from_being_left_where_it_stands() {
    for (what, spoil) in ODD {
        for began in [canary_at(100), going_back()] {
            let mut endpoint = began.endpoint.clone().expect("it is there");
            let State::Updating(deployment) = &mut endpoint.state else { panic!("it is updating") };
            spoil(deployment);
            let ended = endpoint.strand(at(300), &began.rules).unwrap_or_else(|| panic!("{what}"));
            let record = ended.record.expect("it has a row");
            assert_eq!((record.status, record.ended_at), (Status::RollbackFailed, Some(at(300))), "{what}");
            let next = ended.next.expect("it is there");
            assert_eq!(
                (next.wake_at(), next.status(&began.rules)),
                (None, EndpointStatus::UpdateRollbackFailed)
            );
            assert!(next.view(&began.rules).serving.is_some(), "{what}: it can be shown");
            assert!(!next.config_name().is_empty(), "{what}");
            let whole = |fleet: &&Fleet| fleet.pools.len() == fleet.spec.variants.len();
            assert!(next.fleets().iter().all(whole), "{what}: every variant has its pool");
        }
    }
}

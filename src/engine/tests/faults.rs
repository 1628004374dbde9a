//! Steps that fail inside the server: they are tried again on the world's clock, then their deployment goes
//! back, and nothing else waits for it.

use super::*;
use crate::domain::deployment::record::Status;
use crate::domain::deployment::{Cause, Leg, Phase, Steer};
use crate::domain::event::{CauseKind, Event, EventKind};
use crate::engine::step::RETRIES;

const FAULT: &str = "Request to service failed. If failure persists after retry, contact customer support.";

/// An endpoint in service whose rolling update has just begun, spoiled in a way that no code of ours can.
/// Answers the instant.
async fn spoiled(
    engine: &Engine,
    world: &WorldId,
    name: &str,
    spoil: fn(&mut State, Timestamp),
) -> Timestamp {
    created(engine, world, name).await;
    engine.advance(world, Advance::By(60_000)).await.unwrap();
    let mut tx = engine.store.begin(world).await.unwrap();
    let mut row = rolling(&mut tx, name).await;
    let now = tx.now();
    spoil(&mut row.endpoint.state, now);
    tx.save_endpoint(&mut row, &engine.rules).await.unwrap();
    tx.commit().await.unwrap();
    now
}

fn updating(state: &mut State) -> &mut crate::domain::deployment::Deployment {
    let State::Updating(deployment) = state else { panic!("it is updating") };
    deployment
}

/// Its next batch has no pool to go to.
fn without_pools(state: &mut State, now: Timestamp) {
    let deployment = updating(state);
    deployment.phase = Phase::Terminating { step: 0, until: now };
    deployment.green.pools.clear();
}

/// On its way back, and the old fleet has no pool to go to.
fn without_a_way_back(state: &mut State, now: Timestamp) {
    let deployment = updating(state);
    let cause = Cause { kind: CauseKind::Timeout, alarms: Vec::new(), reason: "It was late.".to_owned() };
    deployment.phase = Phase::RollingBack { cause, leg: Leg::Terminating { until: now } };
    deployment.shares = vec![crate::domain::capacity::Share { green: 1, of: 2 }];
    deployment.blue[0].pools.clear();
}

/// Its row in the history is that of another deployment: nothing can be written of it.
fn without_a_row(state: &mut State, now: Timestamp) {
    let deployment = updating(state);
    deployment.phase = Phase::Baking { step: 0, until: now };
    deployment.id = "another".to_owned();
}

/// Creates an endpoint that is in service after so many seconds.
async fn created_within(engine: &Engine, world: &WorldId, name: &str, secs: i64) {
    let mut tx = engine.store.begin(world).await.unwrap();
    let mut spec = spec("first", 2, tx.now());
    spec.variants[0].behaviour.startup_ms = secs * 1000;
    created_of(&mut tx, name, spec).await;
    tx.commit().await.unwrap();
}

async fn update(engine: &Engine, world: &WorldId, name: &str) {
    let mut tx = engine.store.begin(world).await.unwrap();
    rolling(&mut tx, name).await;
    tx.commit().await.unwrap();
}

/// The newest deployment of the endpoint.
async fn history(engine: &Engine, world: &WorldId, name: &str) -> (Status, Option<String>, Vec<Event>) {
    let mut session = engine.store.session();
    let newest = session.list_deployments(world, Some(name), 1).await.unwrap().swap_remove(0).record;
    let events = session.events(&newest.id).await.unwrap();
    (newest.status, newest.failure_reason, events)
}

/// How often its step has failed, and how long after `start` it is tried again.
async fn faults(engine: &Engine, world: &WorldId, name: &str, start: Timestamp) -> (u32, Option<i64>) {
    let row = read(engine, world, name).await.unwrap();
    (row.faults, row.wake.map(|wake| wake.ms_since(start)))
}

fn told(changes: &[Change], start: Timestamp) -> Vec<(i64, &str, &'static str, Option<&'static str>)> {
    let of = |change: &Change| change.to.map_or(("gone", None), |to| (to.status, to.phase));
    let told = changes.iter().map(|change| (change, of(change)));
    told.map(|(change, (status, phase))| {
        (change.at.ms_since(start) / 1000, change.endpoint.as_str(), status, phase)
    })
    .collect()
}

#[tokio::test]
async fn what_is_spoiled_is_still_told_of_and_a_verb_for_it_harms_nothing() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = spoiled(&engine, &world, "ill", without_pools).await;
    engine.advance(&world, Advance::By(500)).await.unwrap();
    let newest =
        engine.store.session().list_deployments(&world, Some("ill"), 1).await.unwrap().swap_remove(0);
    let outlook = engine.outlook(&world, &newest.record.id).await.unwrap().expect("it is there");
    let prospect = outlook.prospect;
    assert_eq!(prospect.why, "Where it stands, this server cannot make out.");
    assert!(prospect.planned.is_empty() && prospect.wanted.is_none() && !outlook.history.is_empty());
    let steered = engine.steer(&world, &newest.record.id, Steer::Abort, None).await.unwrap();
    let steered = steered.expect("it is there");
    let fault = "It could not be done: that fails inside the server, whose log says why.";
    assert_eq!((steered.changed, steered.sentence.as_str()), (false, fault));
    assert_eq!(faults(&engine, &world, "ill", start).await, (1, Some(1_000)), "it is still tried again");
}

#[tokio::test]
async fn a_step_that_fails_once_happens_a_second_later() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = spoiled(&engine, &world, "ill", without_pools).await;
    let failed = engine.advance(&world, Advance::By(500)).await.unwrap();
    assert_eq!((failed.changes, failed.reading.now), (Vec::new(), start.plus_ms(500)));
    assert_eq!(faults(&engine, &world, "ill", start).await, (1, Some(1_000)));

    let mut tx = engine.store.begin(&world).await.unwrap();
    let mut row = tx.endpoint(&world, "ill").await.unwrap().unwrap();
    let (faults_before, wake) = (row.faults, row.wake.unwrap());
    updating(&mut row.endpoint.state).green.make_whole();
    tx.save_endpoint(&mut row, &engine.rules).await.unwrap();
    tx.put_off_endpoint(&mut row, faults_before, wake).await.unwrap();
    tx.commit().await.unwrap();
    let mended = engine.advance(&world, Advance::By(600)).await.unwrap();
    assert_eq!(told(&mended.changes, start), [(1, "ill", "Updating", Some("launching"))]);
    assert_eq!(faults(&engine, &world, "ill", start).await, (0, Some(61_000)), "it is forgotten");
    engine.advance(&world, Advance::Idle).await.unwrap();
    let (status, reason, events) = history(&engine, &world, "ill").await;
    assert_eq!((status, reason), (Status::Succeeded, None));
    let warnings = events.iter().filter(|event| event.kind == EventKind::Warning && event.at == start);
    let warnings: Vec<_> = warnings.map(|event| event.message.as_str()).collect();
    assert_eq!(warnings.last(), Some(&"A step failed inside the server. It is tried again."));
}

#[tokio::test]
async fn a_step_that_always_fails_is_tried_three_times_and_then_its_update_goes_back() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = spoiled(&engine, &world, "ill", without_pools).await;
    for (name, secs) in [("after", 8), ("at", 7), ("between", 3), ("zero", 0)] {
        created_within(&engine, &world, name, secs).await;
    }
    let mut changes = Vec::new();
    for (ms, expected) in [(0, (1, 1_000)), (999, (1, 1_000)), (1, (2, 3_000)), (2_000, (3, 7_000))] {
        changes.extend(engine.advance(&world, Advance::By(ms)).await.unwrap().changes);
        let (times, again) = expected;
        assert_eq!(faults(&engine, &world, "ill", start).await, (times, Some(again)), "{ms}");
    }
    changes.extend(engine.advance(&world, Advance::By(60_000)).await.unwrap().changes);
    let expected = [
        (0, "zero", "InService", None),
        (3, "between", "InService", None),
        (7, "at", "InService", None),
        (7, "ill", "Updating", Some("rolling_back")),
        (8, "after", "InService", None),
        (17, "ill", "InService", None),
    ];
    assert_eq!(told(&changes, start), expected, "nobody waits for it");

    let row = read(&engine, &world, "ill").await.unwrap();
    assert_eq!((row.endpoint.config_name(), row.faults, row.wake), ("first", 0, None));
    assert_eq!(row.endpoint.failure_reason.as_deref(), Some(FAULT));
    let (status, reason, events) = history(&engine, &world, "ill").await;
    assert_eq!((status, reason.as_deref()), (Status::RolledBack, Some(FAULT)));
    let told = events.iter().filter(|event| event.at >= start.plus_ms(1) || event.kind == EventKind::Warning);
    let told: Vec<_> = told.map(|event| (event.at.ms_since(start), event.kind, event.cause)).collect();
    let expected = [
        (0, EventKind::Warning, None),
        (0, EventKind::Warning, None),
        (7_000, EventKind::RollingBack, Some(CauseKind::InternalFault)),
        (7_000, EventKind::RollingBack, None),
        (17_000, EventKind::RolledBack, None),
    ];
    assert_eq!(told, expected, "that no alarm watches it, and once that it failed");
}

#[tokio::test]
async fn a_rollback_that_fails_too_ends_where_it_stands_and_the_next_update_recovers_it() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = spoiled(&engine, &world, "ill", without_a_way_back).await;
    let changes = engine.advance(&world, Advance::By(3_600_000)).await.unwrap().changes;
    assert_eq!(told(&changes, start), [(7, "ill", "UpdateRollbackFailed", None)]);
    let reason = format!("It was late. The rollback failed: {FAULT}");
    let row = read(&engine, &world, "ill").await.unwrap();
    assert_eq!((row.endpoint.failure_reason.as_ref(), row.faults, row.wake), (Some(&reason), 0, None));
    let (status, told, _) = history(&engine, &world, "ill").await;
    assert_eq!((status, told), (Status::RollbackFailed, Some(reason)));

    update(&engine, &world, "ill").await;
    engine.advance(&world, Advance::Idle).await.unwrap();
    let row = read(&engine, &world, "ill").await.unwrap();
    assert!(matches!(row.endpoint.state, State::InService(_)));
    assert_eq!((row.endpoint.config_name(), row.endpoint.failure_reason.as_deref()), ("second", None));
}

#[tokio::test]
async fn next_and_idle_go_past_tries_that_fail() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = spoiled(&engine, &world, "ill", without_pools).await;
    let next = engine.advance(&world, Advance::Next).await.unwrap();
    assert_eq!(told(&next.changes, start), [(7, "ill", "Updating", Some("rolling_back"))]);
    assert_eq!(next.reading.now, start.plus_secs(7));
    let idle = engine.advance(&world, Advance::Idle).await.unwrap();
    assert_eq!((idle.reading.now, idle.changes.len()), (start.plus_secs(17), 1));
}

#[tokio::test]
async fn what_cannot_even_be_given_up_is_tried_again_less_and_less_and_nobody_waits_for_it() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = spoiled(&engine, &world, "ill", without_a_row).await;
    created_within(&engine, &world, "well", 200).await;
    let next = engine.advance(&world, Advance::Next).await.unwrap();
    assert_eq!(told(&next.changes, start), [(200, "well", "InService", None)]);
    assert_eq!(faults(&engine, &world, "ill", start).await, (8, Some(255_000)), "1 + 2 + … + 128 s");
    for advance in [Advance::Next, Advance::Idle, Advance::By(0)] {
        let still = engine.advance(&world, advance).await.unwrap();
        assert_eq!((still.reading.now, still.changes.len()), (next.reading.now, 0), "{advance:?}");
    }
    let day = engine.advance(&world, Advance::By(86_400_000)).await.unwrap();
    assert_eq!(day.changes, []);
    let (times, again) = faults(&engine, &world, "ill", start).await;
    assert_eq!(
        (times, again),
        (11 + 142, Some((1_023 + 143 * 600) * 1_000)),
        "every ten minutes at the latest"
    );

    let mut tx = engine.store.begin(&world).await.unwrap();
    let newest = tx.list_deployments(&world, Some("ill"), 1).await.unwrap().swap_remove(0).record;
    let mut row = tx.endpoint(&world, "ill").await.unwrap().unwrap();
    let wake = row.wake.unwrap();
    updating(&mut row.endpoint.state).id = newest.id;
    tx.save_endpoint(&mut row, &engine.rules).await.unwrap();
    tx.put_off_endpoint(&mut row, times, wake).await.unwrap();
    tx.commit().await.unwrap();
    engine.advance(&world, Advance::By(600_000)).await.unwrap();
    assert_eq!(faults(&engine, &world, "ill", start).await.0, 0, "once it is mended it goes on");
}

#[tokio::test]
async fn the_worker_lets_a_fault_take_its_course_beside_everything_else() {
    let (engine, world) = (engine(HOUR_A_SECOND).await, world());
    let other = WorldId::new("999999999999", "eu-west-1");
    spoiled(&engine, &world, "ill", without_pools).await;
    spoiled(&engine, &world, "lost", without_a_row).await;
    let worker = engine.start();
    for world in [&world, &other] {
        for name in ["one", "two"] {
            created(&engine, world, name).await;
            engine.wake();
            until_in_service(&engine, world, name).await;
        }
    }
    until_in_service(&engine, &world, "ill").await;
    let reason = read(&engine, &world, "ill").await.unwrap().endpoint.failure_reason;
    assert_eq!(reason.as_deref(), Some(FAULT));
    assert!(read(&engine, &world, "lost").await.unwrap().faults > RETRIES);
    worker.stop().await;
}

#[tokio::test]
async fn the_same_faults_make_the_same_history() {
    let mut lives = Vec::new();
    for slices in [vec![60_000], vec![7; 1_300], vec![250; 240]] {
        let (engine, world) = (engine(Mode::Manual).await, world());
        let start = spoiled(&engine, &world, "ill", without_pools).await;
        let mut changes = Vec::new();
        for ms in slices {
            changes.extend(engine.advance(&world, Advance::By(ms)).await.unwrap().changes);
        }
        changes.extend(engine.advance(&world, Advance::Idle).await.unwrap().changes);
        let (status, reason, events) = history(&engine, &world, "ill").await;
        let since = |at: Timestamp| Timestamp(at.ms_since(start));
        let events = events.into_iter().map(|event| Event { at: since(event.at), ..event });
        let changes = changes.into_iter().map(|change| Change { at: since(change.at), ..change });
        lives.push((changes.collect::<Vec<_>>(), status, reason, events.collect::<Vec<_>>()));
    }
    assert_eq!(lives[0], lives[1]);
    assert_eq!(lives[0], lives[2]);
}

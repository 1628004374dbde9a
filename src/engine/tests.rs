//! How time passes: stories about the clock, the order of things and the worker. Deployments themselves are
//! told in `tests/stories`.

mod counted;
mod faults;
mod traffic;

use super::*;
use crate::clock::{Mode, Timestamp, wall_now};
use crate::domain::capacity::{CapacitySize, CapacityType};
use crate::domain::deployment::config::{DeploymentConfig, RollingUpdatePolicy};
use crate::domain::endpoint::{Command, Create, Retain, State, Update};
use crate::domain::placement::Resources;
use crate::domain::serving::{Publish, Routing, Serving};
use crate::domain::variant::{Behaviour, Echo, Health, PRIMARY, Spec, Variant};
use crate::domain::world::WorldId;
use crate::store::{EndpointRow, Tx};

/// An hour of the world in a second.
const HOUR_A_SECOND: Mode = Mode::Scaled { rate_milli: 3_600_000 };

async fn engine(mode: Mode) -> Engine {
    let store = Store::connect("sqlite::memory:", mode).await.expect("memory opens");
    Engine::new(store, Rules::default())
}

fn world() -> WorldId {
    WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION)
}

fn spec(config: &str, instances: u32, now: Timestamp) -> Spec {
    let (startup_ms, ping_timeout_ms) = (60_000, 240_000);
    let main = Variant {
        name: "main".to_owned(),
        model_id: config.to_owned(),
        instance_type: "ml.m5.large".to_owned(),
        accelerator_type: None,
        instances,
        weight: 1.0,
        needs: Resources::default(),
        hosts: false,
        managed: None,
        behaviour: Behaviour { startup_ms, ping_timeout_ms, health: Health::Passing },
        serving: Serving::default(),
        routing: Routing::default(),
        container: PRIMARY.to_owned(),
        images: Vec::new(),
        excluded: None,
        echo: Echo::default(),
    };
    Spec {
        config_name: config.to_owned(),
        accepted_at: now,
        variants: vec![main],
        asynchronous: false,
        publish: Publish::default(),
        echo: Echo::default(),
    }
}

/// Creates an endpoint that will be in service in a minute; answers when it was created.
async fn created(engine: &Engine, world: &WorldId, name: &str) -> Timestamp {
    let mut tx = engine.store.begin(world).await.unwrap();
    let now = created_in(&mut tx, name).await;
    tx.commit().await.unwrap();
    now
}

async fn created_in(tx: &mut Tx, name: &str) -> Timestamp {
    let now = tx.now();
    let spec = spec("first", 2, now);
    created_of(tx, name, spec).await;
    now
}

async fn created_of(tx: &mut Tx, name: &str, spec: Spec) {
    let deployment_id = tx.new_id().await.unwrap();
    let create = Create { name: name.to_owned(), deployment_id, spec, deployment_config: None, host: None };
    let row = super::create(tx, create, &Vec::new(), &Rules::default()).await.unwrap().unwrap();
    row.expect("the name is free");
}

/// An update in two batches.
async fn rolling(tx: &mut Tx, name: &str) -> EndpointRow {
    let now = tx.now();
    let maximum_batch_size = CapacitySize { kind: CapacityType::InstanceCount, value: 1 };
    let policy = RollingUpdatePolicy {
        maximum_batch_size,
        wait_interval_in_seconds: 100,
        maximum_execution_timeout_in_seconds: None,
        rollback_maximum_batch_size: None,
    };
    let update = Update {
        deployment_id: tx.new_id().await.unwrap(),
        spec: spec("second", 2, now),
        deployment_config: Some(DeploymentConfig {
            rolling_update_policy: Some(policy),
            ..DeploymentConfig::default()
        }),
        retain_deployment_config: false,
        retain: Retain::default(),
        missing_alarms: Vec::new(),
        warnings: Vec::new(),
    };
    let row = bring_up(tx, name, &Rules::default()).await.unwrap().expect("it is there");
    let accepted = accept(tx, row, Command::Update(Box::new(update)), &Rules::default()).await.unwrap();
    accepted.unwrap().expect("nobody was faster")
}

async fn read(engine: &Engine, world: &WorldId, name: &str) -> Option<EndpointRow> {
    engine.store.session().endpoint(world, name).await.unwrap()
}

async fn status(engine: &Engine, world: &WorldId, name: &str) -> &'static str {
    let row = read(engine, world, name).await;
    row.map_or("gone", |row| row.endpoint.status(&engine.rules).word())
}

/// Waits until the endpoint is in service; the worker has it there in a few milliseconds.
async fn until_in_service(engine: &Engine, world: &WorldId, name: &str) {
    let deadline = wall_now().plus_secs(20);
    let mut look = tokio::time::interval(std::time::Duration::from_millis(5));
    while status(engine, world, name).await != "InService" {
        assert!(wall_now() < deadline, "{name} is not in service after 20 s");
        look.tick().await;
    }
}

#[tokio::test]
async fn next_goes_to_the_next_change_and_idle_until_nothing_is_in_transition() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = created(&engine, &world, "one").await;
    engine.advance(&world, Advance::By(10_000)).await.unwrap();
    created(&engine, &world, "two").await;

    let next = engine.advance(&world, Advance::Next).await.unwrap();
    assert_eq!(next.reading.now, start.plus_secs(60));
    assert_eq!(status(&engine, &world, "one").await, "InService");
    assert_eq!(status(&engine, &world, "two").await, "Creating");

    let mut tx = engine.store.begin(&world).await.unwrap();
    rolling(&mut tx, "one").await;
    tx.commit().await.unwrap();
    let idle = engine.advance(&world, Advance::Idle).await.unwrap();
    assert_eq!(idle.reading.now, start.plus_secs(60 + 2 * (60 + 5 + 100 + 10)), "it ends with the last step");
    assert_eq!(idle.changes.first().map(|change| change.endpoint.as_str()), Some("two"));
    assert_eq!(status(&engine, &world, "one").await, "InService");

    for advance in [Advance::Next, Advance::Idle, Advance::By(0)] {
        let still = engine.advance(&world, advance).await.unwrap();
        assert_eq!((still.reading.now, still.changes.len()), (idle.reading.now, 0), "{advance:?}");
    }
}

#[tokio::test]
async fn an_advance_tells_what_happened_on_the_way() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = created(&engine, &world, "One").await;
    let advanced = engine.advance(&world, Advance::By(3_600_000)).await.unwrap();
    let standing = |status, phase, step| Standing { status, phase, step };
    let up = Change {
        at: start.plus_secs(60),
        endpoint: "One".to_owned(),
        from: standing("Creating", None, None),
        to: Some(standing("InService", None, None)),
        message: "first is in service.".to_owned(),
    };
    assert_eq!(advanced.changes, [up]);

    let mut tx = engine.store.begin(&world).await.unwrap();
    rolling(&mut tx, "one").await;
    tx.commit().await.unwrap();
    let shift = &engine.advance(&world, Advance::By(60_000)).await.unwrap().changes[0];
    assert_eq!(shift.from, standing("Updating", Some("launching"), Some(1)));
    assert_eq!(shift.to, Some(standing("Updating", Some("activating_traffic"), Some(1))));
    assert_eq!(shift.message, "Activating traffic: 50.00 % on green.");
}

#[tokio::test]
async fn time_only_moves_forward_and_not_by_more_than_366_days() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let before = engine.clock(&world).await.unwrap();
    for (ms, sentence) in [
        (-1, "Time only moves forward: the seconds to advance must be from 0 to 31622400."),
        (LONGEST_ADVANCE_MS + 1, "The seconds to advance must be from 0 to 31622400 (366 days)."),
    ] {
        let refused = engine.advance(&world, Advance::By(ms)).await.unwrap_err();
        assert_eq!(refused.to_string(), sentence);
    }
    assert_eq!(engine.clock(&world).await.unwrap().now, before.now);
    let far = engine.advance(&world, Advance::By(LONGEST_ADVANCE_MS)).await.unwrap();
    assert_eq!(far.reading.now, before.now.plus_ms(LONGEST_ADVANCE_MS));
}

#[tokio::test]
async fn two_advances_run_one_after_the_other() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let before = engine.clock(&world).await.unwrap().now;
    let hour = Advance::By(3_600_000);
    let (one, two) = tokio::join!(engine.advance(&world, hour), engine.advance(&world, hour));
    let mut reached = [one.unwrap().reading.now, two.unwrap().reading.now];
    reached.sort();
    assert_eq!(reached, [before.plus_secs(3_600), before.plus_secs(7_200)]);
}

#[tokio::test]
async fn an_advance_moves_a_running_clock_too_and_worlds_do_not_share_time() {
    let (engine, world) = (engine(Mode::Real).await, world());
    let other = WorldId::new("999999999999", "eu-west-1");
    let before = engine.clock(&world).await.unwrap();
    assert_eq!(before.offset_ms, 0);
    created(&engine, &world, "one").await;
    created(&engine, &other, "one").await;
    let after = engine.advance(&world, Advance::By(600_000)).await.unwrap().reading;
    assert!((590_000..=600_000).contains(&after.offset_ms), "it goes on from there: {after:?}");
    assert!(after.now >= before.now.plus_secs(600));
    assert_eq!(status(&engine, &world, "one").await, "InService");
    assert_eq!(status(&engine, &other, "one").await, "Creating");
    assert_eq!(engine.clock(&other).await.unwrap().offset_ms, 0);
}

#[tokio::test]
async fn a_change_of_mode_keeps_the_time_reached_and_only_reset_goes_back() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    engine.advance(&world, Advance::By(86_400_000)).await.unwrap();
    let manual = engine.clock(&world).await.unwrap();
    let real = engine.set_mode(&world, Mode::Real).await.unwrap();
    assert_eq!((real.mode, real.now), (Mode::Real, manual.now));
    assert!(real.offset_ms > 86_000_000, "the offset is shown: {real:?}");
    let again = engine.set_mode(&world, Mode::Manual).await.unwrap();
    assert!(again.now >= manual.now);

    created(&engine, &world, "one").await;
    let reset = engine.reset(&world).await.unwrap();
    assert_eq!(reset.mode, Mode::Manual, "the server's mode");
    assert!(reset.offset_ms <= 0 && reset.now < manual.now);
    assert_eq!(status(&engine, &world, "one").await, "gone");
    created(&engine, &world, "one").await;
    engine.reset_all().await.unwrap();
    assert_eq!(status(&engine, &world, "one").await, "gone");
}

#[tokio::test]
async fn a_world_that_is_stopped_has_nothing_left_undone() {
    let (engine, world) = (engine(HOUR_A_SECOND).await, world());
    let start = created(&engine, &world, "one").await;
    let mut look = tokio::time::interval(std::time::Duration::from_millis(5));
    while engine.clock(&world).await.unwrap().now < start.plus_secs(100) {
        look.tick().await;
    }
    assert_eq!(status(&engine, &world, "one").await, "Creating", "there is no worker here");
    engine.set_mode(&world, Mode::Manual).await.unwrap();
    let row = read(&engine, &world, "one").await.unwrap();
    assert_eq!(row.endpoint.modified_at, start.plus_secs(60), "it happened at its own time");
    assert!(matches!(row.endpoint.state, State::InService(_)));
}

#[tokio::test]
async fn more_than_a_batch_happens_in_the_order_of_time_and_name() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let mut tx = engine.store.begin(&world).await.unwrap();
    for number in (0..600).rev() {
        created_in(&mut tx, &format!("Endpoint-{number:03}")).await;
    }
    tx.commit().await.unwrap();
    engine.advance(&world, Advance::By(60_000)).await.unwrap();
    let mut tx = engine.store.begin(&world).await.unwrap();
    for number in 0..300 {
        rolling(&mut tx, &format!("endpoint-{number:03}")).await;
    }
    tx.commit().await.unwrap();
    let changes = engine.advance(&world, Advance::Idle).await.unwrap().changes;
    assert_eq!(changes.len(), 300 * 8);
    let places: Vec<_> = changes.iter().map(|change| (change.at, change.endpoint.to_lowercase())).collect();
    assert!(places.is_sorted(), "no step overtakes another");
}

#[tokio::test]
async fn a_command_finds_its_endpoint_brought_to_now_at_its_own_instants() {
    let (engine, world) = (engine(Mode::Manual).await, world());
    let start = created(&engine, &world, "one").await;
    let mut tx = engine.store.begin(&world).await.unwrap();
    let clock = tx.world().clock.moved_to(start.plus_secs(500), tx.begun_at());
    tx.set_clock(clock);
    let row = bring_up(&mut tx, "ONE", &engine.rules).await.unwrap().unwrap();
    assert_eq!(row.endpoint.modified_at, start.plus_secs(60));
    assert_eq!((row.wake, row.version), (None, 2));
    assert_eq!(bring_up(&mut tx, "two", &engine.rules).await.unwrap(), None);

    let now = tx.now();
    accept(&mut tx, row.clone(), Command::Delete, &engine.rules).await.unwrap().unwrap().unwrap();
    let late = accept(&mut tx, row, Command::Delete, &engine.rules).await.unwrap();
    assert_eq!(late, Ok(None), "somebody else was faster, and nothing is written");
    let clock = tx.world().clock.moved_to(now.plus_secs(10), tx.begun_at());
    tx.set_clock(clock);
    assert_eq!(bring_up(&mut tx, "one", &engine.rules).await.unwrap(), None, "it is gone by now");
    created_in(&mut tx, "one").await;
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_worker_lets_time_pass_at_the_scheduled_instants_until_it_is_stopped() {
    let (engine, world) = (engine(HOUR_A_SECOND).await, world());
    let worker = engine.start();
    let start = created(&engine, &world, "one").await;
    engine.wake();
    until_in_service(&engine, &world, "one").await;
    let row = read(&engine, &world, "one").await.unwrap();
    assert_eq!(row.endpoint.modified_at, start.plus_secs(60));
    worker.stop().await;

    let start = created(&engine, &world, "two").await;
    let mut look = tokio::time::interval(std::time::Duration::from_millis(5));
    while engine.clock(&world).await.unwrap().now < start.plus_secs(3_600) {
        look.tick().await;
    }
    assert_eq!(status(&engine, &world, "two").await, "Creating", "nobody is left to do it");
}

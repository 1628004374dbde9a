//! Snapshots: a world is written down and taken over, here, elsewhere, and by another kind of database.

mod bad;
mod columns;
mod filled;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sagebrush::clock::{Mode, Timestamp, wall_now};
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::journal::{Door, Entry};
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::store::snapshot::{Scope, Snapshot};
use sagebrush::store::{AlarmQuery, PointQuery, Store};
use serde_json::Value;

use super::sample::in_service;
use super::{Place, stories};
use filled::{fill, latency};

stories! { on Manual;
    a_world_comes_back_to_the_last_sign
    a_world_that_goes_elsewhere_is_a_world_of_its_own
    ids_that_another_world_has_are_made_anew
    a_snapshot_holds_all_worlds_or_those_of_an_account
    all_worlds_of_a_snapshot_are_taken_over_or_none
    what_was_there_before_is_gone
    more_rows_than_fit_a_statement_come_in_order
    a_snapshot_is_one_picture
    what_is_remembered_of_a_world_is_outdated_by_an_import
    snapshots_go_from_one_kind_of_database_to_the_other
}

/// The text of these worlds.
pub async fn text(store: &Store, scope: &Scope) -> String {
    String::from_utf8(store.export(scope).await.unwrap()).unwrap()
}

/// A snapshot of this text, that came in pieces.
pub async fn read(store: &Store, text: &str) -> Result<Snapshot, sagebrush::store::Error> {
    let mut reader = store.reader().await.unwrap();
    for piece in text.as_bytes().chunks(1000) {
        reader.push(piece)?;
    }
    reader.finish()
}

async fn import(store: &Store, text: &str) {
    store.import(read(store, text).await.unwrap()).await.unwrap();
}

async fn import_into(store: &Store, text: &str, world: &WorldId) {
    let mut snapshot = read(store, text).await.unwrap();
    snapshot.send_to(Some(world.account.clone()), Some(world.region.clone())).unwrap();
    store.import(snapshot).await.unwrap();
}

fn one(world: &WorldId) -> Scope {
    Scope::World(world.clone())
}

/// The value of this member in each line that has it.
fn members(text: &str, table: &str, member: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["table"] == table).map(|line| line[member].clone()).collect()
}

async fn a_world_comes_back_to_the_last_sign(place: Place) {
    fill(&place.store, &place.world).await;
    let before = text(&place.store, &one(&place.world)).await;
    let tables: BTreeSet<_> = before
        .lines()
        .filter_map(|line| Some(serde_json::from_str::<Value>(line).unwrap()["table"].as_str()?.to_owned()))
        .collect();
    assert_eq!(tables.len(), 19, "every table has a row: {tables:?}");
    let next_due = place.store.session().world(&place.world).await.unwrap().next_due;
    assert!(next_due.is_some());

    place.store.reset(&place.world).await.unwrap();
    import(&place.store, &before).await;
    assert_eq!(text(&place.store, &one(&place.world)).await, before);
    import(&place.store, &before).await;
    assert_eq!(text(&place.store, &one(&place.world)).await, before, "over what was there");
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!(world.next_due, next_due);
    assert_eq!(world.clock.mode, Mode::Manual);
}

async fn a_world_that_goes_elsewhere_is_a_world_of_its_own(place: Place) {
    let filled = fill(&place.store, &place.world).await;
    let original = text(&place.store, &one(&place.world)).await;
    let copies = ["222222222222", "333333333333"].map(|account| WorldId::new(account, "cn-north-1"));
    for world in copies.iter().chain(&copies[..1]) {
        import_into(&place.store, &original, world).await;
    }
    assert_eq!(text(&place.store, &one(&place.world)).await, original, "the original stays as it was");

    let mut session = place.store.session();
    for world in &copies {
        let row = session.endpoint(world, "web").await.unwrap().unwrap();
        let deployment = row.endpoint.deployment().unwrap();
        assert_ne!((&row.id, &deployment.id), (&filled.endpoint_id, &filled.deployment_id));
        let listed = session.list_deployments(world, None, 10).await.unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!(listed[0].record.id, deployment.id, "state and history name the same deployment");
        assert_eq!(listed[0].endpoint_id, row.id);
        assert_eq!(session.events(&deployment.id).await.unwrap(), filled.events);
        let journal = session.journal(&deployment.id).await.unwrap();
        let [(1, Entry { made_by: Door::Create(asked), .. })] = &journal[..] else { panic!("{journal:?}") };
        assert_eq!(asked.deployment_id, deployment.id, "the journal too");
        assert!(session.traffic::<u32, u32>(&row.id).await.unwrap().is_some());
        let alarms = session.list_alarms(world, &AlarmQuery::default()).await.unwrap();
        let rule = &alarms.iter().find(|alarm| alarm.name == "either").unwrap().body;
        assert!(
            rule.contains(&world.alarm_arn("high")) && rule.contains("arn:aws:sns:us-east-1:123456789012:x")
        );
    }
    let tripped = |world: WorldId| {
        let store = place.store.clone();
        async move {
            let mut tx = store.begin(&world).await.unwrap();
            filled::trip(&mut tx).await;
            tx.commit().await.unwrap();
        }
    };
    tripped(copies[0].clone()).await;
    let wake =
        async |world: &WorldId| place.store.session().endpoint(world, "web").await.unwrap().unwrap().wake;
    assert_eq!(wake(&copies[0]).await, Some(filled.now), "its watch wakes its own endpoint");
    assert_ne!(wake(&copies[1]).await, Some(filled.now), "and no other");
}

async fn ids_that_another_world_has_are_made_anew(place: Place) {
    fill(&place.store, &place.world).await;
    let original = text(&place.store, &one(&place.world)).await;
    let by_hand = original.replace(r#""account":"123456789012""#, r#""account":"222222222222""#);
    import(&place.store, &by_hand).await;
    assert_eq!(text(&place.store, &one(&place.world)).await, original);
    let copy = text(&place.store, &one(&WorldId::new("222222222222", "us-east-1"))).await;
    let (ids, of_copy) = (members(&original, "deployments", "id"), members(&copy, "deployments", "id"));
    assert!(ids.len() == 2 && of_copy.len() == 2 && ids.iter().all(|id| !of_copy.contains(id)));
    let sequences = |text| members(text, "deployments", "sequence");
    assert_eq!(sequences(&original), sequences(&copy), "the order of the ids is kept");
}

async fn a_snapshot_holds_all_worlds_or_those_of_an_account(place: Place) {
    let worlds =
        [("111111111111", "eu-west-1"), ("222222222222", "eu-west-1"), ("222222222222", "us-east-1")];
    for (account, region) in worlds {
        fill(&place.store, &WorldId::new(account, region)).await;
    }
    let told = async |scope: &Scope| {
        let text = text(&place.store, scope).await;
        let head: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
        let accounts = members(&text, "worlds", "account");
        assert_eq!(head["worlds"], accounts.len());
        let regions = members(&text, "worlds", "region");
        let worlds = accounts
            .iter()
            .zip(&regions)
            .map(|(a, r)| (a.as_str().unwrap().to_owned(), r.as_str().unwrap().to_owned()));
        (worlds.collect::<Vec<_>>(), text)
    };
    let owned = |from: usize| {
        worlds[from..].iter().map(|(a, r)| ((*a).to_owned(), (*r).to_owned())).collect::<Vec<_>>()
    };
    let (of_all, everything) = told(&Scope::All).await;
    assert_eq!(of_all, owned(0));
    assert_eq!(told(&Scope::Account("222222222222".to_owned())).await.0, owned(1));
    assert_eq!(told(&Scope::Account("999999999999".to_owned())).await.0, []);
    let nowhere = WorldId::new("444444444444", "us-east-1");
    assert_eq!(told(&one(&nowhere)).await.0.len(), 1, "a world begins when it is named first");

    place.store.reset_all().await.unwrap();
    import(&place.store, &everything).await;
    assert_eq!(text(&place.store, &Scope::All).await, everything);
    let refused = read(&place.store, &everything).await.unwrap().send_to(Some("1".repeat(12)), None);
    let sentence = "The snapshot holds 3 worlds, which go where they came from: an account or a region can be given for one alone.";
    assert_eq!(refused.unwrap_err().to_string(), sentence);
}

async fn all_worlds_of_a_snapshot_are_taken_over_or_none(place: Place) {
    let other = WorldId::new("222222222222", "us-east-1");
    fill(&place.store, &place.world).await;
    fill(&place.store, &other).await;
    let everything = text(&place.store, &Scope::All).await;
    let green = r#""traffic_green":5000"#;
    assert_eq!(everything.matches(green).count(), 2);
    let (good, bad) = everything.split_at(everything.rfind(green).unwrap());
    let broken = format!("{good}{}", bad.replacen(green, r#""traffic_green":5001"#, 1));
    let line = good.lines().count();
    place.store.reset_all().await.unwrap();
    let refused =
        place.store.import(read(&place.store, &broken).await.unwrap()).await.unwrap_err().to_string();
    assert!(
        refused.starts_with(&format!(
            "Line {line} of the snapshot: the database refuses the row of endpoints: "
        )),
        "{refused}"
    );
    assert_eq!(place.store.session().endpoint(&place.world, "web").await.unwrap(), None);
    import(&place.store, &everything).await;
    assert_eq!(text(&place.store, &Scope::All).await, everything);
}

async fn what_was_there_before_is_gone(place: Place) {
    let now = fill(&place.store, &place.world).await.now;
    let before = text(&place.store, &one(&place.world)).await;
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.insert_endpoint(in_service("later", now), &Vec::new(), &Rules::default()).await.unwrap();
    tx.set_reached(now.plus_secs(3600));
    tx.set_clock(tx.world().clock.with_mode(Mode::Real, tx.begun_at()));
    filled::trip(&mut tx).await;
    tx.commit().await.unwrap();
    import(&place.store, &before).await;
    let mut session = place.store.session();
    assert_eq!(session.endpoint(&place.world, "later").await.unwrap(), None);
    let alarm = session.alarm(&place.world, "high").await.unwrap().unwrap();
    assert_eq!(alarm.state, AlarmState::Ok);
    assert_eq!(session.world_now(&place.world).await.unwrap(), now, "also time goes back to where it was");
    drop(session);
    assert_eq!(text(&place.store, &one(&place.world)).await, before);
}

#[tokio::test]
async fn time_goes_on_from_the_time_that_a_world_had() {
    let place = Place::memory(Mode::Real).await;
    let mut tx = place.store.begin(&place.world).await.unwrap();
    let base_now = tx.begun_at();
    let far = base_now.plus_secs(1_000_000);
    let clock =
        tx.world().clock.with_mode(Mode::Scaled { rate_milli: 60_000 }, base_now).moved_to(far, base_now);
    tx.set_clock(clock);
    tx.set_reached(far);
    tx.insert_endpoint(in_service("e", far), &Vec::new(), &Rules::default()).await.unwrap();
    tx.commit().await.unwrap();
    let text = text(&place.store, &one(&place.world)).await;
    let told = members(&text, "worlds", "now_ms")[0].as_i64().map(Timestamp).unwrap();
    assert!(told >= far);
    let later =
        text.replace(&format!("\"now_ms\":{}", told.0), &format!("\"now_ms\":{}", told.0 + 5_000_000));
    import(&place.store, &later).await;
    let world = place.store.session().world(&place.world).await.unwrap();
    assert_eq!((world.clock.mode, world.reached), (Mode::Scaled { rate_milli: 60_000 }, far));
    assert_eq!(world.clock.anchor_world, told.plus_ms(5_000_000));
    assert!(world.clock.anchor_base.ms_since(wall_now()).abs() < 60_000, "it runs on from now");
}

async fn more_rows_than_fit_a_statement_come_in_order(place: Place) {
    let filled = fill(&place.store, &place.world).await;
    let mut tx = place.store.begin(&place.world).await.unwrap();
    filled::measure(&mut tx, filled.now, 2_345).await;
    tx.commit().await.unwrap();
    let before = text(&place.store, &one(&place.world)).await;
    assert_eq!(members(&before, "metric_points", "at_ms").len(), 2_345);
    let elsewhere = WorldId::new("222222222222", "us-east-1");
    import_into(&place.store, &before, &elsewhere).await;
    let after = text(&place.store, &one(&elsewhere)).await;
    let points = |text: &str| {
        let points = text.lines().filter(|line| line.starts_with(r#"{"table":"metric_points""#));
        points.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(points(&after), points(&before));
    let metric = &latency();
    let query = PointQuery {
        metric,
        from: Timestamp(0),
        until: Timestamp(i64::MAX),
        max_span_ms: None,
        with_bins: true,
    };
    assert_eq!(place.store.session().points(&elsewhere, &query).await.unwrap().len(), 2_345);
}

/// Every transaction counts in two tables.
async fn a_snapshot_is_one_picture(place: Place) {
    let (store, world, enough) = (place.store.clone(), place.world.clone(), Arc::new(AtomicBool::new(false)));
    let writer = tokio::spawn({
        let enough = Arc::clone(&enough);
        async move {
            while !enough.load(Ordering::Acquire) {
                let mut tx = store.begin(&world).await.unwrap();
                let count = tx.add_launches(&world, "a", 1).await.unwrap();
                tx.put_behaviour("a", &count).await.unwrap();
                tx.commit().await.unwrap();
            }
        }
    });
    let mut seen = BTreeSet::new();
    while seen.len() < 20 {
        let text = text(&place.store, &one(&place.world)).await;
        let launched = members(&text, "model_launches", "launched");
        let behaviours = members(&text, "behaviours", "body");
        let counted: Vec<_> = launched.iter().map(|count| Value::from(count.to_string())).collect();
        assert_eq!(counted, behaviours);
        seen.extend(launched.first().and_then(Value::as_i64));
    }
    enough.store(true, Ordering::Release);
    writer.await.unwrap();
}

async fn what_is_remembered_of_a_world_is_outdated_by_an_import(place: Place) {
    fill(&place.store, &place.world).await;
    let before = text(&place.store, &one(&place.world)).await;
    place.store.reset(&place.world).await.unwrap();
    let mut session = place.store.session();
    assert_eq!(session.endpoint(&place.world, "web").await.unwrap(), None);
    let generation = place.store.generation(&place.world);
    let seen = generation.load(Ordering::Acquire);
    import(&place.store, &before).await;
    assert!(generation.load(Ordering::Acquire) > seen);
    let row = session.endpoint(&place.world, "web").await.unwrap().unwrap();
    import(&place.store, &before.replace(r#""version":1,"created_ms""#, r#""version":7,"created_ms""#)).await;
    let again = session.endpoint(&place.world, "web").await.unwrap().unwrap();
    assert_eq!((row.version, again.version), (1, 7));
}

async fn snapshots_go_from_one_kind_of_database_to_the_other(place: Place) {
    let memory = Place::memory(Mode::Real).await;
    fill(&place.store, &place.world).await;
    let here = text(&place.store, &Scope::All).await;
    import(&memory.store, &here).await;
    assert_eq!(text(&memory.store, &Scope::All).await, here);
    fill(&memory.store, &WorldId::new("222222222222", "eu-west-1")).await;
    let there = text(&memory.store, &Scope::All).await;
    import(&place.store, &there).await;
    assert_eq!(text(&place.store, &Scope::All).await, there);
}

//! Behaviours, and the generation of a world: what tells those who remember something that it is outdated.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::rules::Rules;
use sagebrush::domain::world::WorldId;
use sagebrush::store::{AlarmKind, Effect, Kind, NewItem, Store, Tags};

use super::sample::{in_service, watching};
use super::{Place, stories};

stories! { on Manual;
    behaviours_are_put_found_and_forgotten
    a_generation_grows_with_what_requests_are_served_by
    a_generation_stands_still_for_everything_else
    a_reset_makes_new_generations
}

/// How far a generation has grown since it was looked at last.
struct Growth(Arc<AtomicU64>, u64);

impl Growth {
    fn of(store: &Store, world: &WorldId) -> Self {
        let generation = store.generation(world);
        let seen = generation.load(Ordering::Acquire);
        Self(generation, seen)
    }

    fn grown(&mut self) -> bool {
        let seen = self.0.load(Ordering::Acquire);
        std::mem::replace(&mut self.1, seen) < seen
    }
}

async fn behaviours_are_put_found_and_forgotten(place: Place) {
    let mut tx = place.store.begin(&place.world).await.unwrap();
    tx.put_behaviour("a", &vec![1, 2]).await.unwrap();
    tx.put_behaviour("a", &vec![3]).await.unwrap();
    tx.put_behaviour("b", &vec![4]).await.unwrap();
    tx.commit().await.unwrap();
    let mut session = place.store.session();
    let ids = ["a", "c", "b", "a"].map(str::to_owned);
    let found: BTreeMap<String, Vec<u32>> = session.behaviours(&place.world, &ids).await.unwrap();
    assert_eq!(found, [("a".to_owned(), vec![3]), ("b".to_owned(), vec![4])].into());
    let nothing: BTreeMap<String, Vec<u32>> = session.behaviours(&place.world, &[]).await.unwrap();
    assert_eq!(nothing, BTreeMap::new());
    let wrong = session.behaviours::<String>(&place.world, &ids).await.expect_err("it is no string");
    assert!(wrong.to_string().contains("a behaviour"), "{wrong}");
    let mut tx = place.store.begin(&place.world).await.unwrap();
    assert!(tx.delete_behaviour("a").await.unwrap());
    assert!(!tx.delete_behaviour("a").await.unwrap());
    let left: BTreeMap<String, Vec<u32>> = tx.behaviours(&place.world, &ids).await.unwrap();
    assert_eq!(left.into_keys().collect::<Vec<_>>(), ["b"]);
}

async fn a_generation_grows_with_what_requests_are_served_by(place: Place) {
    let (store, rules) = (&place.store, Rules::default());
    let mut generation = Growth::of(store, &place.world);
    let mut other = Growth::of(store, &WorldId::new("123456789012", "eu-west-1"));
    let mut tx = store.begin(&place.world).await.unwrap();
    let at = tx.now();
    let mut row = tx.insert_endpoint(in_service("e", at), &Tags::new(), &rules).await.unwrap().unwrap();
    assert!(!generation.grown(), "not before the commit");
    tx.commit().await.unwrap();
    assert!(generation.grown(), "an endpoint is there");

    let mut tx = store.begin(&place.world).await.unwrap();
    row.endpoint = watching("e", at, "high");
    tx.save_endpoint(&mut row, &rules).await.unwrap();
    tx.commit().await.unwrap();
    assert!(generation.grown(), "an endpoint is another");

    let mut tx = store.begin(&place.world).await.unwrap();
    let item = NewItem {
        alarm: "high",
        kind: AlarmKind::Metric,
        at: at.plus_secs(1),
        item_type: "StateUpdate",
        summary: "s",
        body: "{}",
        effect: Effect::Entered(AlarmState::Alarm),
    };
    tx.append_alarm_history(&item).await.unwrap();
    tx.commit().await.unwrap();
    assert!(generation.grown(), "an endpoint is due earlier");

    let mut tx = store.begin(&place.world).await.unwrap();
    tx.delete_endpoint(&row, at).await.unwrap();
    tx.commit().await.unwrap();
    assert!(generation.grown(), "an endpoint is gone");

    let mut tx = store.begin(&place.world).await.unwrap();
    tx.put_behaviour("model", &1).await.unwrap();
    tx.commit().await.unwrap();
    assert!(generation.grown(), "a model behaves otherwise");

    let mut tx = store.begin(&place.world).await.unwrap();
    tx.delete_behaviour("model").await.unwrap();
    tx.commit().await.unwrap();
    assert!(generation.grown(), "a model behaves as before");

    let mut tx = store.begin(&place.world).await.unwrap();
    tx.set_clock(tx.world().clock.moved_to(at.plus_secs(60), tx.begun_at()));
    tx.commit().await.unwrap();
    assert!(generation.grown(), "it is later");

    let mut tx = store.begin(&place.world).await.unwrap();
    tx.set_reached(at.plus_secs(120));
    tx.commit().await.unwrap();
    assert!(generation.grown(), "it is later because of what was reached");
    assert!(!other.grown(), "another world knows nothing of it");
}

async fn a_generation_stands_still_for_everything_else(place: Place) {
    let store = &place.store;
    let mut tx = store.begin(&place.world).await.unwrap();
    let at = tx.now();
    tx.insert_endpoint(in_service("e", at), &Tags::new(), &Rules::default()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    let mut generation = Growth::of(store, &place.world);

    let mut dropped = store.begin(&place.world).await.unwrap();
    dropped.put_behaviour("model", &1).await.unwrap();
    drop(dropped);
    let mut tx = store.begin(&place.world).await.unwrap();
    tx.add_launches(&place.world, "model", 1).await.unwrap();
    tx.insert_definition(&place.world, Kind::Model, "m", "{}", &Tags::new()).await.unwrap();
    tx.add_points(&[], Timestamp(0)).await.unwrap();
    tx.set_reached(at);
    tx.commit().await.unwrap();
    assert!(store.session().endpoint(&place.world, "e").await.unwrap().is_some());
    assert!(!generation.grown());
}

async fn a_reset_makes_new_generations(place: Place) {
    let other = WorldId::new("123456789012", "eu-west-1");
    let mut generations = [&place.world, &other].map(|world| Growth::of(&place.store, world));
    place.store.reset(&place.world).await.unwrap();
    assert_eq!(generations.each_mut().map(Growth::grown), [true, false]);
    place.store.reset_all().await.unwrap();
    assert_eq!(generations.each_mut().map(Growth::grown), [true, true]);
}

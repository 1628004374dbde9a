//! What a client does comes to the same on every store: the model of the simulation, SQLite and PostgreSQL.
//!
//! A rehearsal on the model keeps what its client did. That is done again on the real stores, from the same
//! beginning; every answer and, at the end, every row of the world must be the same. Only ids differ, and those are
//! compared by the order in which they first come.

use std::collections::BTreeMap;
use std::sync::Arc;

use sagebrush::clock::Mode;
use sagebrush::domain::world::WorldId;
use sagebrush::engine::Engine;
use sagebrush::services::{Context, Services, Settings};
use sagebrush::store::Store;
use sagebrush::store::snapshot::Scope;

use super::client::deed::{Answer, Asked, Failure};
use super::rehearsal::{Rehearsal, rehearse};
use crate::store::postgres_schema;

/// How many traces each test takes, unless `SAGEBRUSH_TRACES` names another number.
const TRACES: u64 = 50;

/// A server on a real store, in this process.
struct Plain {
    engine: Engine,
    services: Services,
}

impl Asked for Plain {
    fn engine(&self) -> &Engine {
        &self.engine
    }

    fn services(&self) -> &Services {
        &self.services
    }

    fn has_counted(&self) {}
}

/// An id is what has the form of a UUID; it becomes the place at which it first came.
#[derive(Default)]
struct Ids(BTreeMap<String, usize>);

impl Ids {
    fn without(&mut self, text: &str) -> String {
        let mut plain = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = (0..rest.len()).find(|at| rest.get(*at..at + 36).is_some_and(is_id)) {
            let (before, from) = rest.split_at(at);
            let (id, after) = from.split_at(36);
            let next = self.0.len();
            let place = *self.0.entry(id.to_owned()).or_insert(next);
            plain.push_str(before);
            plain.extend(["<", place.to_string().as_str(), ">"]);
            rest = after;
        }
        plain + rest
    }
}

fn is_id(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
    })
}

/// Does everything again on this store, and says where it first comes to something else.
async fn done_again(store: &Store, rehearsal: &Rehearsal) -> Result<(), String> {
    let mut reader = store.reader().await.expect("the store answers");
    reader.push(&rehearsal.before).expect("it was just written");
    let settings = Settings { rules: rehearsal.rules, ..Settings::default() };
    let engine = Engine::new(store.clone(), rehearsal.rules);
    engine.import(reader.finish().expect("it is whole")).await.expect("the store answers");
    let services = Services::new(Context::new(engine.clone(), settings, |_| ()));
    let server = Arc::new(Plain { engine, services });
    let (mut of_model, mut of_store) = (Ids::default(), Ids::default());
    for (number, (deed, told)) in rehearsal.deeds.iter().enumerate() {
        let again = deed.clone().done(rehearsal.world.clone(), Arc::clone(&server)).await;
        let told = words(told, &mut of_model);
        let again = words(&again, &mut of_store);
        if told != again {
            return Err(format!("{number}: {deed:?}\n  the model says {told}\n  the store says {again}"));
        }
    }
    let scope = Scope::World(rehearsal.world.clone());
    let after = server.engine.export(&scope).await.expect("the store answers");
    same_rows(&rehearsal.after, &after)
}

fn words(answer: &Result<Answer, Failure>, ids: &mut Ids) -> String {
    ids.without(&format!("{answer:?}"))
}

fn same_rows(model: &[u8], store: &[u8]) -> Result<(), String> {
    let [model, store] =
        [model, store].map(|rows| String::from_utf8(rows.to_vec()).expect("a snapshot is text"));
    let (mut of_model, mut of_store) = (Ids::default(), Ids::default());
    for (number, (row, other)) in model.lines().zip(store.lines()).enumerate() {
        let (row, other) = (of_model.without(row), of_store.without(other));
        if row != other {
            return Err(format!("row {number}:\n  of the model: {row}\n  of the store: {other}"));
        }
    }
    let (rows, others) = (model.lines().count(), store.lines().count());
    (rows == others).then_some(()).ok_or_else(|| format!("the model has {rows} rows, the store {others}"))
}

/// The same of traces from this one on.
async fn same(store: &Store, from: u64) {
    let traces = std::env::var("SAGEBRUSH_TRACES").ok().and_then(|text| text.parse().ok()).unwrap_or(TRACES);
    let (mut deeds, mut rows) = (0, 0);
    for seed in from..from + traces {
        let world = WorldId::new(format!("{seed:012}"), "us-east-1");
        let rehearsal = rehearse(seed, &world).await;
        if let Err(difference) = done_again(store, &rehearsal).await {
            panic!("seed {seed} comes to something else: {difference}");
        }
        deeds += rehearsal.deeds.len();
        rows += rehearsal.after.split(|byte| *byte == b'\n').count();
    }
    println!("{traces} traces of {deeds} requests came to the same {rows} rows");
}

async fn sqlite() -> Store {
    Store::connect("sqlite::memory:", Mode::Manual).await.expect("memory opens")
}

async fn postgres() -> Store {
    Store::connect(&postgres_schema().await, Mode::Manual).await.expect("PostgreSQL answers")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_does_what_the_model_does() {
    same(&sqlite().await, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_does_what_the_model_does_in_other_traces() {
    same(&sqlite().await, 1_000_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_does_what_the_model_does() {
    same(&postgres().await, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_does_what_the_model_does_in_other_traces() {
    same(&postgres().await, 1_000_000).await;
}

#[tokio::test]
async fn a_difference_is_seen() {
    let world = WorldId::new("000000000003", "us-east-1");
    let mut rehearsal = rehearse(3, &world).await;
    let text = String::from_utf8(rehearsal.after.clone()).expect("a snapshot is text");
    rehearsal.after = text.replacen("\"succeeded\"", "\"failed\"", 1).into_bytes();
    let difference = done_again(&sqlite().await, &rehearsal).await.expect_err("one row is another");
    assert!(difference.starts_with("row "), "{difference}");
    let (_, told) = rehearsal.deeds.last_mut().expect("something was done");
    *told = Err(Failure::Unknown);
    let difference = done_again(&sqlite().await, &rehearsal).await.expect_err("one answer is another");
    assert!(difference.contains("the model says Err(Unknown)"), "{difference}");
}

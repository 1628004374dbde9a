//! The line of a world tells the columns of its row, but for those that are made anew.

use std::collections::BTreeSet;

use crate::clock::Mode;
use crate::domain::world::WorldId;
use crate::store::Store;
use crate::store::snapshot::Scope;

/// The clock's anchors, what follows from the rows of the world, and how often the row was written.
const MADE_ANEW: &[&str] = &[
    "anchor_base_ms",
    "anchor_world_ms",
    "next_due_ms",
    "wake_real_ms",
    "version",
    "life",
    "injections",
    "keeps_past",
    "instance_limits",
    "results",
    "rules",
    "scalable_targets",
    "components",
];

#[tokio::test]
async fn every_column_of_a_world_is_told_or_made_anew() {
    let store = Store::connect("sqlite::memory:", Mode::Real).await.unwrap();
    let text = store.export(&Scope::World(WorldId::new("123456789012", "us-east-1"))).await.unwrap();
    let line = text.split(|byte| *byte == b'\n').nth(1).unwrap();
    let mut line: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(line).unwrap();
    assert!(line.remove("table").is_some() && line.remove("now_ms").is_some());
    let told: BTreeSet<_> = line.keys().map(String::as_str).chain(MADE_ANEW.iter().copied()).collect();
    let sql = "SELECT name FROM pragma_table_info('worlds')";
    let there = store.session().read(sql, &[]).await.unwrap();
    let there: Vec<_> = there.into_iter().map(|mut row| row.text().unwrap()).collect();
    assert_eq!(there.iter().map(String::as_str).collect::<BTreeSet<_>>(), told);
}

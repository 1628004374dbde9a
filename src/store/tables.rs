//! The tables: which rows belong to a world, and how they are found.
//!
//! Whoever means all of a world asks here: a reset, an export, an import. A test holds this list against the
//! tables that there are, so a new one is in it or said to be no part of a world.

use super::Error;
use super::session::Session;
use super::statement::Statement;
use crate::domain::world::WorldId;

/// A table whose rows belong to worlds.
#[derive(Debug)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// How the rows of a world are found.
    pub(super) found: Found,
    /// Its primary key without the world: the order in which its rows are told.
    pub(super) key: &'static [&'static str],
    /// Columns that hold ids which no two worlds may have in common.
    pub(super) ids: &'static [&'static str],
    /// Whether a snapshot tells its rows.
    pub(super) told: bool,
}

/// How the rows of a world are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// By the columns `account` and `region`.
    ByWorld,
    /// By the deployment that they belong to.
    ByDeployment,
}

impl Found {
    /// The condition, where `$1` is the account and `$2` the region.
    pub(super) fn condition(self) -> &'static str {
        match self {
            Self::ByWorld => " WHERE account = $1 AND region = $2",
            Self::ByDeployment => {
                " WHERE deployment_id IN (SELECT id FROM deployments WHERE account = $1 AND region = $2)"
            }
        }
    }
}

const fn of_world(name: &'static str, key: &'static [&'static str], ids: &'static [&'static str]) -> Table {
    Table { name, found: Found::ByWorld, key, ids, told: true }
}

const fn of_deployment(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, found: Found::ByDeployment, key, ids: &["deployment_id"], told: true }
}

/// Every table beside `worlds`, in an order in which rows can be inserted; they can go in the opposite one.
pub(super) static TABLES: &[Table] = &[
    of_world("definitions", &["kind", "name_key"], &[]),
    of_world("endpoints", &["name_key"], &["id"]),
    of_world("watches", &["alarm_name", "endpoint_id"], &["endpoint_id"]),
    of_world("deployments", &["id"], &["id", "endpoint_id"]),
    of_deployment("deployment_events", &["deployment_id", "ordinal"]),
    of_deployment("deployment_steps", &["deployment_id", "version"]),
    of_world("alarms", &["name"], &[]),
    of_world("alarm_history", &["seq"], &[]),
    of_world("model_launches", &["model_id"], &[]),
    of_world("metric_series", &["id"], &[]),
    of_world("metric_points", &["series_id", "at_ms", "span_ms"], &[]),
    of_world("alarm_metrics", &["metric_key", "alarm_name"], &[]),
    of_world("traffic", &["endpoint_id"], &["endpoint_id"]),
    of_world("behaviours", &["model_id"], &[]),
    // Of the servers that run now: nothing of a world that is taken over is in doubt.
    Table { told: false, ..of_world("flushes", &["meter"], &[]) },
    // They tell what happened in this world; in one that is taken over nothing has happened yet.
    Table { told: false, ..of_world("bus_events", &["number"], &[]) },
    of_world("bus_definitions", &["kind", "name"], &[]),
    of_world("rules", &["bus", "name"], &[]),
    of_world("targets", &["bus", "rule", "id"], &[]),
    // What is on its way from there shall not be sent from here too.
    Table { told: false, ..of_world("deliveries", &["number"], &[]) },
    of_world("log_groups", &["name"], &[]),
    of_world("log_streams", &["log_group", "name"], &[]),
    of_world("log_events", &["log_group", "number"], &[]),
    of_world(
        "instance_spans",
        &["endpoint_id", "variant", "config", "instance_type", "from_ms"],
        &["endpoint_id"],
    ),
    of_world("instance_limits", &["instance_type"], &[]),
    of_world("injections", &["number"], &[]),
    of_world("endpoint_looks", &["endpoint_id"], &["endpoint_id"]),
    of_world("endpoint_results", &["number"], &[]),
    of_world("endpoint_past", &["endpoint_id", "version"], &["endpoint_id"]),
    of_world("scalable_targets", &["resource_id"], &[]),
    of_world("scaling_rules", &["kind", "resource_id", "name"], &[]),
    of_world("scaling_activities", &["number"], &[]),
];

impl Session {
    /// Deletes everything of this world. Its own row goes first, because it is the lock.
    pub(super) async fn delete_world(&mut self, id: &WorldId) -> Result<(), Error> {
        let sql = "DELETE FROM worlds WHERE account = $1 AND region = $2";
        self.execute(sql, &[(&id.account).into(), (&id.region).into()]).await?;
        self.delete_rows(Some(id)).await
    }

    /// Whether nothing is in this world.
    pub(super) async fn is_empty(&mut self, id: &WorldId) -> Result<bool, Error> {
        for table in TABLES {
            let args = [(&id.account).into(), (&id.region).into()];
            let mut statement = Statement::new("SELECT 1 FROM ", &args);
            statement.push(table.name).push(table.found.condition()).push(" LIMIT 1");
            if !statement.read(self).await?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Deletes everything of all worlds.
    pub(super) async fn delete_worlds(&mut self) -> Result<(), Error> {
        self.execute("DELETE FROM worlds", &[]).await?;
        self.delete_rows(None).await
    }

    async fn delete_rows(&mut self, world: Option<&WorldId>) -> Result<(), Error> {
        for table in TABLES.iter().rev() {
            let mut statement = match world {
                Some(world) => {
                    Statement::new("DELETE FROM ", &[(&world.account).into(), (&world.region).into()])
                }
                None => Statement::new("DELETE FROM ", &[]),
            };
            statement.push(table.name).push(world.map_or("", |_| table.found.condition()));
            statement.execute(self).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::clock::Mode;
    use crate::store::Store;

    /// Tables that are no part of a world.
    const OUTSIDE: &[&str] = &["_sqlx_migrations", "worlds", "replicas", "barriers", "progressions"];

    async fn read(session: &mut Session, sql: &'static str, name: &str) -> Vec<(String, i64)> {
        let rows = session.read(sql, &[name.into()]).await.unwrap();
        rows.into_iter().map(|mut row| (row.text().unwrap(), row.int().unwrap())).collect()
    }

    /// The columns of every unique index and of the primary key, index by index.
    async fn unique(session: &mut Session, table: &str) -> Vec<Vec<String>> {
        let sql = "SELECT name, \"unique\" FROM pragma_index_list($1) WHERE \"unique\" = 1";
        let mut indexes = Vec::new();
        for (index, _) in read(session, sql, table).await {
            let columns = "SELECT name, seqno FROM pragma_index_info($1) ORDER BY seqno";
            indexes.push(read(session, columns, &index).await.into_iter().map(|(name, _)| name).collect());
        }
        indexes
    }

    #[tokio::test]
    async fn every_table_is_part_of_a_world_or_said_to_be_none() {
        let store = Store::connect("sqlite::memory:", Mode::Real).await.unwrap();
        let sql = "SELECT name, 0 FROM sqlite_master WHERE type = $1";
        let there = read(&mut store.session(), sql, "table").await;
        let there: BTreeSet<_> = there.iter().map(|(name, _)| name.as_str()).collect();
        let said = TABLES.iter().map(|table| table.name).chain(OUTSIDE.iter().copied()).collect();
        assert_eq!(there, said, "name a new table in TABLES, in the order of insertion, or in OUTSIDE");
    }

    #[tokio::test]
    async fn every_table_is_told_in_the_order_of_its_key_and_names_the_ids_that_two_worlds_could_both_have() {
        let store = Store::connect("sqlite::memory:", Mode::Real).await.unwrap();
        let mut session = store.session();
        for table in TABLES {
            let sql = "SELECT name, pk FROM pragma_table_info($1) WHERE pk > 0 ORDER BY pk";
            let key = read(&mut session, sql, table.name).await;
            let world = ["account", "region"];
            let key: Vec<_> = key.iter().map(|(name, _)| name.as_str()).collect();
            let rest: Vec<_> = key.iter().filter(|name| !world.contains(name)).copied().collect();
            assert_eq!(rest, table.key, "the key of {}", table.name);
            for columns in unique(&mut session, table.name).await {
                let by_world = world.iter().all(|name| columns.iter().any(|column| column == name));
                let by_id = columns.iter().any(|column| table.ids.contains(&column.as_str()));
                assert!(
                    by_world || by_id,
                    "two worlds could not both have rows of {}: {columns:?}",
                    table.name
                );
            }
        }
    }

    #[tokio::test]
    async fn a_column_that_refers_to_an_id_is_among_the_ids() {
        let store = Store::connect("sqlite::memory:", Mode::Real).await.unwrap();
        let mut session = store.session();
        for table in TABLES {
            let sql = "SELECT name, cid FROM pragma_table_info($1)";
            for (column, _) in read(&mut session, sql, table.name).await {
                let refers = ["endpoint_id", "deployment_id"].contains(&column.as_str());
                assert_eq!(
                    refers || (column == "id" && ["endpoints", "deployments"].contains(&table.name)),
                    table.ids.contains(&column.as_str()),
                    "{}.{column}",
                    table.name
                );
            }
        }
    }
}

//! SQLite in memory with the schema of the store: opened, emptied and used again.

use std::cell::RefCell;

use rusqlite::Connection;
use sagebrush::store::ground::Cell;
use sagebrush::store::ground::sqlite::{open, run};

/// Every version of every endpoint, where the key refuses a second commit of one version; which endpoints had a step that
/// failed and was put off; and in the deployments of which instances died. A reset of a world forgets none of it.
const SEEN: &str = "
    CREATE TABLE seen (
        endpoint_id TEXT NOT NULL, version BIGINT NOT NULL, modified_ms BIGINT NOT NULL, status TEXT NOT NULL,
        blue BIGINT NOT NULL, green BIGINT NOT NULL, state TEXT NOT NULL, PRIMARY KEY (endpoint_id, version));
    CREATE TRIGGER seen_first AFTER INSERT ON endpoints BEGIN INSERT INTO seen VALUES
        (new.id, new.version, new.modified_ms, new.status, new.traffic_blue, new.traffic_green, new.state); END;
    CREATE TRIGGER seen_next AFTER UPDATE OF version ON endpoints BEGIN INSERT INTO seen VALUES
        (new.id, new.version, new.modified_ms, new.status, new.traffic_blue, new.traffic_green, new.state); END;
    CREATE TABLE put_off (endpoint_id TEXT PRIMARY KEY, times BIGINT NOT NULL);
    CREATE TRIGGER put_off AFTER UPDATE OF faults ON endpoints WHEN new.faults > 0 BEGIN
        INSERT INTO put_off VALUES (new.id, 1) ON CONFLICT (endpoint_id) DO UPDATE SET times = times + 1; END;
    CREATE TABLE deaths (endpoint_id TEXT PRIMARY KEY, first_ms BIGINT NOT NULL);
    CREATE TRIGGER deaths AFTER INSERT ON deployment_events WHEN
        new.body LIKE '%\"instances_died\"%' OR new.body LIKE '%lost their instance;%' BEGIN
        INSERT OR IGNORE INTO deaths SELECT endpoint_id, new.at_ms FROM deployments WHERE id = new.deployment_id; END;";

thread_local! {
    /// Databases that are empty again: to prepare all statements takes longer than a run.
    static EMPTY: RefCell<Vec<(Connection, Connection)>> = const { RefCell::new(Vec::new()) };
}

/// Two databases that have no rows.
pub(super) fn two_empty() -> (Connection, Connection) {
    EMPTY.with_borrow_mut(Vec::pop).unwrap_or_else(|| (opened(), opened()))
}

/// Takes two databases back that nobody needs any more.
pub(super) fn give_back(pair: (Connection, Connection)) {
    for connection in [&pair.0, &pair.1] {
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK").expect("a transaction can be rolled back");
        }
        for table in tables(connection) {
            connection.execute(&format!("DELETE FROM {table}"), []).expect("a table can be emptied");
        }
    }
    EMPTY.with_borrow_mut(|empty| empty.push(pair));
}

/// The tables of a world, in an order in which their rows can go.
pub(super) fn tables(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare_cached("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name")
        .expect("the schema can be read");
    let names = statement.query_map([], |row| row.get(0)).expect("the schema can be read");
    names.collect::<Result<_, _>>().expect("a table has a name")
}

fn opened() -> Connection {
    let connection = open().expect("memory opens and takes the schema");
    connection.execute_batch(SEEN).expect("it fits the schema");
    connection
}

/// What one database has done the other does too.
pub(super) fn repeat(connection: &Connection, wrote: &[(String, Vec<Cell>)]) {
    connection.execute_batch("BEGIN").expect("nobody else writes");
    for (sql, args) in wrote {
        run(connection, sql, args).expect("both databases are alike");
    }
    connection.execute_batch("COMMIT").expect("both databases are alike");
}

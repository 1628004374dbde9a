//! SQLite in memory with the schema of the store: opened, asked, emptied and used again.

use std::cell::RefCell;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};
use sagebrush::store::ground::{Cell, Ran};
use sagebrush::store::{Error, MIGRATIONS, SQLITE_MIGRATIONS};

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
    CREATE TRIGGER deaths AFTER INSERT ON deployment_events WHEN new.body LIKE '%\"instances_died\"%' BEGIN
        INSERT OR IGNORE INTO deaths SELECT endpoint_id, new.at_ms FROM deployments WHERE id = new.deployment_id; END;";

/// Where sqlx notes which migrations a database has.
const APPLIED: &str = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY)";

/// Statements that are kept prepared: all that there are.
const STATEMENTS: usize = 512;

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
    let connection = Connection::open_in_memory().expect("memory opens");
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA foreign_keys = ON").expect("SQLite knows foreign keys");
    // Otherwise SQLite plans anew whenever an argument is another one.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).expect("SQLite knows it");
    connection.execute_batch(APPLIED).expect("nothing is there yet");
    for migration in MIGRATIONS.iter().chain(SQLITE_MIGRATIONS.iter()) {
        connection.execute_batch(migration.sql.as_str()).expect("a migration is SQL");
        let applied = connection.execute("INSERT INTO _sqlx_migrations VALUES (?1)", [migration.version]);
        applied.expect("each has its number");
    }
    connection.execute_batch(SEEN).expect("it fits the schema");
    connection
}

/// An argument of a statement.
struct Bound<'a>(&'a Cell);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Int(value) => ValueRef::Integer(*value),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Null => ValueRef::Null,
        }))
    }
}

/// Runs a statement.
pub(super) fn ask(connection: &Connection, sql: &str, args: &[Cell]) -> Result<Ran, Error> {
    let mut statement = connection.prepare_cached(sql).map_err(|error| refusal(&error))?;
    // To SQLite `$2` is a name, and which parameter it is depends on where it comes first.
    for index in 1..=statement.parameter_count() {
        let number = statement.parameter_name(index).and_then(|name| name[1..].parse::<usize>().ok());
        let arg =
            number.and_then(|number| args.get(number - 1)).expect("a placeholder is $1 or one after it");
        statement.raw_bind_parameter(index, Bound(arg)).map_err(|error| refusal(&error))?;
    }
    let columns = statement.column_count();
    if columns == 0 {
        let touched = statement.raw_execute().map_err(|error| refusal(&error))?;
        return Ok(Ran { rows: Vec::new(), touched: touched as u64 });
    }
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(|error| refusal(&error))? {
        let cell = |index| match row.get_ref(index).expect("it has so many columns") {
            ValueRef::Null => Cell::Null,
            ValueRef::Integer(value) => Cell::Int(value),
            ValueRef::Text(text) => Cell::Text(String::from_utf8(text.to_vec()).expect("all text is UTF-8")),
            other => panic!("{sql}: a column is {other:?}"),
        };
        rows.push((0..columns).map(cell).collect());
    }
    let touched = rows.len() as u64;
    Ok(Ran { rows, touched })
}

/// What one database has done the other does too.
pub(super) fn repeat(connection: &Connection, wrote: &[(String, Vec<Cell>)]) {
    connection.execute_batch("BEGIN").expect("nobody else writes");
    for (sql, args) in wrote {
        ask(connection, sql, args).expect("both databases are alike");
    }
    connection.execute_batch("COMMIT").expect("both databases are alike");
}

/// What SQLite refuses, in the words of the store.
pub(super) fn refusal(error: &rusqlite::Error) -> Error {
    let text = sqlx::Error::Protocol(error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => Error::Constraint(text),
        _ => Error::Database(text),
    }
}

//! SQLite in memory, asked without waiting and without another thread: opened with the schema, and asked one statement.

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, ToSql};

use super::{Cell, Ran};
use crate::store::{Error, MIGRATIONS, SQLITE_MIGRATIONS};

/// Where sqlx notes which migrations a database has.
const APPLIED: &str = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY)";

/// Statements that are kept prepared: all that there are.
const STATEMENTS: usize = 512;

/// A database of its own, with the schema of the store.
pub fn open() -> Result<Connection, Error> {
    opened().map_err(|error| refusal(&error))
}

fn opened() -> rusqlite::Result<Connection> {
    let connection = Connection::open_in_memory()?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.execute_batch("PRAGMA foreign_keys = ON")?;
    // Otherwise SQLite plans anew whenever an argument is another one.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.execute_batch(APPLIED)?;
    for migration in MIGRATIONS.iter().chain(SQLITE_MIGRATIONS.iter()) {
        connection.execute_batch(migration.sql.as_str())?;
        connection.execute("INSERT INTO _sqlx_migrations VALUES (?1)", [migration.version])?;
    }
    Ok(connection)
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

/// Runs a statement of the store.
pub fn run(connection: &Connection, sql: &str, args: &[Cell]) -> Result<Ran, Error> {
    ran(connection, sql, args).map_err(|error| refusal(&error))
}

fn ran(connection: &Connection, sql: &str, args: &[Cell]) -> rusqlite::Result<Ran> {
    let mut statement = connection.prepare_cached(sql)?;
    // To SQLite `$2` is a name, and which parameter it is depends on where it comes first.
    for index in 1..=statement.parameter_count() {
        let number = statement.parameter_name(index).and_then(|name| name[1..].parse::<usize>().ok());
        let arg =
            number.and_then(|number| args.get(number - 1)).expect("a placeholder is $1 or one after it");
        statement.raw_bind_parameter(index, Bound(arg))?;
    }
    let columns = statement.column_count();
    if columns == 0 {
        let touched = statement.raw_execute()?;
        return Ok(Ran { rows: Vec::new(), touched: touched as u64 });
    }
    let mut found = statement.raw_query();
    let mut rows = Vec::new();
    while let Some(row) = found.next()? {
        let cell = |index| match row.get_ref(index)? {
            ValueRef::Null => Ok(Cell::Null),
            ValueRef::Integer(value) => Ok(Cell::Int(value)),
            text @ ValueRef::Text(_) => Ok(Cell::Text(text.as_str()?.to_owned())),
            ValueRef::Real(_) | ValueRef::Blob(_) => {
                unreachable!("{sql}: a column is a whole number or text")
            }
        };
        rows.push((0..columns).map(cell).collect::<rusqlite::Result<_>>()?);
    }
    let touched = rows.len() as u64;
    Ok(Ran { rows, touched })
}

/// What SQLite refuses, in the words of the store.
pub fn refusal(error: &rusqlite::Error) -> Error {
    let text = sqlx::Error::Protocol(error.to_string());
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => Error::Constraint(text),
        _ => Error::Database(text),
    }
}

//! What the database itself says of its schema and of its tables' columns, so that whoever copies whole rows carries columns that
//! were added later without knowing them.

use sqlx::migrate::Migrator;

use super::Error;
use super::connect::{MIGRATIONS, POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS};
use super::row::{Arg, Cell};
use super::session::{Link, Session};
use super::tables::{Found, Table};

/// A column of a table. Its name comes from the database and from nowhere else, so it may stand in a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    name: String,
    is_text: bool,
    nullable: bool,
    has_default: bool,
}

impl Column {
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Whether a row may be inserted without it.
    pub(super) fn is_optional(&self) -> bool {
        self.nullable || self.has_default
    }

    /// What is wrong with this value for it, ready to follow its name.
    pub(super) fn refusal(&self, cell: &Cell) -> Option<&'static str> {
        match cell {
            Cell::Null => (!self.nullable).then_some("must not be null"),
            Cell::Int(_) => self.is_text.then_some("must be a string"),
            Cell::Text(_) => (!self.is_text).then_some("must be a whole number"),
        }
    }

    /// The value as this column takes it.
    pub(super) fn arg<'a>(&self, cell: &'a Cell) -> Arg<'a> {
        match cell {
            Cell::Int(value) => Arg::Int(Some(*value)),
            Cell::Text(text) => Arg::Text(Some(text)),
            Cell::Null if self.is_text => Arg::Text(None),
            Cell::Null => Arg::Int(None),
        }
    }
}

/// In the order in which the columns were made.
const OF_SQLITE: &str = "SELECT name, CASE type WHEN 'BIGINT' THEN 0 ELSE 1 END, 1 - \"notnull\", \
                         dflt_value IS NOT NULL FROM pragma_table_info($1) ORDER BY cid";

/// The domain of keys is told by the type below it.
const OF_POSTGRES: &str = "SELECT attname::TEXT, \
                           CASE WHEN 'bigint'::regtype IN (atttypid, typbasetype) THEN 0 ELSE 1 END::BIGINT, \
                           CASE WHEN attnotnull THEN 0 ELSE 1 END::BIGINT, \
                           CASE WHEN atthasdef THEN 1 ELSE 0 END::BIGINT \
                           FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid \
                           WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

impl Session {
    /// The version of the database's schema, if this server knows all of it: of what a later one has added whole
    /// tables could be left behind.
    pub(super) async fn known_schema(&mut self) -> Result<i64, Error> {
        let row = self.read_one("SELECT MAX(version) FROM _sqlx_migrations", &[]).await?;
        let schema = row.map_or(Ok(None), |mut row| row.maybe_int())?.unwrap_or(0);
        let parts = [&MIGRATIONS, &POSTGRES_MIGRATIONS, &SQLITE_MIGRATIONS];
        let known = parts.into_iter().flat_map(Migrator::iter).map(|migration| migration.version).max();
        if known.is_none_or(|known| schema > known) {
            return Err(Error::Snapshot(format!(
                "The database has schema {schema} of a later sagebrush than this one ({}): its worlds are written and read by that one.",
                env!("CARGO_PKG_VERSION")
            )));
        }
        Ok(schema)
    }

    /// The table's columns, without those that say in which world a row is.
    pub(super) async fn columns(&mut self, table: &Table) -> Result<Vec<Column>, Error> {
        let sql = match self.link {
            Link::Sqlite { .. } | Link::SqliteTx(_) | Link::Ground(_) => OF_SQLITE,
            Link::Postgres(_) | Link::PostgresTx(_) => OF_POSTGRES,
        };
        let mut columns = Vec::new();
        for mut row in self.read(sql, &[table.name.into()]).await? {
            let name = row.text()?;
            let (is_text, nullable, has_default) = (row.int()? == 1, row.int()? == 1, row.int()? == 1);
            if table.found != Found::ByWorld || !matches!(name.as_str(), "account" | "region") {
                columns.push(Column { name, is_text, nullable, has_default });
            }
        }
        Ok(columns)
    }
}

//! Opening a database: which one, with what settings, brought up to date; or one sentence that says what is
//! wrong, where, and what would be right.

mod lock;
mod postgres;
mod sqlite;

use sqlx::migrate::{Migrate, MigrateError, Migrator};

use super::base::Base;
use super::{Error, Store};
use crate::clock::Mode;

pub(super) use lock::FileLock;

/// All changes of the schema that both databases take, in order. Only ever added to.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// What each database has a text of its own for: the invariants that it keeps by itself. They come after
/// [`MIGRATIONS`], and nothing there may need them.
pub static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/postgres");
/// See [`POSTGRES_MIGRATIONS`].
pub static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("./migrations/sqlite");

impl Store {
    /// Opens `sqlite::memory:`, `sqlite:PATH` or `postgres://…` and brings its schema up to date. New worlds
    /// begin in `default_mode`. The error is one sentence for whoever started the server.
    pub async fn connect(url: &str, default_mode: Mode) -> Result<Self, Error> {
        let known = "use sqlite::memory:, sqlite:PATH or postgres://USER@HOST/DATABASE";
        let refuse = |what: String| Err(Error::Open(format!("cannot open the database: {what}; {known}")));
        match url.split_once(':') {
            Some(("sqlite", path)) => match path.strip_prefix("//").unwrap_or(path) {
                IN_MEMORY => sqlite::memory(Base::wall(default_mode)).await,
                path => sqlite::file(path, default_mode).await,
            },
            Some(("postgres" | "postgresql", _)) => postgres::open(url, default_mode).await,
            Some((scheme, _)) if scheme.chars().all(|sign| sign.is_ascii_alphanumeric()) => {
                refuse(format!("there is no store for {scheme:?}"))
            }
            _ => refuse("its URL has no scheme".to_owned()),
        }
    }
}

/// The name that SQLite has for a database in memory.
const IN_MEMORY: &str = ":memory:";

/// Whether what is kept at this URL is gone at the end.
pub fn is_in_memory(url: &str) -> bool {
    let path = url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
    path == Some(IN_MEMORY)
}

/// Brings the schema up to date: what is common first, then what is this database's own. A change that is not
/// known here is a later version's, which only adds; so this one can run beside it, or again after it.
/// `Migrator::run` has no `Send` future for connections of any lifetime; `run_direct` is what it calls.
async fn migrate<C: Migrate>(connection: &mut C, own: &Migrator) -> Result<(), MigrateError> {
    for part in [&MIGRATIONS, own] {
        let mut part = Migrator::with_migrations(part.iter().cloned().collect());
        part.set_ignore_missing(true).run_direct(None, connection, false).await?;
    }
    Ok(())
}

fn migration_refusal(place: &str, error: &MigrateError) -> Error {
    let what = match error {
        MigrateError::VersionMismatch(version) => {
            format!("its schema {version} is not the one of this version; use another database")
        }
        other => format!("its schema cannot be brought up to date: {other}"),
    };
    Error::Open(format!("cannot open the database {place}: {what}"))
}

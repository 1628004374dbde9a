//! SQLite: in memory for a server that keeps nothing, in a file for one that does.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::lock::FileLock;
use super::{SQLITE_MIGRATIONS, migrate, migration_refusal};
use crate::clock::Mode;
use crate::store::base::Base;
use crate::store::{Error, Pools, Store};

/// Readers beside the one writer of a file; statements are short, a few share two cores well.
const READERS: u32 = 4;

/// How long SQLite waits for another process that writes the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// One connection that never ends: with it the database would.
pub(super) async fn memory(base: Base) -> Result<Store, Error> {
    let options = SqliteConnectOptions::new().in_memory(true).shared_cache(false).disable_statement_logging();
    let pool =
        one_connection().connect_with(options).await.map_err(|error| sqlite_refusal(":memory:", &error))?;
    migrate(&mut *pool.acquire().await?, &SQLITE_MIGRATIONS)
        .await
        .map_err(|error| migration_refusal("sqlite::memory:", &error))?;
    let pools = Pools::Sqlite { readers: pool.clone(), writer: pool };
    Ok(Store {
        pools,
        base: Arc::new(base),
        cache: Some(Arc::default()),
        generations: Arc::default(),
        said: Arc::default(),
        bell: Arc::default(),
        work: Arc::default(),
        lock: None,
    })
}

/// One writer, a few readers, write-ahead log; a commit is on the disk before it is answered.
pub(super) async fn file(path: &str, default_mode: Mode) -> Result<Store, Error> {
    check_path(path)?;
    let lock = FileLock::take(path)?;
    let refusal = |error: sqlx::Error| sqlite_refusal(path, &error);
    let options =
        SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).disable_statement_logging();
    let writing = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    // Where the disk fails a commit SQLite itself ends the transaction, so sqlx cannot roll it back and counts it
    // as open for ever: that connection is replaced.
    let writer = one_connection().before_acquire(|connection, _| {
        let is_whole = !connection.is_in_transaction();
        Box::pin(std::future::ready(Ok(is_whole)))
    });
    let writer = writer.connect_with(writing).await.map_err(refusal)?;
    migrate(&mut *writer.acquire().await?, &SQLITE_MIGRATIONS).await.map_err(|error| match &error {
        MigrateError::Execute(cause) => sqlite_refusal(path, cause),
        _ => migration_refusal(&format!("sqlite:{path}"), &error),
    })?;
    let pool = PoolOptions::new().max_connections(READERS);
    let readers = pool.connect_with(options.read_only(true)).await.map_err(refusal)?;
    let pools = Pools::Sqlite { readers, writer };
    Ok(Store {
        pools,
        base: Arc::new(Base::wall(default_mode)),
        cache: None,
        generations: Arc::default(),
        said: Arc::default(),
        bell: Arc::default(),
        work: Arc::default(),
        lock: Some(Arc::new(lock)),
    })
}

fn one_connection() -> PoolOptions<sqlx::Sqlite> {
    PoolOptions::new()
        .min_connections(1)
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// What can be said about a path before SQLite says less.
fn check_path(path: &str) -> Result<(), Error> {
    let refuse = |what: &str| Err(Error::Open(format!("cannot open the database sqlite:{path}: {what}")));
    let parent = Path::new(path).parent().filter(|parent| !parent.as_os_str().is_empty());
    if path.is_empty() {
        return refuse("the path is empty; use sqlite:PATH or sqlite::memory:");
    }
    if let Some(missing) = parent.filter(|parent| !parent.is_dir()) {
        return refuse(&format!(
            "there is no directory {}; create it or name another path",
            missing.display()
        ));
    }
    let Ok(found) = std::fs::metadata(path) else { return Ok(()) };
    if found.is_dir() {
        return refuse("it is a directory; name a file in it");
    }
    if found.permissions().readonly() {
        return refuse("the file is read-only; make it writable or name another path");
    }
    Ok(())
}

fn sqlite_refusal(path: &str, error: &sqlx::Error) -> Error {
    // https://www.sqlite.org/rescode.html: the low byte is the primary code.
    let code = error.as_database_error().and_then(|refusal| refusal.code()?.parse::<u32>().ok());
    let what = match code.map(|code| code & 0xff) {
        Some(5 | 6) => "another process holds it; stop that process or name another path".to_owned(),
        Some(8) => {
            "it is read-only; make the file and its directory writable or name another path".to_owned()
        }
        Some(13) => "the disk is full".to_owned(),
        Some(14) => "it cannot be opened; check the permissions of the file and of its directory".to_owned(),
        Some(26) => "the file is not a SQLite database; name another path".to_owned(),
        _ => error.to_string(),
    };
    Error::Open(format!("cannot open the database sqlite:{path}: {what}"))
}

//! Opening a database: which one, with what settings, brought up to date; or one sentence that says what is
//! wrong, where, and what would be right.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::base::Base;
use super::{Error, Pools, Store};
use crate::clock::Mode;

/// All changes of the schema, in order. Only ever added to.
pub static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// A start that has not reached its database by then says so.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Readers beside the one writer of a file; statements are short, a few share two cores well.
const FILE_READERS: u32 = 4;

/// Connections to PostgreSQL: enough to keep two cores busy over a network, few enough for its default
/// limit of 100 with several replicas.
const POSTGRES_CONNECTIONS: u32 = 16;

/// How long a statement or an idle transaction may hold its locks: a replica that was paused in the middle
/// is cut off, and its world goes on elsewhere.
const HOLD_LIMIT: &str = "5s";

/// How long SQLite waits for another process that writes the same file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

impl Store {
    /// Opens `sqlite::memory:`, `sqlite:PATH` or `postgres://…` and brings its schema up to date. New worlds
    /// begin in `default_mode`. The error is one sentence for whoever started the server.
    pub async fn connect(url: &str, default_mode: Mode) -> Result<Self, Error> {
        match url.split_once(':') {
            Some(("sqlite", ":memory:")) => memory(default_mode).await,
            Some(("sqlite", path)) => file(path.strip_prefix("//").unwrap_or(path), default_mode).await,
            Some(("postgres" | "postgresql", _)) => postgres(url, default_mode).await,
            Some((scheme, _)) if scheme.chars().all(|sign| sign.is_ascii_alphanumeric()) => {
                Err(Error::Open(format!(
                    "cannot open the database: there is no store for {scheme:?}; \
                 use sqlite::memory:, sqlite:PATH or postgres://USER@HOST/DATABASE"
                )))
            }
            _ => Err(Error::Open(
                "cannot open the database: its URL has no scheme; \
                 use sqlite::memory:, sqlite:PATH or postgres://USER@HOST/DATABASE"
                    .to_owned(),
            )),
        }
    }

    pub(super) fn base(&self) -> Arc<Base> {
        Arc::clone(&self.base)
    }
}

/// One connection that never ends: with it the database would.
async fn memory(default_mode: Mode) -> Result<Store, Error> {
    let options = SqliteConnectOptions::new().in_memory(true).shared_cache(false).disable_statement_logging();
    let pool =
        one_connection().connect_with(options).await.map_err(|error| sqlite_refusal(":memory:", &error))?;
    MIGRATIONS.run(&pool).await.map_err(|error| migration_refusal("sqlite::memory:", &error))?;
    let pools = Pools::Sqlite { readers: pool.clone(), writer: pool };
    Ok(Store { pools, base: Arc::new(Base::wall(default_mode)) })
}

/// One writer, a few readers, write-ahead log; a commit is on the disk before it is answered.
async fn file(path: &str, default_mode: Mode) -> Result<Store, Error> {
    check_path(path)?;
    let refusal = |error: sqlx::Error| sqlite_refusal(path, &error);
    let options =
        SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_TIMEOUT).disable_statement_logging();
    let writing = options
        .clone()
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let writer = one_connection().connect_with(writing).await.map_err(refusal)?;
    MIGRATIONS.run(&writer).await.map_err(|error| migration_refusal(&format!("sqlite:{path}"), &error))?;
    let pool = PoolOptions::new().max_connections(FILE_READERS).acquire_timeout(CONNECT_TIMEOUT);
    let readers = pool.connect_with(options.read_only(true)).await.map_err(refusal)?;
    Ok(Store { pools: Pools::Sqlite { readers, writer }, base: Arc::new(Base::wall(default_mode)) })
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

async fn postgres(url: &str, default_mode: Mode) -> Result<Store, Error> {
    let options: PgConnectOptions = url.parse().map_err(|_| {
        // What sqlx says of a URL may quote it, password and all.
        Error::Open("cannot open the database: its URL is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned())
    })?;
    let options = options.application_name("sagebrush").disable_statement_logging();
    migrate_postgres(&options).await?;
    let limited = options.clone().options([
        ("statement_timeout", HOLD_LIMIT),
        ("lock_timeout", HOLD_LIMIT),
        ("idle_in_transaction_session_timeout", HOLD_LIMIT),
    ]);
    let pool: PgPool = PoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(CONNECT_TIMEOUT)
        .test_before_acquire(false)
        .connect_with(limited)
        .await
        .map_err(|error| postgres_refusal(&options, &error))?;
    let base = Base::database(pool.clone(), default_mode).await?;
    Ok(Store { pools: Pools::Postgres(pool), base: Arc::new(base) })
}

/// Brings the schema up to date on a connection of its own, which may take longer than a statement of the
/// service. Replicas that start together do it one after the other.
async fn migrate_postgres(options: &PgConnectOptions) -> Result<(), Error> {
    let unreachable = || {
        let what =
            format!("no answer within {} seconds; check host, port and network", CONNECT_TIMEOUT.as_secs());
        Error::Open(format!("cannot open the database {}: {what}", place(options)))
    };
    let connecting = tokio::time::timeout(CONNECT_TIMEOUT, PgConnection::connect_with(options)).await;
    let mut connection =
        connecting.map_err(|_| unreachable())?.map_err(|error| postgres_refusal(options, &error))?;
    sqlx::raw_sql(KEYTEXT)
        .execute(&mut connection)
        .await
        .map_err(|error| postgres_refusal(options, &error))?;
    MIGRATIONS.run(&mut connection).await.map_err(|error| migration_refusal(&place(options), &error))?;
    connection.close().await.map_err(|error| postgres_refusal(options, &error))
}

/// Text that sorts byte by byte, whatever the database's language; SQLite's text always does. The lock
/// keeps two replicas from making it at once.
const KEYTEXT: &str = "DO $$ BEGIN
    PERFORM pg_advisory_xact_lock(7243);
    IF to_regtype('keytext') IS NULL THEN CREATE DOMAIN keytext AS TEXT COLLATE \"C\"; END IF;
END $$";

/// Host, port and database: what may be told of a URL.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(socket) => format!("postgres socket {} database {database}", socket.display()),
        None => format!("postgres://{}:{}/{database}", options.get_host(), options.get_port()),
    }
}

fn postgres_refusal(options: &PgConnectOptions, error: &sqlx::Error) -> Error {
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let user = options.get_username();
    let what = match (code.as_deref(), error) {
        (Some("28P01"), _) => format!("the password of user {user:?} is wrong; correct it in the URL"),
        (Some("28000"), _) => format!("user {user:?} may not connect; check the user and pg_hba.conf"),
        (Some("3D000"), _) => "there is no such database; create it or name another".to_owned(),
        (Some("42501"), _) => {
            format!("user {user:?} may not create tables there; grant CREATE on the schema")
        }
        (Some("53300"), _) => "it has no connection left; raise max_connections or stop a replica".to_owned(),
        (_, sqlx::Error::Io(io)) => format!("the server cannot be reached ({io}); check host and port"),
        (_, sqlx::Error::PoolTimedOut) => {
            "no connection within 5 seconds; check the server's load".to_owned()
        }
        _ => error.to_string(),
    };
    Error::Open(format!("cannot open the database {}: {what}", place(options)))
}

fn migration_refusal(place: &str, error: &sqlx::migrate::MigrateError) -> Error {
    use sqlx::migrate::MigrateError as E;
    let what = match error {
        E::VersionMissing(version) => {
            format!(
                "a newer sagebrush has written it (schema {version}); use that version or another database"
            )
        }
        E::VersionMismatch(version) => {
            format!("its schema {version} is not the one of this version; use another database")
        }
        other => format!("its schema cannot be brought up to date: {other}"),
    };
    Error::Open(format!("cannot open the database {place}: {what}"))
}

//! PostgreSQL: several replicas may share it.

use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection};

use super::{POSTGRES_MIGRATIONS, migrate, migration_refusal};
use crate::clock::Mode;
use crate::store::base::Base;
use crate::store::{Error, Pools, Store};

/// A start that has not reached its database by then says so.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Enough connections to keep two cores busy over a network, few enough for PostgreSQL's default limit of
/// 100 with several replicas.
const CONNECTIONS: u32 = 16;

/// A connection that was not used for so long is asked whether it is still there before it is lent: after a
/// restart of the database nobody shall get one from before.
const TRUSTED: Duration = Duration::from_secs(1);

/// How long a statement or an idle transaction may hold its locks: a replica that was paused in the middle
/// is cut off, and its world goes on elsewhere.
const HOLD_LIMIT: &str = "5s";

pub(super) async fn open(url: &str, default_mode: Mode) -> Result<Store, Error> {
    let options: PgConnectOptions = url.parse().map_err(|_| {
        // What sqlx says of a URL may quote it, password and all.
        Error::Open("cannot open the database: its URL is not of the form postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned())
    })?;
    let options = options.application_name("sagebrush").disable_statement_logging();
    migrate_postgres(&options).await?;
    let pool = PgPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(CONNECT_TIMEOUT)
        .test_before_acquire(false)
        .before_acquire(|connection, lent| {
            Box::pin(async move { Ok(lent.idle_for < TRUSTED || connection.ping().await.is_ok()) })
        })
        .connect_with(limited(&options))
        .await
        .map_err(|error| postgres_refusal(&options, &error))?;
    let base = Base::database(pool.clone(), default_mode).await?;
    Ok(Store {
        pools: Pools::Postgres(pool),
        base: Arc::new(base),
        cache: None,
        generations: Arc::default(),
        said: Arc::default(),
        bell: Arc::default(),
        work: Arc::default(),
        lock: None,
    })
}

/// When the database gives up a connection whose replica does not answer any more: 25 seconds after it was heard
/// last, 10 after something was sent to it. Its own defaults are hours. They mean nothing on a Unix socket.
const LOST: [(&str, &str); 4] = [
    ("tcp_keepalives_idle", "10s"),
    ("tcp_keepalives_interval", "5s"),
    ("tcp_keepalives_count", "3"),
    ("tcp_user_timeout", "10s"),
];

/// The options of a connection that serves.
fn limited(options: &PgConnectOptions) -> PgConnectOptions {
    let limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"];
    options.clone().options(limits.map(|limit| (limit, HOLD_LIMIT))).options(LOST)
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
    migrate(&mut connection, &POSTGRES_MIGRATIONS).await.map_err(|error| match &error {
        MigrateError::Execute(cause) => postgres_refusal(options, cause),
        _ => migration_refusal(&place(options), &error),
    })?;
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
        (Some("25006"), _) => {
            "it is read-only; name a server and a user that may write, not a standby".to_owned()
        }
        (Some("28P01"), _) => format!("the password of user {user:?} is wrong; correct it in the URL"),
        (Some("28000"), _) => format!("user {user:?} may not connect; check the user and pg_hba.conf"),
        (Some("3D000"), _) => "there is no such database; create it or name another".to_owned(),
        (Some("42501"), _) => {
            format!("user {user:?} may not create tables there; grant CREATE on the schema")
        }
        (Some("53300"), _) => "it has no connection left; raise max_connections or stop a replica".to_owned(),
        (_, sqlx::Error::Io(io)) => format!("the server cannot be reached ({io}); check host and port"),
        (_, sqlx::Error::Protocol(_)) => {
            "what answers there is not PostgreSQL; check host and port".to_owned()
        }
        (_, sqlx::Error::PoolTimedOut) => {
            "no connection within 5 seconds; check the server's load".to_owned()
        }
        _ => error.to_string(),
    };
    Error::Open(format!("cannot open the database {}: {what}", place(options)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_that_serves_may_not_hold_its_locks_for_long() {
        let url = "postgres://u@h/d?options[search_path]=s";
        let options = limited(&url.parse().expect("a URL"));
        let text = options.get_options().expect("it has options");
        assert_eq!(
            text,
            "-c search_path=s -c statement_timeout=5s -c lock_timeout=5s -c idle_in_transaction_session_timeout=5s \
             -c tcp_keepalives_idle=10s -c tcp_keepalives_interval=5s -c tcp_keepalives_count=3 -c tcp_user_timeout=10s"
        );
    }
}

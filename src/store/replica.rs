//! The servers that share a PostgreSQL: who is there, and who of them may move a world's time.
//!
//! A server has a [`Seat`] among them, with a connection of its own: whoever waits for one of the others cannot
//! make it look dead. All instants here are the database's. A turn is an advisory lock of the seat's session, so
//! it ends with its holder: at once when the process dies, after [`SILENCE`] when it is frozen. Nothing that
//! is stored depends on it; it only puts those who move one world's time one after the other.

mod barrier;

use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection};
use tokio::time::timeout;
use uuid::Uuid;

use super::row::{Arg, Row, bound};
use super::{Error, Pools, Store};
use crate::domain::world::WorldId;

pub use barrier::Signals;

/// Who has not been seen for so long is not waited for.
macro_rules! live_ms {
    () => {
        "2000"
    };
}
use live_ms;

/// The database's clock.
macro_rules! now {
    () => {
        "(EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT"
    };
}
use now;

/// A session that says nothing for so long is ended by the database, its turns with it.
const SILENCE: &str = "5s";

/// The longest for one statement or connection: what is slower is as good as gone.
const CALL: Duration = Duration::from_secs(3);

/// This server's place among those that share the database.
#[derive(Debug)]
pub struct Seat {
    name: String,
    id: String,
    ordinal: u64,
    options: Arc<PgConnectOptions>,
    link: Option<PgConnection>,
    sessions: u64,
}

/// What another server asks: to write what was counted in this world, or in all, and to read its routes anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What the answer names.
    pub barrier: String,
    /// `None` for all worlds.
    pub world: Option<WorldId>,
}

impl Store {
    /// Whether several servers may work on it at a time.
    pub fn is_shared(&self) -> bool {
        matches!(self.pools, Pools::Postgres(_))
    }

    /// A place under this name among the servers that share the database; `None` if it cannot be shared.
    pub async fn seat(&self, name: &str) -> Result<Option<Seat>, Error> {
        let Pools::Postgres(pool) = &self.pools else { return Ok(None) };
        let (name, options) = (name.to_owned(), pool.connect_options());
        let mut seat = Seat { name, id: String::new(), ordinal: 0, options, link: None, sessions: 0 };
        seat.enter().await?;
        Ok(Some(seat))
    }
}

impl Seat {
    /// By which the others know it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The smallest number that was free: 0 for a server that is alone.
    pub fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// The session in which its turns are held; none while there is no connection. Turns end with theirs.
    pub fn session(&self) -> Option<u64> {
        self.link.is_some().then_some(self.sessions)
    }

    /// Says that this server is there.
    pub async fn beat(&mut self) -> Result<(), Error> {
        let id = self.id.clone();
        // Who has been away for a minute is not only late.
        let sql = concat!(
            "WITH gone AS (DELETE FROM replicas WHERE id <> $1 AND seen_ms < ",
            now!(),
            " - 60000) UPDATE replicas SET seen_ms = ",
            now!(),
            " WHERE id = $1 RETURNING 1"
        );
        if self.read(sql, &[(&id).into()]).await?.is_empty() {
            // It was away for so long that somebody removed it.
            self.enter().await?;
        }
        Ok(())
    }

    /// Takes a place, after removing who has not been seen for long.
    async fn enter(&mut self) -> Result<(), Error> {
        let gone = concat!("DELETE FROM replicas WHERE seen_ms < ", now!(), " - ", live_ms!());
        self.read(gone, &[]).await?;
        let sql = concat!(
            "INSERT INTO replicas (id, name, ordinal, seen_ms) SELECT $1, $2, MIN(free), ",
            now!(),
            " FROM (SELECT 0 AS free UNION ALL SELECT ordinal + 1 FROM replicas) AS numbers \
             WHERE free NOT IN (SELECT ordinal FROM replicas) \
             ON CONFLICT (ordinal) DO NOTHING RETURNING ordinal"
        );
        let (id, name) = (Uuid::new_v4().to_string(), self.name.clone());
        loop {
            // Nothing is returned if somebody else took that ordinal at the same time.
            if let Some(mut row) = self.read(sql, &[(&id).into(), (&name).into()]).await?.into_iter().next() {
                self.ordinal = row.int()?.unsigned_abs();
                self.id = id;
                return Ok(());
            }
        }
    }

    /// What others wait for this server to do.
    pub async fn asked(&mut self) -> Result<Vec<Asked>, Error> {
        let id = self.id.clone();
        let sql = "SELECT id, account, region FROM barriers WHERE replica_id = $1";
        let asked = |mut row: Row| {
            let (barrier, account, region) = (row.text()?, row.maybe_text()?, row.maybe_text()?);
            let world = account.zip(region).map(|(account, region)| WorldId::new(account, region));
            Ok(Asked { barrier, world })
        };
        self.read(sql, &[(&id).into()]).await?.into_iter().map(asked).collect()
    }

    /// Says that it has done what it was asked.
    pub async fn answer(&mut self, barrier: &str) -> Result<(), Error> {
        let id = self.id.clone();
        let sql = "DELETE FROM barriers WHERE id = $1 AND replica_id = $2";
        self.read(sql, &[barrier.into(), (&id).into()]).await.map(drop)
    }

    /// Takes the turn of this world unless somebody else has it; then answers whether other servers are there.
    pub async fn try_turn(&mut self, world: &WorldId) -> Result<Option<bool>, Error> {
        let sql = concat!(
            "SELECT CASE WHEN pg_try_advisory_lock(hashtextextended(current_schema() || ' ' || $1, 0)) \
             THEN (SELECT COUNT(*) FROM replicas WHERE id <> $2 AND seen_ms >= ",
            now!(),
            " - ",
            live_ms!(),
            ") END"
        );
        let (key, id) = (key(world), self.id.clone());
        let row = self.read(sql, &[(&key).into(), (&id).into()]).await?.into_iter().next();
        let others = row.map_or(Ok(None), |mut row| row.maybe_int())?;
        Ok(others.map(|others| others > 0))
    }

    /// Ends a turn that was taken in the present session.
    pub async fn end_turn(&mut self, world: &WorldId) -> Result<(), Error> {
        let sql = "SELECT 1 WHERE pg_advisory_unlock(hashtextextended(current_schema() || ' ' || $1, 0))";
        self.read(sql, &[(&key(world)).into()]).await.map(drop)
    }

    /// Leaves: nobody waits for this server any more.
    pub async fn leave(&mut self) -> Result<(), Error> {
        let id = self.id.clone();
        self.read("DELETE FROM replicas WHERE id = $1", &[(&id).into()]).await?;
        if let Some(link) = self.link.take() {
            link.close().await?;
        }
        Ok(())
    }

    /// One statement. Whatever goes wrong ends the session: what it held is then in nobody's hands, instead of
    /// in the hands of one who may not know it.
    async fn read(&mut self, sql: &'static str, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        let link = match &mut self.link {
            Some(link) => link,
            none => {
                let link = in_time(open(&self.options)).await?;
                self.sessions += 1;
                none.insert(link)
            }
        };
        let statement = sqlx::query_with(AssertSqlSafe(sql), bound::<PgArguments>(args)?);
        let read = in_time(async { statement.fetch_all(link).await?.iter().map(Row::of).collect() }).await;
        if read.is_err() {
            self.link = None;
        }
        read
    }
}

/// A connection that the database ends when it is silent for too long, where it can: from version 14 on.
async fn open(options: &PgConnectOptions) -> Result<PgConnection, sqlx::Error> {
    let options = options.clone().application_name("sagebrush seat");
    let mut link = PgConnection::connect_with(&options).await?;
    let sql = "SELECT set_config(name, $1, false) FROM pg_settings WHERE name = 'idle_session_timeout'";
    sqlx::query(sql).bind(SILENCE).fetch_all(&mut link).await?;
    Ok(link)
}

async fn in_time<T>(call: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Error> {
    Ok(timeout(CALL, call).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))?)
}

/// What a turn is about, beside the schema.
fn key(world: &WorldId) -> String {
    format!("{}/{}", world.account, world.region)
}

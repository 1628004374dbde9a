//! Barriers: what is asked of all other servers that share the database, and who has not done it yet.
//!
//! A question is a row for each of them, which the one that is asked removes. A signal that there is
//! something to read comes after the commit and may be lost; whoever is asked looks for himself, too.

use sqlx::PgPool;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgListener;

use super::{live_ms, now};
use crate::domain::world::WorldId;
use crate::store::{Error, Pools, Store};

/// Where the signals go: those of each schema apart.
macro_rules! channel {
    () => {
        "'sagebrush_' || md5(current_schema())"
    };
}

impl Store {
    /// Asks all live servers but this one about a world, or about all; answers how many it asked.
    pub async fn ask(&self, barrier: &str, seat: &str, world: Option<&WorldId>) -> Result<u64, Error> {
        let sql = concat!(
            "INSERT INTO barriers (id, replica_id, account, region) SELECT $1, id, $3, $4 FROM replicas \
             WHERE id <> $2 AND seen_ms >= ",
            now!(),
            " - ",
            live_ms!(),
            " FOR KEY SHARE"
        );
        let (account, region) = (world.map(|id| id.account.as_str()), world.map(|id| id.region.as_str()));
        let args = [barrier.into(), seat.into(), account.into(), region.into()];
        let asked = self.session().execute(sql, &args).await?;
        if asked > 0 {
            let signal = concat!("SELECT 1 FROM pg_notify(", channel!(), ", '')");
            self.session().read(signal, &[]).await?;
        }
        Ok(asked)
    }

    /// Who has not answered yet, by name.
    pub async fn unanswered(&self, barrier: &str) -> Result<Vec<String>, Error> {
        let sql = "SELECT name FROM replicas WHERE id IN (SELECT replica_id FROM barriers WHERE id = $1) \
                   ORDER BY name";
        let rows = self.session().read(sql, &[barrier.into()]).await?;
        rows.into_iter().map(|mut row| row.text()).collect()
    }

    /// Waits for no more answers.
    pub async fn withdraw(&self, barrier: &str) -> Result<(), Error> {
        let sql = "DELETE FROM barriers WHERE id = $1";
        self.session().execute(sql, &[barrier.into()]).await.map(drop)
    }

    /// The signals of others, where there are others. What was asked before this is there by polling alone.
    pub async fn signals(&self) -> Result<Option<Signals>, Error> {
        let Pools::Postgres(pool) = &self.pools else { return Ok(None) };
        let options = (*pool.connect_options()).clone().application_name("sagebrush signals");
        let one = PoolOptions::new().max_connections(1).acquire_timeout(pool.options().get_acquire_timeout());
        let own: PgPool = one.connect_with(options).await?;
        let mut listener = PgListener::connect_with(&own).await?;
        let channel: (String,) = sqlx::query_as(concat!("SELECT ", channel!())).fetch_one(pool).await?;
        listener.listen(&channel.0).await?;
        Ok(Some(Signals(listener)))
    }

    /// What is remembered of a world for requests is outdated: another server has changed it.
    pub fn outdate(&self, world: Option<&WorldId>) {
        self.notice(world).tell();
    }
}

/// Signals on a connection of their own.
#[derive(Debug)]
pub struct Signals(PgListener);

impl Signals {
    /// Comes back with a signal, and also when the connection was lost and is there again: signals were lost with
    /// it.
    pub async fn next(&mut self) -> Result<(), Error> {
        self.0.try_recv().await?;
        Ok(())
    }
}

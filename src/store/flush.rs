//! Which flush of a meter was the last one that was made: written with what it flushed, in one transaction.
//! Whoever did not hear how a flush ended finds out here.

use super::{Error, Store, Tx};

/// How long the last flush of a meter is remembered. Nobody is in doubt for longer than the database is away.
const KEPT_MS: i64 = 86_400_000;

impl Tx {
    /// Writes that this flush of this meter is made; a meter's later flushes have larger numbers.
    pub async fn set_flushed(&mut self, meter: &str, number: i64) -> Result<(), Error> {
        let sql = "INSERT INTO flushes (account, region, meter, number, at_ms) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT (account, region, meter) DO UPDATE SET number = excluded.number, at_ms = excluded.at_ms";
        let (world, at) = (self.id().clone(), self.begun_at());
        let args = [(&world.account).into(), (&world.region).into(), meter.into(), number.into(), at.into()];
        self.execute(sql, &args).await.map(drop)
    }

    /// The last flush of this meter in this world that was made.
    pub async fn last_flush(&mut self, meter: &str) -> Result<Option<i64>, Error> {
        let sql = "SELECT number FROM flushes WHERE account = $1 AND region = $2 AND meter = $3";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), meter.into()];
        self.read_one(sql, &args).await?.map(|mut row| row.int()).transpose()
    }
}

impl Store {
    /// Forgets the flushes of meters that have not written for a day.
    pub async fn forget_flushes(&self) -> Result<(), Error> {
        let mut session = self.session();
        let before = session.base_now().await?.plus_ms(-KEPT_MS);
        session.execute("DELETE FROM flushes WHERE at_ms < $1", &[before.into()]).await.map(drop)
    }
}

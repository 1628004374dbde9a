//! How many instances of a type a world has room for, and how many its account may have.

use super::session::Session;
use super::{Error, Tx};
use crate::domain::limit::{Limit, Limits};
use crate::domain::world::WorldId;

impl Session {
    /// The limits of a world.
    pub async fn limits(&mut self, world: &WorldId) -> Result<Limits, Error> {
        let sql = "SELECT instance_type, pool, quota FROM instance_limits WHERE account = $1 AND region = $2";
        let rows = self.read(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        let read = rows.into_iter().map(|mut row| {
            let (instance_type, pool, quota) = (row.text()?, row.maybe_int()?, row.maybe_int()?);
            let count = |count: Option<i64>| count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
            Ok((instance_type, Limit { pool: count(pool), quota: count(quota) }))
        });
        read.collect::<Result<_, Error>>().map(Limits)
    }
}

impl Tx {
    /// Sets the limits of an instance type; one without any has none.
    pub async fn put_limit(&mut self, instance_type: &str, limit: Limit) -> Result<(), Error> {
        let world = self.id().clone();
        let found = [(&world.account).into(), (&world.region).into(), instance_type.into()];
        if limit == Limit::default() {
            let sql = "DELETE FROM instance_limits WHERE account = $1 AND region = $2 AND instance_type = $3";
            self.execute(sql, &found).await?;
        } else {
            let sql = "INSERT INTO instance_limits (account, region, instance_type, pool, quota) \
                       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account, region, instance_type) \
                       DO UPDATE SET pool = excluded.pool, quota = excluded.quota";
            let numbers = [limit.pool.map(i64::from).into(), limit.quota.map(i64::from).into()];
            self.execute(sql, &[&found[..], &numbers].concat()).await?;
        }
        self.world.limits = count(&self.limits(&world).await?);
        Ok(())
    }
}

/// For how many types there are limits: what a world's row says of them.
pub(super) fn count(limits: &Limits) -> i64 {
    i64::try_from(limits.0.len()).unwrap_or(i64::MAX)
}

//! The outbox: events on their way to targets, written in the transaction that tells of the event.
//!
//! What is in one lane goes in the order of the numbers: only the first of a lane is ever handed out. Whoever carries it
//! holds a claim with a token; a claim that is too old is anybody's, so what a server that died was carrying is carried
//! again. Times are of the world's clock, but for those of claims.

use std::sync::Arc;

use super::row::{Arg, Row};
use super::session::Session;
use super::statement::Statement;
use super::{Error, Store, Tx};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// How long a claim holds: longer than any attempt may take.
pub const CLAIM_MS: i64 = 15_000;

/// A delivery to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewDelivery<'a> {
    /// What goes in order.
    pub lane: &'a str,
    /// The rule that wants it.
    pub rule_arn: &'a str,
    /// The target as it is now, as text.
    pub target: &'a str,
    /// The whole event as JSON.
    pub event: &'a str,
    /// When it is to be delivered first.
    pub due: Timestamp,
}

/// A delivery that is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its place in the world's order.
    pub number: i64,
    /// What goes in order.
    pub lane: String,
    /// The rule that wants it.
    pub rule_arn: String,
    /// The target as it was when the event happened, as text.
    pub target: String,
    /// The whole event as JSON.
    pub event: String,
    /// When it was to be delivered first, to its target or to the dead-letter queue.
    pub began: Timestamp,
    /// When it is tried next.
    pub due: Timestamp,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// Why it failed last.
    pub failure: Option<String>,
    /// Why its target was given up, as text: the target's queue for that is to be told.
    pub dead_letter: Option<String>,
}

const COLUMNS: &str =
    "number, lane, rule_arn, target, event, began_ms, due_ms, attempts, failure, dead_letter";

fn read(mut row: Row) -> Result<Delivery, Error> {
    let (number, lane, rule_arn, target) = (row.int()?, row.text()?, row.text()?, row.text()?);
    let (event, began, due, attempts) = (row.text()?, row.at()?, row.at()?, row.int()?);
    let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
    let (failure, dead_letter) = (row.maybe_text()?, row.maybe_text()?);
    Ok(Delivery { number, lane, rule_arn, target, event, began, due, attempts, failure, dead_letter })
}

fn of(world: &WorldId) -> [Arg<'_>; 2] {
    [(&world.account).into(), (&world.region).into()]
}

impl Store {
    /// The worlds in which something is on its way.
    pub async fn outboxes(&self) -> Result<Vec<WorldId>, Error> {
        let sql = "SELECT DISTINCT account, region FROM deliveries ORDER BY account, region";
        let rows = self.session().read(sql, &[]).await?;
        rows.into_iter().map(|mut row| Ok(WorldId::new(row.text()?, row.text()?))).collect()
    }

    /// How much is on its way in all worlds.
    pub async fn outbox_depth(&self) -> Result<u64, Error> {
        let row = self.session().read_one("SELECT COUNT(*) FROM deliveries", &[]).await?;
        let depth = row.map_or(Ok(0), |mut row| row.int())?;
        Ok(u64::try_from(depth).unwrap_or(0))
    }
}

impl Session {
    /// What is on its way in a world, the oldest first, at most so many.
    pub async fn deliveries(&mut self, world: &WorldId, limit: u32) -> Result<Vec<Delivery>, Error> {
        let mut statement = Statement::new("SELECT ", &of(world));
        statement
            .push(COLUMNS)
            .push(" FROM deliveries WHERE account = $1 AND region = $2 ORDER BY number LIMIT ");
        statement.bind(i64::from(limit));
        statement.read(self).await?.into_iter().map(read).collect()
    }

    /// The earliest instant at which the first of a lane is due; none where nothing is on its way.
    pub async fn next_delivery(&mut self, world: &WorldId) -> Result<Option<Timestamp>, Error> {
        let sql = "SELECT MIN(due_ms) FROM deliveries AS first WHERE account = $1 AND region = $2 AND NOT EXISTS (\
                   SELECT 1 FROM deliveries AS earlier WHERE earlier.account = $1 AND earlier.region = $2 \
                   AND earlier.lane = first.lane AND earlier.number < first.number)";
        let row = self.read_one(sql, &of(world)).await?;
        row.map_or(Ok(None), |mut row| row.maybe_at())
    }
}

impl Tx {
    /// Writes a delivery.
    pub async fn append_delivery(&mut self, new: &NewDelivery<'_>) -> Result<(), Error> {
        let sql = "INSERT INTO deliveries (account, region, number, lane, rule_arn, target, event, began_ms, due_ms, attempts) \
                   SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $7, 0 \
                   FROM deliveries WHERE account = $1 AND region = $2";
        let world = self.id().clone();
        let NewDelivery { lane, rule_arn, target, event, due } = *new;
        let rest = [lane.into(), rule_arn.into(), target.into(), event.into(), due.into()];
        self.execute(sql, &[&of(&world)[..], &rest].concat()).await?;
        self.rings = Some(Arc::clone(&self.bell));
        Ok(())
    }

    /// Claims the first deliveries of lanes that are due by the transaction's now and that nobody carries, of all lanes or
    /// of this one, at most so many.
    pub async fn claim_deliveries(
        &mut self,
        claim: &str,
        lane: Option<&str>,
        limit: u32,
    ) -> Result<Vec<Delivery>, Error> {
        let world = self.id().clone();
        let (now, lost) = (self.now(), self.begun_at().plus_ms(-CLAIM_MS));
        let args = [&of(&world)[..], &[now.into(), lost.into()]].concat();
        let mut statement = Statement::new("SELECT ", &args);
        statement.push(COLUMNS).push(
            " FROM deliveries AS first WHERE account = $1 AND region = $2 AND due_ms <= $3 \
             AND (claimed_base_ms IS NULL OR claimed_base_ms < $4) AND NOT EXISTS (\
             SELECT 1 FROM deliveries AS earlier WHERE earlier.account = $1 AND earlier.region = $2 \
             AND earlier.lane = first.lane AND earlier.number < first.number)",
        );
        statement.filter(" AND lane = ", lane).push(" ORDER BY due_ms, number LIMIT ").bind(i64::from(limit));
        let found: Vec<_> =
            statement.read(self).await?.into_iter().map(read).collect::<Result<_, Error>>()?;
        if !found.is_empty() {
            let sql = "UPDATE deliveries SET claim = $3, claimed_base_ms = $4 WHERE account = $1 AND region = $2 AND number IN ";
            let args = [&of(&world)[..], &[claim.into(), self.begun_at().into()]].concat();
            let mut statement = Statement::new(sql, &args);
            statement.bind_list(found.iter().map(|delivery| delivery.number));
            statement.execute(self).await?;
        }
        Ok(found)
    }

    /// Whether a delivery is still ours to carry.
    pub async fn holds_delivery(&mut self, number: i64, claim: &str) -> Result<bool, Error> {
        let sql =
            "SELECT 1 FROM deliveries WHERE account = $1 AND region = $2 AND number = $3 AND claim = $4";
        let world = self.id().clone();
        let args = [&of(&world)[..], &[number.into(), claim.into()]].concat();
        Ok(self.read_one(sql, &args).await?.is_some())
    }

    /// Ends a delivery that we carry; false if it is not ours any more.
    pub async fn end_delivery(&mut self, number: i64, claim: &str) -> Result<bool, Error> {
        let sql = "DELETE FROM deliveries WHERE account = $1 AND region = $2 AND number = $3 AND claim = $4";
        let world = self.id().clone();
        let args = [&of(&world)[..], &[number.into(), claim.into()]].concat();
        Ok(self.execute(sql, &args).await? > 0)
    }

    /// Puts a delivery that we carry back with what has become of it; nothing happens if it is not ours any more.
    pub async fn put_back_delivery(&mut self, delivery: &Delivery, claim: &str) -> Result<(), Error> {
        let sql = "UPDATE deliveries SET due_ms = $5, attempts = $6, failure = $7, dead_letter = $8, began_ms = $9, \
                   claim = NULL, claimed_base_ms = NULL WHERE account = $1 AND region = $2 AND number = $3 AND claim = $4";
        let world = self.id().clone();
        let rest = [
            delivery.number.into(),
            claim.into(),
            delivery.due.into(),
            i64::from(delivery.attempts).into(),
            delivery.failure.as_deref().into(),
            delivery.dead_letter.as_deref().into(),
            delivery.began.into(),
        ];
        self.execute(sql, &[&of(&world)[..], &rest].concat()).await.map(drop)
    }
}

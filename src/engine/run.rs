//! Everything due happens: in order, each thing at its own instant, a transaction at a time.

use std::collections::BTreeMap;

use super::change::Change;
use super::step::step;
use super::{Engine, Error};
use crate::clock::Timestamp;
use crate::domain::endpoint::Rank;
use crate::domain::world::WorldId;
use crate::store::{EndpointRow, Tx};

/// Steps in one transaction: enough that its own cost does not count, few enough that the world is not
/// locked for long.
const BATCH: u32 = 256;

/// How far a run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Until {
    /// To this instant, which the world's time then has reached.
    Instant(Timestamp),
    /// To the last step that is due by this instant, where the world's time then stands.
    LastStep(Timestamp),
}

impl Engine {
    /// Makes everything happen that is due up to `target`, and brings the world's time there if it is not
    /// there yet. Answers what changed, in order.
    pub async fn run_until(&self, world: &WorldId, target: Timestamp) -> Result<Vec<Change>, Error> {
        self.run(world, Until::Instant(target)).await
    }

    pub(super) async fn run(&self, world: &WorldId, until: Until) -> Result<Vec<Change>, Error> {
        let (Until::Instant(limit) | Until::LastStep(limit)) = until;
        let mut changes = Vec::new();
        loop {
            let mut tx = self.store.begin(world).await?;
            let more = self.batch(&mut tx, limit, &mut changes).await?;
            if let (false, Until::Instant(target)) = (more, until) {
                tx.set_reached(target);
            }
            // Time stands where it was brought to, also on a clock that runs: it goes on from there.
            let (reached, base_now) = (tx.world().reached, tx.begun_at());
            if reached > tx.world().clock.now(base_now) {
                let clock = tx.world().clock.moved_to(reached, base_now);
                tx.set_clock(clock);
            }
            tx.commit().await?;
            if !more {
                return Ok(changes);
            }
        }
    }

    /// Takes what is due up to `limit`, at most a batch of it; true if there may be more.
    pub(super) async fn batch(
        &self,
        tx: &mut Tx,
        limit: Timestamp,
        changes: &mut Vec<Change>,
    ) -> Result<bool, Error> {
        let world = tx.id().clone();
        let due = tx.due_endpoints(&world, limit, BATCH).await?;
        let mut queue = BTreeMap::new();
        for (at, row) in due {
            queue.insert(place(at, &row), row);
        }
        // What is due again is queued again. It cannot overtake what was not read: by the time its turn
        // comes after everything that was read, the batch is full.
        for _ in 0..BATCH {
            let Some(((at, ..), row)) = queue.pop_first() else { return Ok(false) };
            let stepped = step(tx, row, at, &self.rules).await?;
            changes.extend(stepped.change);
            if let Some(row) = stepped.row
                && let Some(again) = row.wake.filter(|again| *again <= limit)
            {
                queue.insert(place(again, &row), row);
            }
        }
        Ok(true)
    }
}

/// The place of an endpoint in the order of things: its instant, its rank, its name.
fn place(at: Timestamp, row: &EndpointRow) -> (Timestamp, Rank, String) {
    (at, row.endpoint.rank(), row.endpoint.name.to_lowercase())
}

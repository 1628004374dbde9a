//! `advance`: a world's time is moved on, and everything due on the way happens before the answer.

use super::change::Change;
use super::clock::Reading;
use super::run::Until;
use super::step::RETRIES;
use super::{Engine, Error};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// The longest way of one advance: 366 days.
pub const LONGEST_ADVANCE_MS: i64 = 366 * 86_400_000;

/// How far to advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// By so many milliseconds; by none everything due happens that is due already.
    By(i64),
    /// To the next change of an endpoint; nowhere if nothing is in transition.
    Next,
    /// Until no endpoint is in transition.
    Idle,
}

/// What came of an advance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advanced {
    /// The clock afterwards.
    pub reading: Reading,
    /// What happened on the way, in order.
    pub changes: Vec<Change>,
}

impl Engine {
    /// Moves the time of this world on, in every mode; two advances of one world run one after the other.
    pub async fn advance(&self, world: &WorldId, advance: Advance) -> Result<Advanced, Error> {
        let turn = self.turn(world);
        let _held = turn.lock().await;
        let now = self.clock(world).await?.now;
        let changes = match advance {
            Advance::By(ms) if (0..=LONGEST_ADVANCE_MS).contains(&ms) => {
                self.run_until(world, now.plus_ms(ms)).await?
            }
            Advance::By(ms) => return Err(Error::Refused(out_of_range(ms))),
            Advance::Next => self.run_to_next(world, now).await?,
            Advance::Idle => self.run(world, Until::LastStep(now.plus_ms(LONGEST_ADVANCE_MS))).await?,
        };
        let reading = self.clock(world).await?;
        self.wake();
        Ok(Advanced { reading, changes })
    }

    /// To the next change of an endpoint. One that only has to look at its alarms and finds nothing is none, nor
    /// is a step that fails and is tried again; an alarm on the way may make one change earlier than it would
    /// have by itself.
    async fn run_to_next(&self, world: &WorldId, now: Timestamp) -> Result<Vec<Change>, Error> {
        loop {
            let next = self.store.session().earliest_wake(world, RETRIES).await?;
            let target = next.map_or(now, |next| next.max(now));
            let changes = self.run(world, Until::Change(target)).await?;
            if next.is_none() || !changes.is_empty() {
                return Ok(changes);
            }
        }
    }
}

fn out_of_range(ms: i64) -> String {
    let most = LONGEST_ADVANCE_MS / 1000;
    if ms < 0 {
        format!("Time only moves forward: the seconds to advance must be from 0 to {most}.")
    } else {
        format!("The seconds to advance must be from 0 to {most} (366 days).")
    }
}

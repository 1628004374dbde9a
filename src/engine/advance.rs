//! `advance`: a world's time is moved on, and everything due on the way happens before the answer.

use std::collections::BTreeSet;

use super::barrier::WAIT_MS;
use super::change::Change;
use super::clock::Reading;
use super::run::Until;
use super::step::RETRIES;
use super::{Engine, Error};
use crate::clock::{Timestamp, steady_now};
use crate::domain::world::WorldId;

/// The longest way of one advance: 366 days.
pub const LONGEST_ADVANCE_MS: i64 = 366 * 86_400_000;

/// The longest wait for other servers before time is moved. It leaves as much for afterwards.
const WAIT_BEFORE_MS: i64 = WAIT_MS / 2;

/// How far to advance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advance {
    /// By so many milliseconds; by none everything due happens that is due already.
    By(i64),
    /// To the next change of an endpoint; nowhere if nothing is in transition.
    Next,
    /// Until no endpoint is in transition, but for those that are paused in a bake.
    Idle,
}

/// What came of an advance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advanced {
    /// The clock afterwards.
    pub reading: Reading,
    /// What happened on the way, in order.
    pub changes: Vec<Change>,
    /// Servers that share the database and did not answer in time, by name: what they counted before may be
    /// missing in what alarms have judged, and they may not know yet what has changed.
    pub late: BTreeSet<String>,
}

impl Engine {
    /// Moves the time of this world on, in every mode; two advances of one world run one after the other. Other
    /// servers write before what they have counted, and know afterwards what has changed. What was to be delivered on the
    /// way was tried when this answers.
    pub async fn advance(&self, world: &WorldId, advance: Advance) -> Result<Advanced, Error> {
        if let Advance::By(ms) = advance
            && !(0..=LONGEST_ADVANCE_MS).contains(&ms)
        {
            return Err(Error::Refused(out_of_range(ms)));
        }
        let mut turn = self.turn(world).await?;
        let (mut late, begun) = (BTreeSet::new(), steady_now());
        if turn.has_company() {
            late.extend(self.gather(Some(world), WAIT_BEFORE_MS).await?);
        }
        let waited_ms = steady_now().ms_since(begun);
        let changes = turn.keep(self.advanced(world, advance)).await?;
        if turn.has_company() {
            late.extend(self.gather(Some(world), WAIT_MS - waited_ms).await?);
        }
        let reading = self.clock(world).await?;
        self.wake();
        self.carried(world, reading.now).await?;
        Ok(Advanced { reading, changes, late })
    }

    async fn advanced(&self, world: &WorldId, advance: Advance) -> Result<Vec<Change>, Error> {
        let now = self.clock(world).await?.now;
        match advance {
            Advance::By(ms) => self.run_until(world, now.plus_ms(ms)).await,
            Advance::Next => self.run_to_next(world, now).await,
            Advance::Idle => self.run(world, Until::LastStep(now.plus_ms(LONGEST_ADVANCE_MS))).await,
        }
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

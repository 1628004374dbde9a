//! One step of one endpoint, at the instant at which it is due, and what is done when it fails.
//!
//! A step that fails takes nothing with it: what else happened in its transaction stays, and what is due goes on.
//! It is tried again on the world's clock, so that the same history comes of it at any pace.

use super::apply::{Made, apply};
use super::attempt::{Fault, attempt};
use super::change::{Change, Standing};
use super::injection::begin_at_step;
use super::observe::{next_look, observe};
use super::{Error, copies};
use crate::clock::Timestamp;
use crate::domain::endpoint::{Endpoint, Transition};
use crate::domain::journal::Door;
use crate::domain::rules::Rules;
use crate::store::{EndpointRow, Tx};

/// A step that has failed is tried again after so long, and then after twice as long as the time before.
const BACK_OFF_MS: i64 = 1_000;

/// So often it is tried again before the endpoint is given up: seven seconds in all, enough for a fault that
/// hangs on one instant, and little beside what a deployment takes.
pub(super) const RETRIES: u32 = 3;

/// What cannot even be given up is tried again after so long at the latest: only a later version or somebody's
/// hand can mend it, and a year of it is no more than 50,000 tries.
const LONGEST_BACK_OFF_MS: i64 = 600_000;

/// What came of a step.
pub(super) struct Stepped {
    /// The endpoint as it is now; `None` when it is gone or was changed by somebody else.
    pub row: Option<EndpointRow>,
    /// What changed, in order; nothing when it only had a look, and when the step failed.
    pub changes: Vec<Change>,
}

/// Steps the endpoint in `row` at `due`.
pub(super) async fn step(
    tx: &mut Tx,
    row: EndpointRow,
    due: Timestamp,
    rules: &Rules,
) -> Result<Stepped, Error> {
    // The base time may go back; what happens to an endpoint never does.
    let at = due.max(row.endpoint.modified_at);
    match attempt(tx, async |tx| take(tx, row.clone(), at, rules).await).await? {
        Ok(stepped) => Ok(stepped),
        Err(fault) => failed(tx, row, at, &fault, rules).await,
    }
}

/// The domain's step, or a look that finds nothing.
async fn take(tx: &mut Tx, mut row: EndpointRow, at: Timestamp, rules: &Rules) -> Result<Stepped, Error> {
    let observed = observe(tx, &row.endpoint, at, rules).await?;
    if let Some(transition) = row.endpoint.clone().step(at, &observed, rules) {
        return make(tx, row, transition, Door::Step { seq: observed.seq }, at, rules).await;
    }
    if tx.world().components > 0 && row.endpoint.hosts_components() {
        Box::pin(copies::settle(tx, &row.endpoint.name, Some(&row.endpoint), at, rules)).await?;
    }
    let look = next_look(tx, &row.endpoint, true, at, rules).await?;
    if look.is_some_and(|look| look <= at) {
        let what = format!("it is due at {at} and nothing comes of it");
        return Err(Error::Step { endpoint: row.endpoint.name, what });
    }
    tx.wake_endpoint(&mut row, look).await?;
    Ok(Stepped { row: Some(row), changes: Vec::new() })
}

/// Makes a transition true, and tells what it changes.
async fn make(
    tx: &mut Tx,
    row: EndpointRow,
    transition: Transition,
    door: Door,
    at: Timestamp,
    rules: &Rules,
) -> Result<Stepped, Error> {
    let from = Standing::of(&row.endpoint, rules);
    let change = Change::of(&row.endpoint.name, from, &transition, at, rules);
    let gone = transition.next.is_none();
    let by = transition.record.is_some().then_some(door);
    let row = apply(tx, row, Made { transition, by }, at, rules).await?;
    let mut changes = Vec::from_iter((gone || row.is_some()).then_some(change));
    let Some(row) = row else { return Ok(Stepped { row: None, changes }) };
    let (row, more) = begin_at_step(tx, row, at, rules).await?;
    changes.extend(more);
    Ok(Stepped { row, changes })
}

/// What is done when the step at `at` has failed: it is tried again later; after that the endpoint is given up,
/// and where that fails too it is left as it stands. A deletion has no other end than its own.
async fn failed(
    tx: &mut Tx,
    row: EndpointRow,
    at: Timestamp,
    fault: &Fault,
    rules: &Rules,
) -> Result<Stepped, Error> {
    let faults = row.faults.saturating_add(1);
    let mut row = if faults == 1 { told(tx, row, at, fault, rules).await? } else { row };
    if faults > RETRIES {
        let ways: [(Door, Way); 2] = [(Door::GiveUp, Endpoint::give_up), (Door::Strand, Endpoint::strand)];
        for (door, way) in ways {
            let ended = attempt(tx, async |tx| match way(row.endpoint.clone(), at, rules) {
                Some(transition) => make(tx, row.clone(), transition, door, at, rules).await.map(Some),
                None => Ok(None),
            });
            match ended.await? {
                Ok(Some(stepped)) => return Ok(stepped),
                Ok(None) => break,
                Err(fault) if faults == RETRIES + 1 => {
                    tx.warn(&row.endpoint.name, None, &format!("It cannot be given up: {}", fault.0));
                }
                Err(_) => {}
            }
        }
    }
    tx.put_off_endpoint(&mut row, faults, at.plus_ms(back_off_ms(faults))).await?;
    tx.set_reached(at);
    Ok(Stepped { row: Some(row), changes: Vec::new() })
}

/// A way to end what is on its way.
type Way = fn(Endpoint, Timestamp, &Rules) -> Option<Transition>;

/// Tells of the first fault of a step: the history that there was one, the log what it was.
async fn told(
    tx: &mut Tx,
    row: EndpointRow,
    at: Timestamp,
    fault: &Fault,
    rules: &Rules,
) -> Result<EndpointRow, Error> {
    let noted = attempt(tx, async |tx| match row.endpoint.clone().falter(at) {
        Some(transition) => {
            let made = Made { transition, by: Some(Door::Falter) };
            apply(tx, row.clone(), made, at, rules).await
        }
        None => Ok(None),
    });
    let noted = noted.await?;
    tx.warn(&row.endpoint.name, None, &format!("A step of this endpoint failed: {}", fault.0));
    Ok(noted.ok().flatten().unwrap_or(row))
}

/// How long after its last failure a step is tried again that has failed so often in a row.
fn back_off_ms(faults: u32) -> i64 {
    let doubled = BACK_OFF_MS.checked_shl(faults.saturating_sub(1)).filter(|ms| *ms >= BACK_OFF_MS);
    doubled.map_or(LONGEST_BACK_OFF_MS, |ms| ms.min(LONGEST_BACK_OFF_MS))
}

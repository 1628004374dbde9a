//! Scaling on its own: what alarms, schedules and new bounds do to the capacity of variants.
//!
//! An alarm that enters a state whose actions name a policy makes that policy's target due ([`called()`]); as long as it
//! stays in it, the target is looked at again every minute ([`look()`]). What is decided is the pure room's; a scaling
//! goes through the same door as a client's `UpdateEndpointWeightsAndCapacities`, and ends when the endpoint rests
//! ([`rests`]).
//!
//! Invariant: an activity is under way exactly as long as the scaling that it began.

mod bounds;
mod called;
mod capacity;
mod look;
mod rest;
mod schedule;

pub use bounds::{bring_into_bounds, least};
pub use called::{called, calling};
pub(super) use look::look;
pub(super) use rest::rests;
pub(super) use schedule::schedule;

use super::attempt::attempt;
use super::change::Change;
use crate::clock::Timestamp;
use crate::store::{Error, Tx};

/// What came of a turn.
#[derive(Debug, Default)]
pub(super) struct Turned {
    /// When the next one is.
    pub(super) next: Option<Timestamp>,
    /// What it changed.
    pub(super) change: Option<Change>,
}

/// Takes a turn. One that fails leaves nothing behind but a word in the log, and is taken again with the next minute.
async fn turn(
    tx: &mut Tx,
    what: &str,
    at: Timestamp,
    act: impl AsyncFnOnce(&mut Tx) -> Result<Turned, Error>,
) -> Result<Turned, Error> {
    match attempt(tx, act).await? {
        Ok(turned) => Ok(turned),
        Err(fault) => {
            tx.put_off(tx.id(), what, &fault.0);
            Ok(Turned { next: Some(at.next_minute()), change: None })
        }
    }
}

//! The courier: takes what is on its way out of the house, one after the other in a lane, many lanes at once.
//!
//! It keeps nothing in memory: a delivery is claimed in one transaction, carried outside of any, and its end is written in
//! another, so what was being carried by a server that died is carried again, by whoever finds its claim too old. A target
//! may so hear of an event twice, and never too early; out of order only from a server that stood still for seconds in the
//! middle of a request. How deliveries leave the house the [`Carrier`] knows; log groups are in the house, and get theirs in
//! the transaction that ends the delivery.
//!
//! All times are the world's: an event is due when it happened, so on whatever clock, and again a pause after each failure.

mod lane;
mod letter;
mod outcome;
mod rounds;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::watch;

use super::{Engine, Error};
use crate::clock::{Timestamp, steady_now};
use crate::domain::world::WorldId;

pub use letter::{ApiDestination, DeadLetter, Letter, Means};
pub use outcome::Outcome;
pub(super) use rounds::Rounds;

/// How long somebody who moves the clock waits for what has become due meanwhile.
const PATIENCE_MS: i64 = 10_000;

/// How often it is looked whether all has been carried, where others may do it.
const LOOK: std::time::Duration = std::time::Duration::from_millis(20);

/// Carries a letter out of the house. It must have come to an end within five seconds.
pub trait Carrier: fmt::Debug + Send + Sync {
    /// Carries it, once.
    fn carry<'a>(&'a self, letter: &'a Letter) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;

    /// How often it is to be carried: more than once where deliveries are duplicated on purpose.
    fn copies(&self, letter: &Letter) -> u32;
}

/// What the engine knows of its courier.
#[derive(Clone, Debug)]
pub(super) struct Courier {
    carrier: Arc<dyn Carrier>,
    /// Whether its rounds go on, and a tick for each delivery that has come to an end.
    pace: watch::Sender<Pace>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Pace {
    is_running: bool,
    ended: u64,
}

impl Engine {
    /// The same engine, whose deliveries leave the house by this carrier.
    pub fn carried_by(self, carrier: Arc<dyn Carrier>) -> Self {
        Self { courier: Some(Courier { carrier, pace: watch::Sender::default() }), ..self }
    }

    /// Waits until everything of this world that was due to be delivered by `now` was tried, if somebody does it; and not for
    /// ever: a target may be slow.
    pub(super) async fn carried(&self, world: &WorldId, now: Timestamp) -> Result<(), Error> {
        let Some(courier) = &self.courier else { return Ok(()) };
        let (mut pace, begun) = (courier.pace.subscribe(), steady_now());
        // What has become due by the clock alone nobody has put on its way just now.
        self.store.ring();
        while pace.borrow_and_update().is_running
            && steady_now().ms_since(begun) < PATIENCE_MS
            && self.store.session().next_delivery(world).await?.is_some_and(|due| due <= now)
        {
            // Whether it was told in time or not: it is looked again.
            let _ = tokio::time::timeout(LOOK, pace.changed()).await;
        }
        Ok(())
    }
}

//! What those who watch over the server hear of a transaction: how long it took, and after its commit what was done.
//!
//! Nothing of it is told of what was undone, so it is kept here until the commit has been made.

use std::fmt;
use std::sync::Arc;

use tracing::Span;
use tracing::field::Empty;

use super::Store;
use crate::clock::{Stopwatch, Timestamp, WorldClock};
use crate::domain::event::CauseKind;
use crate::domain::world::WorldId;
use crate::telemetry::{Kind, SPANS, Work};

/// A transaction, as it is watched.
pub(super) struct Watched {
    work: Arc<Work>,
    begun: Stopwatch,
    /// When the world was locked, and its base time was read.
    locked: Stopwatch,
    pub(super) span: Span,
    /// The instants at which the steps were due that it made.
    pub(super) steps: Vec<Timestamp>,
    /// The causes of the rollbacks that it began.
    pub(super) rollbacks: Vec<CauseKind>,
}

impl Watched {
    /// Begins before the wait for the world.
    pub(super) fn begin(store: &Store, world: &WorldId) -> Self {
        let span = tracing::info_span!(target: SPANS, "transaction", %world, committed = Empty);
        let (work, begun) = (Arc::clone(&store.work), Stopwatch::start());
        Self { work, begun, locked: begun, span, steps: Vec::new(), rollbacks: Vec::new() }
    }

    /// The world is locked.
    pub(super) fn locked(&mut self) {
        self.locked = Stopwatch::start();
    }

    /// It was committed. Its base time was `base_now`, and the world had this clock.
    pub(super) fn committed(&self, clock: &WorldClock, base_now: Timestamp) {
        let held = self.locked.elapsed();
        for lag in self.steps.iter().filter_map(|due| clock.lag(*due, base_now)) {
            self.work.stepped(lag + held);
        }
        self.rollbacks.iter().for_each(|cause| self.work.rolled_back(*cause));
        self.span.record("committed", true);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.work.took(Kind::Transaction, self.begun.elapsed());
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("steps", &self.steps).finish_non_exhaustive()
    }
}

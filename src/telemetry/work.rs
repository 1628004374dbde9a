//! What a server does beside answering: statements and transactions, steps and how late they were, rollbacks.
//!
//! The store keeps it, because it alone knows what was committed: nothing is counted that was undone.

use std::time::Duration;

use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounterVec, Opts};

use super::{Measure, SECONDS};
use crate::domain::event::CauseKind;

/// How late a step may be, in seconds: from what a worker that is awake needs to a server that was away for hours.
const LAGS: [f64; 14] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0];

/// What the store spends its time on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A statement that reads.
    Read,
    /// A statement that writes.
    Write,
    /// The commit of a transaction.
    Commit,
    /// A transaction in one world, from the wait for its lock to its end, however it ended.
    Transaction,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Read, Self::Write, Self::Commit, Self::Transaction];

    fn word(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Commit => "commit",
            Self::Transaction => "transaction",
        }
    }
}

/// What came of carrying an event to a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The target has it.
    Delivered,
    /// It failed, and is tried again.
    Failed,
    /// The target was given up for its dead-letter queue.
    DeadLettered,
    /// The target was given up, or its dead-letter queue was: nobody has it.
    Lost,
}

impl Carried {
    const ALL: [Self; 4] = [Self::Delivered, Self::Failed, Self::DeadLettered, Self::Lost];

    fn word(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::DeadLettered => "dead_lettered",
            Self::Lost => "lost",
        }
    }
}

/// The work of one server.
#[derive(Debug)]
pub struct Work {
    store: HistogramVec,
    kinds: [Histogram; Kind::ALL.len()],
    lag: Histogram,
    rollbacks: IntCounterVec,
    deliveries: IntCounterVec,
}

impl Default for Work {
    fn default() -> Self {
        let store = HistogramOpts::new(
            "sagebrush_store_duration_seconds",
            "Real time that the store took: for a statement that reads or writes, with the wait for a connection; for \
             a commit; and for a transaction in one world, from the wait for the world to its end.",
        );
        let store = HistogramVec::new(store.buckets(SECONDS.into()), &["kind"]).expect("the names are legal");
        let lag = HistogramOpts::new(
            "sagebrush_step_lag_seconds",
            "How long in real time after the instant at which it was due a step of an endpoint was committed. Steps \
             that somebody made before that instant by moving a clock are not in it, nor are those of a manual clock, \
             on which nothing is due in real time.",
        );
        let rollbacks =
            Opts::new("sagebrush_rollbacks_total", "Rollbacks that this server has committed, by cause.");
        let rollbacks = IntCounterVec::new(rollbacks, &["cause"]).expect("the names are legal");
        for cause in CauseKind::ALL {
            rollbacks.with_label_values(&[cause.word()]);
        }
        let deliveries = Opts::new(
            "sagebrush_deliveries_total",
            "Attempts of this server to carry an event to a target, by what came of them.",
        );
        let deliveries = IntCounterVec::new(deliveries, &["outcome"]).expect("the names are legal");
        for outcome in Carried::ALL {
            deliveries.with_label_values(&[outcome.word()]);
        }
        let kinds = Kind::ALL.map(|kind| store.with_label_values(&[kind.word()]));
        let lag = Histogram::with_opts(lag.buckets(LAGS.into())).expect("the name is legal");
        Self { store, kinds, lag, rollbacks, deliveries }
    }
}

impl Work {
    /// The store took so long for something of this kind.
    pub fn took(&self, kind: Kind, time: Duration) {
        self.kinds[kind as usize].observe(time.as_secs_f64());
    }

    /// A step was committed so long after it was due.
    pub fn stepped(&self, lag: Duration) {
        self.lag.observe(lag.as_secs_f64());
    }

    /// A rollback was committed.
    pub fn rolled_back(&self, cause: CauseKind) {
        self.rollbacks.with_label_values(&[cause.word()]).inc();
    }

    /// What came of an attempt to carry an event was committed.
    pub fn carried(&self, outcome: Carried) {
        self.deliveries.with_label_values(&[outcome.word()]).inc();
    }

    pub(super) fn measures(&self) -> [Measure; 4] {
        [
            Box::new(self.store.clone()),
            Box::new(self.lag.clone()),
            Box::new(self.rollbacks.clone()),
            Box::new(self.deliveries.clone()),
        ]
    }
}

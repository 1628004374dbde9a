//! Counts of real requests, in memory until somebody writes them.
//!
//! A request is counted at its arrival, by the world's time of that instant, so what is counted does not
//! depend on when it is written. Whoever lets time pass writes first what was counted; the worker does it
//! at least once a second. A crash loses at most what was counted since.
//!
//! Invariant: short of a crash every request is in the metrics once, or will be. What was taken out and not
//! written goes back. What was written by a commit of which nobody knows how it ended is kept apart, until the
//! world says whether that flush was made. What was counted in a world that has been reset is in no metrics.

use std::collections::BTreeMap;
use std::mem;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Engine;
use super::measure::{add, measured};
use super::queue::{First, Queues};
use crate::clock::Timestamp;
use crate::domain::serving::Publish;
use crate::domain::world::WorldId;
use crate::metrics::invoked::Invoked;
use crate::metrics::usage::{Request, Usage};
use crate::store::{Error, Tx};

type Spans = BTreeMap<Timestamp, Usage>;

/// The requests to one fleet's instances of one variant.
#[derive(Debug)]
pub(super) struct Counter {
    who: Invoked,
    span_ms: i64,
    /// The life of the world in which it counts.
    life: i64,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    spans: Spans,
    /// How many have taken counts and not yet said what became of them.
    taken: u32,
}

impl Counter {
    /// Counts a request.
    pub(super) fn add(&self, request: &Request) {
        self.count(request.at, |usage| usage.add(request));
    }

    /// Counts a request at `at` for which there was no copy.
    pub(super) fn refuse(&self, at: Timestamp) {
        self.count(at, |usage| usage.refuse(at));
    }

    fn count(&self, at: Timestamp, into: impl FnOnce(&mut Usage)) {
        let span = at.plus_ms(-at.0.rem_euclid(self.span_ms));
        into(locked(&self.counts).spans.entry(span).or_default());
    }

    /// Whether something was counted that is not known to be written.
    fn is_busy(&self) -> bool {
        let counts = locked(&self.counts);
        !counts.spans.is_empty() || counts.taken > 0
    }

    fn take(self: &Arc<Self>) -> Option<Taken> {
        let mut counts = locked(&self.counts);
        if counts.spans.is_empty() {
            return None;
        }
        counts.taken += 1;
        Some(Taken { counter: Arc::clone(self), spans: mem::take(&mut counts.spans) })
    }
}

/// What was taken out of a counter; what is left of it when it is dropped goes back.
#[derive(Debug)]
struct Taken {
    counter: Arc<Counter>,
    spans: Spans,
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut counts = locked(&self.counter.counts);
        counts.taken -= 1;
        for (at, usage) in mem::take(&mut self.spans) {
            counts.spans.entry(at).or_default().merge(&usage);
        }
    }
}

/// Forgets what was taken: it is written.
fn settle(taken: &mut Vec<Taken>) {
    for mut one in taken.drain(..) {
        one.spans.clear();
    }
}

/// All counters.
#[derive(Debug)]
pub(super) struct Meter {
    /// By which its flushes are known.
    id: String,
    flushes: AtomicI64,
    worlds: Mutex<BTreeMap<WorldId, Counters>>,
    /// Where who writes counts stands until it knows how that ended.
    writing: Queues,
    /// What was written by flushes of which it is not known whether they were made, by their numbers.
    unsure: Mutex<BTreeMap<WorldId, Unsure>>,
}

/// The counters of a world: by who is counted, how much time a datapoint covers, and the world's life.
type Counters = BTreeMap<(Invoked, i64, i64), Arc<Counter>>;

type Unsure = BTreeMap<i64, Vec<Taken>>;

impl Meter {
    /// A meter of this id, which no other one has.
    pub(super) fn new(id: String) -> Self {
        let (worlds, writing, unsure) = (Mutex::default(), Queues::default(), Mutex::default());
        Self { id, flushes: AtomicI64::new(0), worlds, writing, unsure }
    }

    /// The counter of these instances in this life of the world.
    pub(super) fn counter(&self, world: &WorldId, life: i64, who: Invoked, publish: Publish) -> Arc<Counter> {
        let span_ms = publish.invocations_ms();
        let mut worlds = locked(&self.worlds);
        let counters = worlds.entry(world.clone()).or_default();
        let counter = counters.entry((who.clone(), span_ms, life));
        let new = || Arc::new(Counter { who, span_ms, life, counts: Mutex::default() });
        Arc::clone(counter.or_insert_with(new))
    }

    /// The worlds in which something was counted.
    pub(super) fn worlds(&self) -> Vec<WorldId> {
        let worlds = locked(&self.worlds);
        let counted = |counters: &Counters| counters.values().any(|counter| counter.is_busy());
        worlds.iter().filter(|(_, counters)| counted(counters)).map(|(world, _)| world.clone()).collect()
    }

    /// Whether everything that was counted in a world is written.
    pub(super) fn is_clear(&self, world: &WorldId) -> bool {
        let worlds = locked(&self.worlds);
        worlds.get(world).is_none_or(|counters| !counters.values().any(|counter| counter.is_busy()))
    }

    /// Takes what was counted in a world. Counters that nobody uses any more go.
    fn take(self: &Arc<Self>, world: &WorldId, first: First) -> Counted {
        let mut worlds = locked(&self.worlds);
        let mut taken = Vec::new();
        if let Some(counters) = worlds.get_mut(world) {
            counters.retain(|_, counter| {
                let counts = counter.take();
                let used = counts.is_some();
                taken.extend(counts);
                used || Arc::strong_count(counter) > 1
            });
            if counters.is_empty() {
                worlds.remove(world);
            }
        }
        drop(worlds);
        let unsure = locked(&self.unsure).remove(world).unwrap_or_default();
        Counted { meter: Arc::clone(self), world: world.clone(), taken, unsure, flush: None, _first: first }
    }
}

/// What was taken out of the counters. Dropped before a [`commit`](Counted::commit) it goes back.
#[derive(Debug)]
pub(super) struct Counted {
    meter: Arc<Meter>,
    world: WorldId,
    taken: Vec<Taken>,
    unsure: Unsure,
    /// The number of the flush that is being committed.
    flush: Option<i64>,
    _first: First,
}

impl Counted {
    /// Writes it, for readers who come after the commit. The world is locked by now, so an earlier flush
    /// has come to its end, whatever that was.
    async fn write(&mut self, tx: &mut Tx) -> Result<(), Error> {
        if !self.unsure.is_empty() {
            let made = tx.last_flush(&self.meter.id).await?;
            for (number, mut taken) in mem::take(&mut self.unsure) {
                if made.is_some_and(|made| made >= number) {
                    settle(&mut taken);
                }
                self.taken.append(&mut taken);
            }
        }
        let life = tx.world().life;
        let of_this_life = self.taken.iter().filter(|taken| taken.counter.life == life);
        let spans = of_this_life.flat_map(|Taken { counter, spans }| {
            spans.iter().map(|(at, usage)| (&counter.who, *at, counter.span_ms, usage))
        });
        let (now, measured) = (tx.now(), measured(spans));
        add(tx, &measured, now).await
    }

    /// The number of this flush, written to be found with what it flushes.
    async fn number(&self, tx: &mut Tx) -> Result<i64, Error> {
        let number = self.meter.flushes.fetch_add(1, Ordering::Relaxed) + 1;
        tx.set_flushed(&self.meter.id, number).await?;
        Ok(number)
    }

    /// Commits the transaction in which it was written, to the end: what is committed must not go back.
    pub(super) async fn commit(mut self, mut tx: Tx) -> Result<(), Error> {
        if self.taken.is_empty() {
            return tx.commit().await;
        }
        self.flush = Some(self.number(&mut tx).await?);
        tx.commit_and(move || settle(&mut self.taken)).await
    }
}

#[cfg(test)]
impl Counted {
    /// As if the answer to the commit had been lost.
    pub(super) async fn be_left_in_doubt(mut self, tx: &mut Tx) {
        self.flush = Some(self.number(tx).await.expect("it is written"));
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut unsure = mem::take(&mut self.unsure);
        if let Some(number) = self.flush
            && !self.taken.is_empty()
        {
            unsure.insert(number, mem::take(&mut self.taken));
        }
        if !unsure.is_empty() {
            locked(&self.meter.unsure).entry(self.world.clone()).or_default().append(&mut unsure);
        }
    }
}

impl Engine {
    /// A transaction in this world in which is written what was counted of real requests.
    pub(super) async fn begin(&self, world: &WorldId) -> Result<(Tx, Counted), Error> {
        let first = self.meter.writing.wait(world).await;
        let tx = self.store.begin(world).await?;
        self.write_counted(tx, first).await
    }

    /// Such a transaction unless somebody else has the world; `None` then, and when there is no such world.
    pub(super) async fn try_begin(&self, world: &WorldId) -> Result<Option<(Tx, Counted)>, Error> {
        let Some(first) = self.meter.writing.try_now(world) else { return Ok(None) };
        let Some(tx) = self.store.try_begin(world).await? else { return Ok(None) };
        self.write_counted(tx, first).await.map(Some)
    }

    /// What was counted is taken out once the world is locked: what somebody else has taken is committed by then,
    /// or has gone back.
    async fn write_counted(&self, mut tx: Tx, first: First) -> Result<(Tx, Counted), Error> {
        let mut counted = self.meter.take(tx.id(), first);
        counted.write(&mut tx).await?;
        Ok((tx, counted))
    }
}

/// Every change is whole before anything can panic, so a poisoned lock guards whole counts.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

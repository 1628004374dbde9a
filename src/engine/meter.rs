//! Counts of real requests, in memory until somebody writes them.
//!
//! A request is counted at its arrival, by the world's time of that instant, so what is counted does not
//! depend on when it is written. Whoever lets time pass writes first what was counted; the worker does it
//! at least once a second. A crash loses at most what was counted since, and nothing else here is lost: what was
//! taken and not written is counted again.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Engine;
use super::measure::{add, measured};
use crate::clock::Timestamp;
use crate::domain::serving::Publish;
use crate::domain::world::WorldId;
use crate::metrics::usage::{Invoked, Request, Usage};
use crate::store::{Error, Store, Tx};

/// The requests to one fleet's instances of one variant.
#[derive(Debug)]
pub(super) struct Counter {
    who: Invoked,
    span_ms: i64,
    spans: Mutex<BTreeMap<Timestamp, Usage>>,
}

impl Counter {
    /// Counts a request that arrived at `at`.
    pub(super) fn add(&self, at: Timestamp, request: &Request) {
        let span = at.plus_ms(-at.0.rem_euclid(self.span_ms));
        locked(&self.spans).entry(span).or_default().add(request);
    }
}

/// All counters.
#[derive(Debug, Default)]
pub(super) struct Meter {
    worlds: Mutex<HashMap<WorldId, Counters>>,
}

/// The counters of a world: by who is counted, and how much time a datapoint covers.
type Counters = HashMap<(Invoked, i64), Arc<Counter>>;

impl Meter {
    /// The counter of these instances.
    pub(super) fn counter(&self, world: &WorldId, who: Invoked, publish: Publish) -> Arc<Counter> {
        let span_ms = publish.invocations_ms();
        let mut worlds = locked(&self.worlds);
        let counters = worlds.entry(world.clone()).or_default();
        let counter = counters.entry((who.clone(), span_ms));
        Arc::clone(counter.or_insert_with(|| Arc::new(Counter { who, span_ms, spans: Mutex::default() })))
    }

    /// The worlds in which something was counted.
    pub(super) fn worlds(&self) -> Vec<WorldId> {
        let worlds = locked(&self.worlds);
        let counted =
            |counters: &Counters| counters.values().any(|counter| !locked(&counter.spans).is_empty());
        worlds.iter().filter(|(_, counters)| counted(counters)).map(|(world, _)| world.clone()).collect()
    }

    /// Takes what was counted in a world. Counters that nobody uses any more go.
    pub(super) fn take(&self, world: &WorldId) -> Counted {
        let mut worlds = locked(&self.worlds);
        let Some(counters) = worlds.get_mut(world) else { return Counted::default() };
        let mut taken = Vec::new();
        counters.retain(|_, counter| {
            let spans = std::mem::take(&mut *locked(&counter.spans));
            let used = !spans.is_empty();
            if used {
                taken.push((Arc::clone(counter), spans));
            }
            used || Arc::strong_count(counter) > 1
        });
        if counters.is_empty() {
            worlds.remove(world);
        }
        Counted(taken)
    }

    /// Forgets what was counted in a world that begins again, or in all. Counters that a route uses stay.
    pub(super) fn forget(&self, world: Option<&WorldId>) {
        let mut worlds = locked(&self.worlds);
        for (_, counters) in worlds.iter_mut().filter(|(id, _)| world.is_none_or(|world| world == *id)) {
            counters.retain(|_, counter| {
                locked(&counter.spans).clear();
                Arc::strong_count(counter) > 1
            });
        }
        worlds.retain(|_, counters| !counters.is_empty());
    }
}

/// What was taken out of the counters. Dropped before a [`commit`](Counted::commit) it goes back.
#[derive(Debug, Default)]
pub(super) struct Counted(Vec<(Arc<Counter>, BTreeMap<Timestamp, Usage>)>);

impl Counted {
    /// Writes it, for readers who come after the commit.
    pub(super) async fn write(&self, tx: &mut Tx) -> Result<(), Error> {
        let spans = self.0.iter().flat_map(|(counter, spans)| {
            spans.iter().map(|(at, usage)| (&counter.who, *at, counter.span_ms, usage))
        });
        let now = tx.now();
        let measured = measured(spans);
        add(tx, &measured, now).await
    }

    /// Commits the transaction in which it was written, to the end: what is committed must not go back.
    pub(super) async fn commit(mut self, tx: Tx) -> Result<(), Error> {
        if self.0.is_empty() {
            return tx.commit().await;
        }
        Store::to_the_end(async move {
            tx.commit().await?;
            self.0.clear();
            Ok(())
        })
        .await
    }
}

impl Engine {
    /// A transaction in this world in which is written what was counted of real requests.
    pub(super) async fn begin(&self, world: &WorldId) -> Result<(Tx, Counted), Error> {
        let counted = self.meter.take(world);
        let mut tx = self.store.begin(world).await?;
        counted.write(&mut tx).await?;
        Ok((tx, counted))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        for (counter, spans) in self.0.drain(..) {
            let mut counted = locked(&counter.spans);
            for (at, usage) in spans {
                counted.entry(at).or_default().merge(&usage);
            }
        }
    }
}

/// Every change is whole before anything can panic, so a poisoned lock guards whole counts.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

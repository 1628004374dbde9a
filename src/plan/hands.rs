//! Many runs at once: every core has a store of its own, in which it carries out one run after another. Stores are kept for
//! the next question, since to open one and to prepare its statements takes longer than a short run.
//!
//! A run is told by its scenario alone, so it does not matter which core makes it: results come in the order of what
//! was wanted.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::available_parallelism;

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tracing::subscriber::NoSubscriber;

use super::Unplanned;
use super::place::{BEGIN, Halt};
use super::shown::Rejected;
use crate::store::Store;

/// Those who carry runs out. Clones share their stores.
#[derive(Clone, Debug, Default)]
pub(super) struct Hands {
    idle: Arc<Mutex<Vec<Store>>>,
}

impl Hands {
    /// Does the work on every job, on as many cores as there are. What AWS would refuse is an answer.
    pub(super) async fn each<J, T, W>(
        &self,
        jobs: Vec<J>,
        work: W,
    ) -> Result<Vec<Result<T, Rejected>>, Unplanned>
    where
        J: Send + Sync + 'static,
        T: Send + 'static,
        W: AsyncFn(&Store, &J) -> Result<T, Halt> + Send + Sync + 'static,
    {
        let cores = available_parallelism().map_or(1, usize::from).min(jobs.len());
        let shared = Arc::new((jobs, AtomicUsize::new(0), work));
        let mut busy = JoinSet::new();
        for _ in 0..cores {
            let (shared, hands, handle) = (Arc::clone(&shared), self.clone(), Handle::current());
            // Requests are computed for milliseconds on end, which no thread that answers requests may do.
            busy.spawn_blocking(move || {
                // What is warned of here is in the plan; it has not happened, so no log shall tell it.
                let _quiet = tracing::subscriber::set_default(NoSubscriber::default());
                handle.block_on(async {
                    let (jobs, next, work) = &*shared;
                    let store = hands.store()?;
                    let mut done = Vec::new();
                    while let at = next.fetch_add(1, Ordering::Relaxed)
                        && let Some(job) = jobs.get(at)
                    {
                        done.push((at, work(&store, job).await));
                    }
                    hands.give_back(store);
                    Ok::<_, Unplanned>(done)
                })
            });
        }
        collected(busy).await
    }

    fn store(&self) -> Result<Store, Unplanned> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Ok(idle.map_or_else(|| Store::in_memory_at(BEGIN), Ok)?)
    }

    /// Whoever takes it next empties it.
    fn give_back(&self, store: Store) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(store);
    }
}

/// What came of jobs, by their place among all.
type Done<T> = Vec<(usize, Result<T, Halt>)>;

async fn collected<T: 'static>(
    mut busy: JoinSet<Result<Done<T>, Unplanned>>,
) -> Result<Vec<Result<T, Rejected>>, Unplanned> {
    let mut all = Vec::new();
    while let Some(joined) = busy.join_next().await {
        all.extend(joined.map_err(|error| Unplanned::Failed(error.to_string()))??);
    }
    all.sort_by_key(|(at, _)| *at);
    let told = |(_, result)| match result {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(Halt::Rejected(rejected)) => Ok(Err(rejected)),
        Err(Halt::Unplanned(unplanned)) => Err(unplanned),
    };
    all.into_iter().map(told).collect()
}

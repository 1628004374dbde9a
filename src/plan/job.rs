//! Many runs at once: every core has a store of its own, in which it carries out one run after another.
//!
//! A run is told by its scenario alone, so it does not matter which core makes it: results come in the order of what
//! was wanted.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use tokio::runtime::Handle;
use tokio::task::JoinSet;
use tracing::subscriber::NoSubscriber;

use super::Unplanned;
use super::place::{BEGIN, Halt};
use super::shown::Rejected;
use crate::store::Store;

/// Does the work on every job, on as many cores as there are. What AWS would refuse is an answer.
pub(super) async fn each<J, T, W>(jobs: Vec<J>, work: W) -> Result<Vec<Result<T, Rejected>>, Unplanned>
where
    J: Send + Sync + 'static,
    T: Send + 'static,
    W: AsyncFn(&Store, &J) -> Result<T, Halt> + Send + Sync + 'static,
{
    let cores = available_parallelism().map_or(1, usize::from).min(jobs.len());
    let shared = Arc::new((jobs, AtomicUsize::new(0), work));
    let mut hands = JoinSet::new();
    for _ in 0..cores {
        let (shared, handle) = (Arc::clone(&shared), Handle::current());
        // Requests are computed for milliseconds on end, which no thread that answers requests may do.
        hands.spawn_blocking(move || {
            // What is warned of here is in the plan; it has not happened, so no log shall tell it.
            let _quiet = tracing::subscriber::set_default(NoSubscriber::default());
            handle.block_on(async {
                let (jobs, next, work) = &*shared;
                let store = Store::in_memory_at(BEGIN).await?;
                let mut done = Vec::new();
                while let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(job) = jobs.get(at)
                {
                    done.push((at, work(&store, job).await));
                }
                store.close().await;
                Ok::<_, Unplanned>(done)
            })
        });
    }
    let mut all = Vec::new();
    while let Some(joined) = hands.join_next().await {
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

//! What makes the plans of the control API: the room of plans, under this server's settings.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinError;

use crate::control::{Planner, Undone};
use crate::plan::{Asked, Limits, Unplanned, make};
use crate::services::Settings;

/// What one question may come to: on two cores about five seconds, a good run and a thousand others at most.
const MOST: Limits = Limits { runs: 1_001, moments: 13_000, requests: 50_000_000 };

/// Makes plans, one at a time: each takes every core that it can have.
pub(super) fn planner(settings: Settings) -> Planner {
    let turns = Arc::new(Semaphore::new(1));
    Planner::new(move |members| {
        let turns = Arc::clone(&turns);
        // In a task of its own, which keeps its turn until the work is done, also if nobody waits for it any more.
        let made = tokio::spawn(async move {
            let asked = Asked::read(members)?;
            let _turn = turns.acquire_owned().await;
            make(asked, &settings, Some(MOST)).await
        });
        let failed = |error: JoinError| Err(Unplanned::Failed(error.to_string()));
        Box::pin(async move {
            let made = made.await.unwrap_or_else(failed);
            made.map(|plan| plan.to_json()).map_err(|unplanned| match unplanned {
                Unplanned::Wrong(wrong) => Undone::Wrong(wrong.to_string()),
                failed @ Unplanned::Failed(_) => Undone::Failed(failed.to_string()),
            })
        })
    })
}

//! Who makes plans for a server: under its settings and limits, and one at a time.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::task::JoinError;

use super::{Asked, Limits, Plan, Unplanned, make};
use crate::services::Settings;

/// Makes plans, one at a time: each takes every core that it can have.
#[derive(Clone)]
pub struct Maker {
    settings: Settings,
    limits: Limits,
    turns: Arc<Semaphore>,
}

impl Maker {
    /// One that keeps to these limits.
    pub fn new(settings: Settings, limits: Limits) -> Self {
        Self { settings, limits, turns: Arc::new(Semaphore::new(1)) }
    }

    /// The plan that these members ask for.
    pub async fn plan(&self, members: Map<String, Value>) -> Result<Plan, Unplanned> {
        let Self { settings, limits, turns } = self.clone();
        let asked = Asked::read(members)?;
        // Whoever goes away while it waits has no turn any more.
        let turn = turns.acquire_owned().await;
        // In a task of its own, which keeps its turn until the work is done, also if nobody waits for it any more.
        let made = tokio::spawn(async move {
            let _turn = turn;
            make(asked, &settings, Some(limits)).await
        });
        let failed = |error: JoinError| Err(Unplanned::Failed(error.to_string()));
        made.await.unwrap_or_else(failed)
    }
}

impl fmt::Debug for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maker").field("limits", &self.limits).finish_non_exhaustive()
    }
}

//! Who makes plans: under some settings and limits, and for one who asks after the other.

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinHandle};

use super::hands::Hands;
use super::make::make;
use super::{Asked, Limits, Plan, Unplanned};
use crate::services::Settings;

/// Makes plans, for one who asks at a time: each takes every core that it can have.
#[derive(Clone)]
pub struct Maker {
    settings: Settings,
    limits: Option<Limits>,
    turns: Arc<Semaphore>,
    hands: Hands,
}

/// A plan, or why there is none.
type Planned = Result<Plan, Unplanned>;

impl Maker {
    /// One that keeps to these limits, if there are any.
    pub fn new(settings: Settings, limits: impl Into<Option<Limits>>) -> Self {
        let limits = limits.into();
        Self { settings, limits, turns: Arc::new(Semaphore::new(1)), hands: Hands::default() }
    }

    /// The plan that these members ask for.
    pub async fn plan(&self, members: Map<String, Value>) -> Planned {
        self.make(Asked::read(members)?).await
    }

    /// The plan of this question.
    pub async fn make(&self, asked: Asked) -> Planned {
        let [plan] = self.made([Ok(asked)]).await;
        plan
    }

    /// The plans of two questions, made beside each other, each without the pools that other strategies would need.
    pub async fn compare(&self, questions: [Map<String, Value>; 2]) -> [Planned; 2] {
        let asked = questions.map(|members| Ok(Asked { pools: false, ..Asked::read(members)? }));
        self.made(asked).await
    }

    /// Makes plans in one turn.
    async fn made<const N: usize>(&self, asked: [Result<Asked, Unplanned>; N]) -> [Planned; N] {
        // Whoever goes away while it waits has no turn any more.
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let turn = Arc::new(turn.expect("nobody closes the turns"));
        let begun = asked.map(|asked| {
            let (settings, limits) = (self.settings, self.limits);
            let (hands, turn) = (self.hands.clone(), Arc::clone(&turn));
            // In tasks of their own, which keep the turn until the work is done, also if nobody waits for it any more.
            tokio::spawn(async move {
                let _turn = turn;
                make(asked?, settings, limits, hands).await
            })
        });
        let mut plans = Vec::with_capacity(N);
        for task in begun {
            plans.push(ended(task).await);
        }
        plans.try_into().unwrap_or_else(|_| unreachable!("there is a plan for each question"))
    }
}

async fn ended(task: JoinHandle<Planned>) -> Planned {
    let failed = |error: JoinError| Err(Unplanned::Failed(error.to_string()));
    task.await.unwrap_or_else(failed)
}

impl fmt::Debug for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Maker").field("limits", &self.limits).finish_non_exhaustive()
    }
}

//! What this room is handed of rooms that it does not know: facts of theirs, and work that they do.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::problem::Problem;
use crate::domain::world::WorldId;
use crate::store::snapshot::Snapshot;
use crate::telemetry::Requests;

/// What the control API is handed.
#[derive(Clone, Debug)]
pub struct Handed {
    /// What was asked of the AWS API.
    pub requests: Arc<Requests>,
    /// What a container takes to start that does not say how long, in milliseconds.
    pub launch_ms: i64,
    /// The operations of SageMaker that are built.
    pub operations: &'static [&'static str],
    /// The instance types that there are.
    pub instance_types: &'static [&'static str],
    /// Makes plans.
    pub planner: Planner,
    /// Builds worlds.
    pub builder: Builder,
}

impl Handed {
    /// Refuses what is no instance type: limits and faults of a slip of the pen would be about nobody.
    pub(super) fn check_type(&self, instance_type: &str) -> Result<(), Problem> {
        if self.instance_types.contains(&instance_type) {
            return Ok(());
        }
        let sentence =
            format!("{instance_type:?} is no instance type that a variant can have, as ml.m5.large is.");
        Err(Problem::bad(sentence))
    }
}

/// Makes of the members of a question what it is to be answered.
pub type Planner = Hand<Map<String, Value>, Value>;

/// Makes of a scenario the world that it tells of.
pub type Builder = Hand<Told, Snapshot>;

/// A scenario as it was sent.
#[derive(Clone, Debug)]
pub struct Told {
    /// The text.
    pub text: String,
    /// Whether it is TOML; YAML, and so JSON, otherwise.
    pub is_toml: bool,
    /// The world that it is to make.
    pub world: WorldId,
}

/// Does the work of a question.
pub struct Hand<Q, A>(Arc<dyn Fn(Q) -> Work<A> + Send + Sync>);

/// Work on its way.
pub type Work<A> = Pin<Box<dyn Future<Output = Result<A, Undone>> + Send>>;

/// Why work was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undone {
    /// The question is wrong: a sentence for whoever asked.
    Wrong(String),
    /// Something is wrong on our side: for the log.
    Failed(String),
}

impl<Q, A> Hand<Q, A> {
    /// One that works so.
    pub fn new(work: impl Fn(Q) -> Work<A> + Send + Sync + 'static) -> Self {
        Self(Arc::new(work))
    }

    /// Does the work.
    pub(super) async fn take(&self, question: Q) -> Result<A, Problem> {
        (self.0)(question).await.map_err(|undone| match undone {
            Undone::Wrong(sentence) => Problem::bad(sentence),
            Undone::Failed(cause) => Problem::internal(&cause),
        })
    }
}

impl<Q, A> Clone for Hand<Q, A> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Q, A> fmt::Debug for Hand<Q, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hand")
    }
}

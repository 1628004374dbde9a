//! What-if: the schedule of an update before anybody makes it, and what a bad model would do meanwhile.
//!
//! Nothing is computed here that the server computes: a plan is made by carrying the update out, in a world in memory
//! whose time is moved to the end of it. The requests are those that a client of AWS would send, the refusals are the
//! services', the schedule is the history of the deployment, the instances are those that the engine counted, and the
//! requests that met the bad model are in its metrics.
//!
//! Invariant: the same question and the same seed give the same plan, to the byte. A plan tells no time of day and no
//! identity; whatever chance decides comes from the seed, the second of the minute in which the update begins included.

mod alarm;
mod asked;
mod course;
mod explain;
mod fail_at;
mod hands;
mod length;
mod limit;
mod make;
mod maker;
mod place;
mod quiet;
mod shown;
mod spread;
mod stage;
mod sweep;
#[cfg(test)]
mod tests;

pub use asked::{Asked, Wrong};
pub use length::Length;
pub use limit::Limits;
pub use maker::Maker;
pub use shown::{
    Chance, Course, Explanation, Instances, Moment, Outcome, Plan, Pool, Quantiles, Rejected, Row, Split,
    Spread, Tripped,
};

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unplanned {
    /// The question is wrong, in one sentence.
    #[error(transparent)]
    Wrong(#[from] Wrong),
    /// Something is wrong on our side: for the log.
    #[error("the plan cannot be made: {0}")]
    Failed(String),
}

impl From<crate::store::Error> for Unplanned {
    fn from(error: crate::store::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

impl From<crate::engine::Error> for Unplanned {
    fn from(error: crate::engine::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

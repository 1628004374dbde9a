//! How a deployment's bakes pass: as planned, or as an operator has said since.

use serde::{Deserialize, Serialize};

use super::{Deployment, Phase};
use crate::clock::Timestamp;

/// How bakes pass. Launching and shifting take their time at every pace, and neither the alarms nor
/// `MaximumExecutionTimeoutInSeconds` wait for anybody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As planned.
    #[default]
    Planned,
    /// Their countdown stands still.
    Paused {
        /// Since when.
        since: Timestamp,
    },
    /// They take no time.
    Promoted,
}

impl Deployment {
    /// Whether the countdown of its bakes stands still.
    pub fn is_paused(&self) -> bool {
        self.paused_since().is_some()
    }

    /// Since when the countdown of its bakes stands still.
    pub fn paused_since(&self) -> Option<Timestamp> {
        match self.pace {
            Pace::Paused { since } => Some(since),
            Pace::Planned | Pace::Promoted => None,
        }
    }

    /// Whether nothing but its timeout and its alarms can move it: it bakes, and is paused.
    pub fn stands_still(&self) -> bool {
        self.is_paused() && matches!(self.phase, Phase::Baking { .. } | Phase::TerminationWait { .. })
    }

    /// When its bake ends; none outside of bakes, and while the countdown stands still.
    pub fn bake_ends_at(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Baking { until, .. } | Phase::TerminationWait { until } if !self.is_paused() => {
                Some(until)
            }
            _ => None,
        }
    }

    /// How long a bake lasts that is planned to last so long, milliseconds.
    pub(super) fn bake_ms(&self, planned_ms: i64) -> i64 {
        if self.pace == Pace::Promoted { 0 } else { planned_ms }
    }

    /// The end of its bake, to be moved.
    pub(super) fn bake_end(&mut self) -> Option<&mut Timestamp> {
        match &mut self.phase {
            Phase::Baking { until, .. } | Phase::TerminationWait { until } => Some(until),
            _ => None,
        }
    }
}

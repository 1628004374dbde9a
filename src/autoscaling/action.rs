//! A scheduled action: new bounds at the times of a schedule.

use serde::{Deserialize, Serialize};

use super::schedule::{Schedule, Window};
use super::target::Bounds;
use crate::clock::Timestamp;

/// A scheduled action, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduledAction {
    /// `Schedule`.
    pub schedule: String,
    /// `Timezone`.
    pub timezone: Option<String>,
    /// `StartTime`.
    pub start: Option<Timestamp>,
    /// `EndTime`.
    pub end: Option<Timestamp>,
    /// `MinCapacity` of `ScalableTargetAction`.
    pub min: Option<u32>,
    /// `MaxCapacity` of `ScalableTargetAction`.
    pub max: Option<u32>,
}

impl ScheduledAction {
    /// When an action that was made at `created` is due next after `after`. The error is a sentence.
    pub fn next(&self, created: Timestamp, after: Timestamp) -> Result<Option<Timestamp>, String> {
        let schedule = Schedule::read(&self.schedule, self.timezone.as_deref())?;
        Ok(schedule.next(after, Window { created, start: self.start, end: self.end }))
    }

    /// The bounds that it makes of these; it may leave one of them.
    pub fn bounds(&self, before: Bounds) -> Bounds {
        Bounds { min: self.min.unwrap_or(before.min), max: self.max.unwrap_or(before.max) }
    }
}

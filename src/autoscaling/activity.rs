//! A scaling activity: what was attempted, why, and what came of it, in AWS's words.

use serde::{Deserialize, Serialize};

use super::decide::Reason;
use super::target::{Bounds, Direction};
use crate::clock::Timestamp;

/// `StatusCode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// It is under way.
    InProgress,
    /// It has succeeded.
    Successful,
    /// It has failed, or nothing was scaled.
    Failed,
}

impl Status {
    /// AWS's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::InProgress => "InProgress",
            Self::Successful => "Successful",
            Self::Failed => "Failed",
        }
    }
}

/// How the description of a change of capacity begins.
const SETTING: &str = "Setting ";

/// A change of capacity that an activity makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The capacity before.
    pub from: u32,
    /// The capacity that is wanted.
    pub to: u32,
    /// How long the cooldown is after it has succeeded, where a policy made it.
    pub cooldown: Option<(Direction, i64)>,
    /// The capacity that this cooldown counts from, where it is not the one before: of a scale-out in the cooldown of another.
    #[serde(default)]
    pub base: Option<u32>,
}

/// A scaling activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Activity {
    /// `ActivityId`.
    pub id: String,
    /// `Description`.
    pub description: String,
    /// `Cause`.
    pub cause: String,
    /// `StartTime`.
    pub started: Timestamp,
    /// `EndTime`.
    pub ended: Option<Timestamp>,
    /// `StatusCode`.
    pub status: Status,
    /// `StatusMessage`.
    pub message: Option<String>,
    /// `NotScaledReasons`.
    pub not_scaled: Option<Reason>,
    /// What it changes.
    pub change: Option<Change>,
}

impl Activity {
    /// A change of this count begins: `instance` or `copy`.
    pub fn began(id: String, counted: &str, change: Change, cause: String, at: Timestamp) -> Self {
        let what = format!("desired {counted} count to {}", change.to);
        let message = format!("Successfully set {what}. Waiting for change to be fulfilled by sagemaker.");
        let description = format!("{SETTING}{what}.");
        Self { message: Some(message), change: Some(change), ..Self::of(id, description, cause, at) }
    }

    /// It ends: as it should, or for this reason not.
    pub fn end(&mut self, failure: Option<&str>, at: Timestamp) {
        let what = self.description.trim_start_matches(SETTING).trim_end_matches('.');
        let (status, message) = match failure {
            None => (
                Status::Successful,
                format!("Successfully set {what}. Change successfully fulfilled by sagemaker."),
            ),
            Some(reason) => (Status::Failed, format!("Failed to set {what}. Reason: {reason}")),
        };
        (self.status, self.message, self.ended) = (status, Some(message), Some(at));
    }

    /// A policy was called, and nothing was scaled.
    pub fn not_scaled(id: String, reason: Reason, cause: String, at: Timestamp) -> Self {
        let description = "Attempting to scale due to alarm triggered".to_owned();
        let status = match reason {
            Reason::AlreadyAtDesiredCapacity(_) => Status::Successful,
            _ => Status::Failed,
        };
        Self { status, not_scaled: Some(reason), ..Self::of(id, description, cause, at) }
    }

    /// A scheduled action has set bounds.
    pub fn bounded(id: String, bounds: Bounds, action: &str, at: Timestamp) -> Self {
        let what = format!("min capacity to {} and max capacity to {}", bounds.min, bounds.max);
        let cause = format!("scheduled action name {action} was triggered");
        Self {
            status: Status::Successful,
            message: Some(format!("Successfully set {what}")),
            ..Self::of(id, format!("Setting {what}"), cause, at)
        }
    }

    /// A scheduled action could not set bounds: the minimum would be above the maximum.
    pub fn unbounded(id: String, bounds: Bounds, action: &str, at: Timestamp) -> Self {
        let what = format!("min capacity to {} and max capacity to {}", bounds.min, bounds.max);
        let message =
            format!("Failed to set {what}. Reason: Maximum capacity cannot be less than minimum capacity.");
        Self { status: Status::Failed, message: Some(message), ..Self::bounded(id, bounds, action, at) }
    }

    fn of(id: String, description: String, cause: String, started: Timestamp) -> Self {
        Self {
            id,
            description,
            cause,
            started,
            ended: None,
            status: Status::InProgress,
            message: None,
            not_scaled: None,
            change: None,
        }
    }
}

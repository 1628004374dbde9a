//! What happened to a deployment: the lines of its history.

use serde::{Deserialize, Serialize};

use super::capacity::Traffic;
use crate::clock::Timestamp;

/// One line of a deployment's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// The world's time.
    pub at: Timestamp,
    /// What began or was noted.
    pub kind: EventKind,
    /// The step it belongs to, from 1; none outside the steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<u32>,
    /// The traffic from this instant on.
    pub traffic: Traffic,
    /// In plain words.
    pub message: String,
    /// Why a rollback began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<CauseKind>,
    /// The alarms that tripped.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alarms: Vec<String>,
}

/// What a history line tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A fleet or a batch is being launched.
    Launching,
    /// Traffic has moved.
    ActivatingTraffic,
    /// A bake has begun.
    Baking,
    /// Old instances are being terminated.
    Terminating,
    /// A rollback has begun, or goes on with its next stage.
    RollingBack,
    /// Something worth knowing that changes nothing.
    Warning,
    /// Instances died by an operator's fault.
    InstancesDied,
    /// An operator has stopped the countdown of its bakes.
    Paused,
    /// An operator lets the countdown go on.
    Resumed,
    /// An operator has ended a bake.
    Advanced,
    /// An operator wants no more bakes.
    Promoted,
    /// The new config is in service.
    Succeeded,
    /// The old config is back in service.
    RolledBack,
    /// The rollback could not be finished.
    RollbackFailed,
    /// A creation has failed.
    Failed,
}

/// Who or what made something happen to a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A client of AWS's API.
    Client,
    /// Its plan, whose time had come.
    Clock,
    /// An operator who steers it.
    Operator,
    /// What made it roll back.
    #[serde(untagged)]
    Cause(CauseKind),
}

impl Event {
    /// What made it happen, in a deployment that began at `began`.
    pub fn triggered_by(&self, began: Timestamp) -> Trigger {
        match (self.cause, self.kind) {
            (Some(cause), _) => Trigger::Cause(cause),
            (
                _,
                EventKind::InstancesDied
                | EventKind::Paused
                | EventKind::Resumed
                | EventKind::Advanced
                | EventKind::Promoted,
            ) => Trigger::Operator,
            (_, EventKind::Launching) if self.at == began && self.step.is_none_or(|step| step == 1) => {
                Trigger::Client
            }
            (_, EventKind::Warning) if self.at == began => Trigger::Client,
            _ => Trigger::Clock,
        }
    }

    /// Whether its deployment has ended with it.
    pub fn is_ending(&self) -> bool {
        self.kind.is_ending()
    }
}

impl EventKind {
    /// The word for it in the history.
    pub fn word(self) -> &'static str {
        match self {
            Self::Launching => "launching",
            Self::ActivatingTraffic => "activating_traffic",
            Self::Baking => "baking",
            Self::Terminating => "terminating",
            Self::RollingBack => "rolling_back",
            Self::Warning => "warning",
            Self::InstancesDied => "instances_died",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Advanced => "advanced",
            Self::Promoted => "promoted",
            Self::Succeeded => "succeeded",
            Self::RolledBack => "rolled_back",
            Self::RollbackFailed => "rollback_failed",
            Self::Failed => "failed",
        }
    }

    /// Whether a deployment stands in what such a line tells of; what others tell is only noted.
    pub fn is_stage(self) -> bool {
        !matches!(
            self,
            Self::Warning
                | Self::InstancesDied
                | Self::Paused
                | Self::Resumed
                | Self::Advanced
                | Self::Promoted
        )
    }

    /// Whether a deployment has ended with such a line.
    pub fn is_ending(self) -> bool {
        matches!(self, Self::Succeeded | Self::RolledBack | Self::RollbackFailed | Self::Failed)
    }
}

/// Why a rollback began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CauseKind {
    /// An alarm was in ALARM within the window.
    Alarm,
    /// An alarm does not exist, and the server is set to roll back for that.
    MissingAlarm,
    /// `MaximumExecutionTimeoutInSeconds` passed.
    Timeout,
    /// Instances did not pass their ping.
    Health,
    /// There was no room for instances.
    Capacity,
    /// Its steps failed inside the server.
    InternalFault,
    /// An operator has aborted it.
    Operator,
}

impl CauseKind {
    /// Every cause.
    pub const ALL: [Self; 7] = [
        Self::Alarm,
        Self::MissingAlarm,
        Self::Timeout,
        Self::Health,
        Self::Capacity,
        Self::InternalFault,
        Self::Operator,
    ];

    /// Its word, the same as in a history.
    pub fn word(self) -> &'static str {
        match self {
            Self::Alarm => "alarm",
            Self::MissingAlarm => "missing_alarm",
            Self::Timeout => "timeout",
            Self::Health => "health",
            Self::Capacity => "capacity",
            Self::InternalFault => "internal_fault",
            Self::Operator => "operator",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deployment::record::Status;

    /// Pages and texts say a word, the history and the control API are serialized: it is the same one.
    #[test]
    fn the_words_are_those_that_are_stored() {
        for cause in CauseKind::ALL {
            assert_eq!(serde_json::to_value(cause).unwrap(), cause.word());
        }
        for word in [
            "launching",
            "activating_traffic",
            "baking",
            "terminating",
            "rolling_back",
            "warning",
            "instances_died",
            "paused",
            "resumed",
            "advanced",
            "promoted",
            "succeeded",
            "rolled_back",
            "rollback_failed",
            "failed",
        ] {
            let kind: EventKind = serde_json::from_value(word.into()).unwrap();
            assert_eq!(kind.word(), word);
        }
        for word in ["running", "succeeded", "rolled_back", "rollback_failed", "failed"] {
            let status: Status = serde_json::from_value(word.into()).unwrap();
            assert_eq!(status.word(), word);
        }
    }
}

//! What faults do.

use serde::{Deserialize, Serialize};

use crate::domain::alarm::AlarmState;
use crate::domain::serving::Latency;
use crate::domain::tuning::Tuning;
use crate::domain::variant::Health;

/// How long ago a stale read may be at the most: an hour. Older states are not kept.
pub const LONGEST_PAST_MS: i64 = 3_600_000;

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Requests to instances fail.
    ErrorRate {
        /// The part that does, 0 to 1.
        rate: f64,
        /// What the container answers them, 400 to 599.
        status: u16,
    },
    /// Instances take so long for a request.
    Latency {
        /// That long.
        latency: Latency,
    },
    /// Instances that are launched meanwhile never pass their ping.
    UnhealthyInstances,
    /// Healthy instances die, and others are launched instead.
    InstancesDie {
        /// How many of an endpoint's; all without.
        instances: Option<u32>,
    },
    /// `DescribeEndpoint` and `ListEndpoints` answer as of so long ago.
    StaleReads {
        /// That long.
        ms: i64,
    },
    /// `FailureReason` is no longer shown so long after the endpoint's last change.
    FailureReasonVanishes {
        /// That long.
        after_ms: i64,
    },
    /// Instances that a rollback launches never pass their ping.
    RollbackCannotProvision,
    /// Requests to SageMaker's API are refused with `ThrottlingException`.
    ApiThrottling {
        /// The part that is, 0 to 1.
        rate: f64,
        /// Of these operations; of all without.
        operations: Vec<String>,
    },
    /// Requests to SageMaker's API are answered later.
    ApiLatency {
        /// So much later, in real time.
        ms: i64,
        /// Of these operations; of all without.
        operations: Vec<String>,
    },
    /// An alarm goes into a state, as by `SetAlarmState`.
    Alarm {
        /// `AlarmName`.
        alarm: String,
        /// The state.
        state: AlarmState,
    },
}

impl Effect {
    /// Its word in the control API.
    pub fn word(&self) -> &'static str {
        match self {
            Self::ErrorRate { .. } => "error_rate",
            Self::Latency { .. } => "latency",
            Self::UnhealthyInstances => "unhealthy_instances",
            Self::InstancesDie { .. } => "instances_die",
            Self::StaleReads { .. } => "stale_reads",
            Self::FailureReasonVanishes { .. } => "failure_reason_vanishes",
            Self::RollbackCannotProvision => "rollback_cannot_provision",
            Self::ApiThrottling { .. } => "api_throttling",
            Self::ApiLatency { .. } => "api_latency",
            Self::Alarm { .. } => "alarm",
        }
    }

    /// Whether it does its work at one instant and then is over.
    pub fn is_instant(&self) -> bool {
        matches!(self, Self::InstancesDie { .. } | Self::Alarm { .. })
    }

    /// Whether answers are to be of the past, for which the past has to be kept.
    pub fn reads_past(&self) -> bool {
        matches!(self, Self::StaleReads { .. })
    }

    /// Whether it is about instances, so that a model, a variant or an instance type can be its scope.
    pub fn is_of_instances(&self) -> bool {
        match self {
            Self::ErrorRate { .. }
            | Self::Latency { .. }
            | Self::UnhealthyInstances
            | Self::InstancesDie { .. }
            | Self::RollbackCannotProvision => true,
            Self::StaleReads { .. }
            | Self::FailureReasonVanishes { .. }
            | Self::ApiThrottling { .. }
            | Self::ApiLatency { .. }
            | Self::Alarm { .. } => false,
        }
    }

    /// Whether it concerns an operation of SageMaker's API.
    pub fn concerns(&self, operation: &str) -> bool {
        match self {
            Self::ApiThrottling { operations, .. } | Self::ApiLatency { operations, .. } => {
                operations.is_empty() || operations.iter().any(|named| named == operation)
            }
            _ => false,
        }
    }

    /// A tuning with what this says of instances that serve, or of those that are launched.
    pub(super) fn on(&self, tuning: Tuning) -> Tuning {
        match self {
            Self::ErrorRate { rate, status } => {
                Tuning { error_rate: Some(*rate), error_status: Some(*status), ..tuning }
            }
            Self::Latency { latency } => Tuning { latency: Some(*latency), ..tuning },
            Self::UnhealthyInstances => Tuning { health: Some(Health::Failing), ..tuning },
            _ => tuning,
        }
    }
}

//! The settings of the core: how long stages take, and the switches where AWS is silent.
//!
//! Every switch is described, with its reason, in `docs/fidelity.md`; the first value is the default.

use serde::{Deserialize, Serialize};

/// Durations (milliseconds of the world's time) and switches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// `ActivatingTraffic`; the traffic moves at its beginning.
    pub activate_ms: i64,
    /// Terminating a fleet or a batch.
    pub terminate_ms: i64,
    /// `DeleteEndpoint`.
    pub delete_ms: i64,
    /// An alarm that is in ALARM already when the window opens.
    pub alarm_at_start: AlarmAtStart,
    /// An alarm that does not exist, or is deleted on the way.
    pub missing_alarm: MissingAlarm,
    /// `EndpointStatus` during a guardrail rollback.
    pub rollback_status: RollbackStatus,
    /// `FailureReason` once a rollback is over.
    pub failure_reason_after_rollback: FailureReasonAfterRollback,
    /// What a timeout given with `UpdateEndpoint` is held against.
    pub timeout_check: TimeoutCheck,
    /// A guardrail looks at its alarms this often, from the opening of its window on, and sees the history
    /// between two looks; 0 is at once.
    pub alarm_poll_ms: i64,
    /// A datapoint is seen this long after its period has ended; `None` is CloudWatch's usual delay.
    pub metric_delay_ms: Option<i64>,
    /// How long a launch waits for room before it fails.
    #[serde(default = "usual_capacity_wait_ms")]
    pub capacity_wait_ms: i64,
    /// What every draw of chance is made from: the same seed, the same run.
    pub seed: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            activate_ms: 5_000,
            terminate_ms: 10_000,
            delete_ms: 10_000,
            alarm_at_start: AlarmAtStart::Rollback,
            missing_alarm: MissingAlarm::Ignore,
            rollback_status: RollbackStatus::Updating,
            failure_reason_after_rollback: FailureReasonAfterRollback::Keep,
            timeout_check: TimeoutCheck::Fields,
            alarm_poll_ms: 0,
            metric_delay_ms: None,
            capacity_wait_ms: usual_capacity_wait_ms(),
            seed: 0,
        }
    }
}

/// What held before it could be set.
fn usual_capacity_wait_ms() -> i64 {
    600_000
}

/// See [`Rules::alarm_at_start`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlarmAtStart {
    /// The first look trips.
    Rollback,
    /// Only a later transition to ALARM trips.
    IgnoreUntilOk,
}

/// See [`Rules::missing_alarm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MissingAlarm {
    /// Noted in the history.
    Ignore,
    /// Ends the deployment.
    Rollback,
    /// `UpdateEndpoint` refuses it; one that is deleted on the way is ignored.
    Reject,
}

/// See [`Rules::rollback_status`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RollbackStatus {
    /// `Updating`.
    Updating,
    /// `RollingBack`.
    RollingBack,
}

/// See [`Rules::failure_reason_after_rollback`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureReasonAfterRollback {
    /// Stays until the next accepted update.
    Keep,
    /// Vanishes when the endpoint is back in service.
    Clear,
}

/// See [`Rules::timeout_check`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeoutCheck {
    /// Refused unless larger than `WaitIntervalInSeconds` + `TerminationWaitInSeconds`: the model's words.
    Fields,
    /// Refused if smaller than the waits of all steps.
    Waits,
    /// Never refused.
    Off,
}

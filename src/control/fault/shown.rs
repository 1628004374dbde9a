//! A fault as clients see it.

use serde::Serialize;
use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::control::tuning::latency_shown;
use crate::control::value::{number as rate_shown, thousandths};
use crate::domain::injection::{Effect, End, Injection, Scope, Standing, Start};

/// A fault.
#[derive(Debug, Serialize)]
pub(in crate::control) struct Shown {
    id: String,
    kind: &'static str,
    /// What belongs to its kind.
    #[serde(flatten)]
    own: Value,
    scope: ShownScope,
    start: Value,
    /// Null until it is taken away.
    end: Option<Value>,
    status: Standing,
    added_at: String,
    /// Null while it waits for a step.
    began_at: Option<String>,
    ends_at: Option<String>,
    /// What came of one that does its work at one instant.
    outcome: Option<String>,
    /// Of one that was just added: what it names that is not there yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) note: Option<String>,
}

#[derive(Debug, Serialize)]
struct ShownScope {
    endpoint: Option<String>,
    model: Option<String>,
    variant: Option<String>,
    instance_type: Option<String>,
}

impl From<&Scope> for ShownScope {
    fn from(scope: &Scope) -> Self {
        let Scope { endpoint, model, variant, instance_type } = scope.clone();
        Self { endpoint, model: model.map(|model| model.name), variant, instance_type }
    }
}

/// What it is called.
pub(super) fn id(injection: &Injection) -> String {
    format!("fault-{}", injection.number)
}

/// The number of a fault that is called so.
pub(super) fn number(id: &str) -> Option<i64> {
    let digits = id.strip_prefix("fault-")?;
    let number = digits.parse().ok().filter(|number| *number > 0)?;
    (format!("{number}") == digits).then_some(number)
}

/// A fault as it stands at `now`.
pub(super) fn shown(injection: &Injection, now: Timestamp) -> Shown {
    Shown {
        id: id(injection),
        kind: injection.effect.word(),
        own: own(&injection.effect),
        scope: (&injection.scope).into(),
        start: match injection.start {
            Start::At(at) => json!({"at": at.to_string()}),
            Start::Step { step, .. } => json!({"step": step}),
        },
        end: match injection.end {
            End::Never => None,
            End::At(at) => Some(json!({"at": at.to_string()})),
            End::After(ms) => Some(json!({"after_seconds": thousandths(ms)})),
        },
        status: injection.standing(now),
        added_at: injection.added_at.to_string(),
        began_at: injection.began_at().map(|at| at.to_string()),
        ends_at: injection.ends_at().map(|at| at.to_string()),
        outcome: injection.outcome.clone(),
        note: None,
    }
}

/// The members that belong to the kind, as they are put.
fn own(effect: &Effect) -> Value {
    match effect {
        Effect::ErrorRate { rate, status } => json!({"rate": rate_shown(*rate), "error_status": status}),
        Effect::Latency { latency } => json!({"latency_ms": latency_shown(*latency)}),
        Effect::UnhealthyInstances | Effect::RollbackCannotProvision => json!({}),
        Effect::InstancesDie { instances } => json!({"instances": instances}),
        Effect::StaleReads { ms } | Effect::FailureReasonVanishes { after_ms: ms } => {
            json!({"seconds": thousandths(*ms)})
        }
        Effect::ApiThrottling { rate, operations } => {
            json!({"rate": rate_shown(*rate), "operations": operations})
        }
        Effect::ApiLatency { ms, operations } => json!({"latency_ms": ms, "operations": operations}),
        Effect::Alarm { alarm, state } => json!({"alarm": alarm, "alarm_state": state.word()}),
    }
}

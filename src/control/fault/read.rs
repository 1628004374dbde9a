//! A fault as a client writes it: each member with one sentence that says all that it may be.

use serde_json::{Map, Value};

use crate::clock::Timestamp;
use crate::control::body::Body;
use crate::control::problem::Problem;
use crate::control::time::{self, TIME};
use crate::control::tuning::{LATENCY, in_thousandths, latency, whole};
use crate::domain::alarm::AlarmState;
use crate::domain::injection::{Effect, End, LONGEST_PAST_MS, Scope};
use crate::domain::tuning::{DAY_MS, ERROR_STATUSES};
use crate::engine::LONGEST_ADVANCE_MS;
use crate::engine::injection::Begin;

/// A fault as it is asked for.
pub(super) struct Draft {
    pub(super) effect: Effect,
    pub(super) scope: Scope,
    /// The model that the scope names.
    pub(super) model: Option<String>,
    pub(super) start: Begin,
    pub(super) end: End,
}

const KINDS: [&str; 10] = [
    "error_rate",
    "latency",
    "unhealthy_instances",
    "instances_die",
    "stale_reads",
    "failure_reason_vanishes",
    "rollback_cannot_provision",
    "api_throttling",
    "api_latency",
    "alarm",
];

const RATE: &str = "a number above 0, up to 1";
const STEP: &str = "{\"step\": whole number from 1}";
const SECONDS: &str = "{\"after_seconds\": number from 0 to 31622400}";
const LASTING: &str = "{\"after_seconds\": number above 0, up to 31622400}";
const SCOPE: &str =
    "an object whose members are texts of 1 to 256 characters: endpoint, model, variant, instance_type";

/// The longest that an answer of the API can be late: what most clients wait for at the most.
const LATEST_MS: i64 = 60_000;

/// The fault that a body asks for. `operations` are those that API faults can name.
pub(super) fn read(body: Body, operations: &[&str]) -> Result<Draft, Problem> {
    let mut body = body.without_nulls();
    let kinds = format!("one of {}", KINDS.join(", "));
    let kind = needed(&mut body, "kind", &kinds, |value| {
        KINDS.into_iter().find(|kind| value.as_str() == Some(kind))
    })?;
    let (effect, own) = effect(kind, &mut body, operations)?;
    let scope = body.take("scope", SCOPE, texts)?.unwrap_or_default();
    let start = format!("\"now\", {STEP}, {{\"at\": {TIME}}} or {SECONDS}");
    let start = body.take("start", &start, start_of)?.unwrap_or(Begin::In(0));
    let end = format!("{{\"at\": {TIME}}} or {LASTING}");
    let end = body.take("end", &end, end_of)?.unwrap_or(End::Never);
    body.finish(&format!("kind, {own}scope, start and end"))?;
    check(&effect, &scope, end)?;
    let text = |name: &str| scope.get(name).and_then(Value::as_str).map(str::to_owned);
    let (endpoint, variant, instance_type) = (text("endpoint"), text("variant"), text("instance_type"));
    let model = text("model");
    Ok(Draft { effect, scope: Scope { endpoint, model: None, variant, instance_type }, model, start, end })
}

/// What a fault of that kind does, and the names of the members that say it.
fn effect(kind: &str, body: &mut Body, operations: &[&str]) -> Result<(Effect, &'static str), Problem> {
    Ok(match kind {
        "error_rate" => {
            let rate = needed(body, "rate", RATE, rate)?;
            let status = body.take("error_status", "a whole number from 400 to 599", |value| {
                whole(value).filter(|status| ERROR_STATUSES.contains(status))
            })?;
            (Effect::ErrorRate { rate, status: status.unwrap_or(500) }, "rate, error_status, ")
        }
        "latency" => {
            (Effect::Latency { latency: needed(body, "latency_ms", LATENCY, latency)? }, "latency_ms, ")
        }
        "unhealthy_instances" => (Effect::UnhealthyInstances, ""),
        "instances_die" => {
            let instances = body.take("instances", "a whole number from 1", |value| {
                whole(value).filter(|instances| *instances >= 1)
            })?;
            (Effect::InstancesDie { instances }, "instances, ")
        }
        "stale_reads" => {
            let ms = needed(body, "seconds", "a number above 0, up to 3600", |value| {
                in_thousandths(value, LONGEST_PAST_MS).filter(|ms| *ms > 0)
            })?;
            (Effect::StaleReads { ms }, "seconds, ")
        }
        "failure_reason_vanishes" => {
            let after_ms =
                needed(body, "seconds", "a number from 0 to 86400", |value| in_thousandths(value, DAY_MS))?;
            (Effect::FailureReasonVanishes { after_ms }, "seconds, ")
        }
        "rollback_cannot_provision" => (Effect::RollbackCannotProvision, ""),
        "api_throttling" => {
            let rate = needed(body, "rate", RATE, rate)?;
            (Effect::ApiThrottling { rate, operations: named(body, operations)? }, "rate, operations, ")
        }
        "api_latency" => {
            let ms = needed(body, "latency_ms", "a whole number of milliseconds from 1 to 60000", |value| {
                whole(value).filter(|ms| (1..=LATEST_MS).contains(ms))
            })?;
            (Effect::ApiLatency { ms, operations: named(body, operations)? }, "latency_ms, operations, ")
        }
        _ => {
            let alarm = needed(body, "alarm", "the name of an alarm, 1 to 255 characters", |value| {
                value.as_str().filter(|name| (1..=255).contains(&name.chars().count())).map(str::to_owned)
            })?;
            let state = body.take("alarm_state", "OK, ALARM or INSUFFICIENT_DATA", |value| {
                AlarmState::from_word(value.as_str()?)
            })?;
            (Effect::Alarm { alarm, state: state.unwrap_or(AlarmState::Alarm) }, "alarm, alarm_state, ")
        }
    })
}

/// Refuses what cannot be meant.
fn check(effect: &Effect, scope: &Map<String, Value>, end: End) -> Result<(), Problem> {
    let of_instances =
        ["model", "variant", "instance_type"].into_iter().find(|name| scope.contains_key(*name));
    if let Some(name) = of_instances.filter(|_| !effect.is_of_instances()) {
        return Err(Problem::bad(format!(
            "A fault of kind {:?} is about no instances, so its scope cannot have {name:?}: it can have \"endpoint\".",
            effect.word()
        )));
    }
    if effect.is_instant() && end != End::Never {
        return Err(Problem::bad(format!(
            "A fault of kind {:?} does its work at one instant, so it cannot have an \"end\".",
            effect.word()
        )));
    }
    Ok(())
}

fn needed<T>(
    body: &mut Body,
    name: &str,
    wanted: &str,
    read: impl FnOnce(&Value) -> Option<T>,
) -> Result<T, Problem> {
    let missing = || Problem::bad(format!("The body needs the member {name:?}: {wanted}."));
    body.take(name, wanted, read)?.ok_or_else(missing)
}

fn rate(value: &Value) -> Option<f64> {
    value.as_f64().filter(|rate| *rate > 0.0 && *rate <= 1.0)
}

/// The operations that an API fault is about; all if it names none.
fn named(body: &mut Body, operations: &[&str]) -> Result<Vec<String>, Problem> {
    let wanted = format!("a list of operations of SageMaker that are built: {}", operations.join(", "));
    let named = body.take("operations", &wanted, |value| {
        let names = value.as_array()?.iter().map(Value::as_str);
        let known = |name: Option<&str>| name.filter(|name| operations.contains(name)).map(str::to_owned);
        names.map(known).collect::<Option<Vec<_>>>()
    })?;
    Ok(named.unwrap_or_default())
}

/// The members of a scope that are given.
fn texts(value: &Value) -> Option<Map<String, Value>> {
    let mut members = value.as_object()?.clone();
    members.retain(|_, value| !value.is_null());
    let is_right = |(name, value): (&String, &Value)| {
        let known = ["endpoint", "model", "variant", "instance_type"].contains(&name.as_str());
        known && value.as_str().is_some_and(|text| (1..=256).contains(&text.chars().count()))
    };
    members.iter().all(is_right).then_some(members)
}

fn start_of(value: &Value) -> Option<Begin> {
    if value == "now" {
        return Some(Begin::In(0));
    }
    let (name, value) = only_member(value)?;
    match name {
        "step" => whole(value).filter(|step| *step >= 1).map(Begin::Step),
        "at" => instant(value).map(Begin::At),
        "after_seconds" => in_thousandths(value, LONGEST_ADVANCE_MS).map(Begin::In),
        _ => None,
    }
}

fn end_of(value: &Value) -> Option<End> {
    let (name, value) = only_member(value)?;
    match name {
        "at" => instant(value).map(End::At),
        "after_seconds" => in_thousandths(value, LONGEST_ADVANCE_MS).filter(|ms| *ms > 0).map(End::After),
        _ => None,
    }
}

fn only_member(value: &Value) -> Option<(&str, &Value)> {
    let mut members = value.as_object()?.iter();
    let (name, value) = members.next()?;
    members.next().is_none().then_some((name.as_str(), value))
}

fn instant(value: &Value) -> Option<Timestamp> {
    time::read(value.as_str()?)
}

//! A fault as a client writes it: each member with one sentence that says all that it may be.

use serde::Deserialize;
use serde_json::Value;

use crate::clock::Timestamp;
use crate::control::body::Body;
use crate::control::problem::Problem;
use crate::control::time::{self, TIME};
use crate::control::tuning::{LATENCY, STATUS, latency, status};
use crate::control::value::{in_thousandths, whole};
use crate::domain::alarm::AlarmState;
use crate::domain::injection::{Effect, End, LONGEST_PAST_MS};
use crate::domain::tuning::DAY_MS;
use crate::engine::LONGEST_ADVANCE_MS;
use crate::engine::injection::Begin;

/// A fault as it is asked for.
pub(super) struct Draft {
    pub(super) effect: Effect,
    pub(super) scope: Named,
    pub(super) start: Begin,
    pub(super) end: End,
}

/// A scope, by names.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub(super) endpoint: Option<String>,
    pub(super) model: Option<String>,
    pub(super) variant: Option<String>,
    pub(super) instance_type: Option<String>,
}

/// A kind: its word, the names of its own members, and what they come to. `operations` are those that API faults can
/// name.
type Kind = (&'static str, &'static str, fn(&mut Body, operations: &[&str]) -> Result<Effect, Problem>);

const KINDS: [Kind; 10] = [
    ("error_rate", "rate, error_status, ", error_rate),
    ("latency", "latency_ms, ", |body, _| {
        Ok(Effect::Latency { latency: needed(body, "latency_ms", LATENCY, latency)? })
    }),
    ("unhealthy_instances", "", |_, _| Ok(Effect::UnhealthyInstances)),
    ("instances_die", "instances, ", |body, _| {
        let counted = |value: &Value| whole(value).filter(|instances| *instances >= 1);
        Ok(Effect::InstancesDie { instances: body.take("instances", "a whole number from 1", counted)? })
    }),
    ("stale_reads", "seconds, ", |body, _| {
        let past = |value: &Value| in_thousandths(value, LONGEST_PAST_MS).filter(|ms| *ms > 0);
        Ok(Effect::StaleReads { ms: needed(body, "seconds", "a number above 0, up to 3600", past)? })
    }),
    ("failure_reason_vanishes", "seconds, ", |body, _| {
        let day = |value: &Value| in_thousandths(value, DAY_MS);
        let after_ms = needed(body, "seconds", "a number from 0 to 86400", day)?;
        Ok(Effect::FailureReasonVanishes { after_ms })
    }),
    ("rollback_cannot_provision", "", |_, _| Ok(Effect::RollbackCannotProvision)),
    ("api_throttling", "rate, operations, ", |body, operations| {
        let rate = needed(body, "rate", RATE, rate)?;
        Ok(Effect::ApiThrottling { rate, operations: named(body, operations)? })
    }),
    ("api_latency", "latency_ms, operations, ", |body, operations| {
        let late = |value: &Value| whole(value).filter(|ms| (1..=LATEST_MS).contains(ms));
        let ms = needed(body, "latency_ms", "a whole number of milliseconds from 1 to 60000", late)?;
        Ok(Effect::ApiLatency { ms, operations: named(body, operations)? })
    }),
    ("alarm", "alarm, alarm_state, ", alarm),
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
    let kinds = format!("one of {}", KINDS.map(|(kind, ..)| kind).join(", "));
    let (_, own, effect) = needed(&mut body, "kind", &kinds, |value| {
        KINDS.into_iter().find(|(kind, ..)| value.as_str() == Some(kind))
    })?;
    let effect = effect(&mut body, operations)?;
    let scope = body.take("scope", SCOPE, scope_of)?.unwrap_or_default();
    let start = format!("\"now\", {STEP}, {{\"at\": {TIME}}} or {SECONDS}");
    let start = body.take("start", &start, start_of)?.unwrap_or(Begin::In(0));
    let end = format!("{{\"at\": {TIME}}} or {LASTING}");
    let end = body.take("end", &end, end_of)?.unwrap_or(End::Never);
    body.finish(&format!("kind, {own}scope, start and end"))?;
    check(&effect, &scope, end)?;
    Ok(Draft { effect, scope, start, end })
}

fn error_rate(body: &mut Body, _: &[&str]) -> Result<Effect, Problem> {
    let rate = needed(body, "rate", RATE, rate)?;
    let status = body.take("error_status", STATUS, status)?;
    Ok(Effect::ErrorRate { rate, status: status.unwrap_or(500) })
}

fn alarm(body: &mut Body, _: &[&str]) -> Result<Effect, Problem> {
    let alarm = needed(body, "alarm", "the name of an alarm, 1 to 255 characters", |value| {
        value.as_str().filter(|name| (1..=255).contains(&name.chars().count())).map(str::to_owned)
    })?;
    let state = body.take("alarm_state", "OK, ALARM or INSUFFICIENT_DATA", |value| {
        AlarmState::from_word(value.as_str()?)
    })?;
    Ok(Effect::Alarm { alarm, state: state.unwrap_or(AlarmState::Alarm) })
}

/// Refuses what cannot be meant.
fn check(effect: &Effect, scope: &Named, end: End) -> Result<(), Problem> {
    let Named { endpoint: _, model, variant, instance_type } = scope;
    let of_instances = [("model", model), ("variant", variant), ("instance_type", instance_type)];
    let of_instances = of_instances.into_iter().find(|(_, named)| named.is_some());
    if let Some((name, _)) = of_instances.filter(|_| !effect.is_of_instances()) {
        return Err(Problem::bad(format!(
            "A fault of kind {} is about no instances, so its scope cannot have {name:?}: it can have \"endpoint\".",
            effect.word()
        )));
    }
    if effect.is_instant() && end != End::Never {
        return Err(Problem::bad(format!(
            "A fault of kind {} does its work at one instant, so it cannot have an \"end\".",
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

fn scope_of(value: &Value) -> Option<Named> {
    // To serde a list would be one too.
    let named = Named::deserialize(value).ok().filter(|_| value.is_object())?;
    let Named { endpoint, model, variant, instance_type } = &named;
    let is_right = |name: &String| (1..=256).contains(&name.chars().count());
    let are_right = [endpoint, model, variant, instance_type].into_iter().flatten().all(is_right);
    are_right.then_some(named)
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

//! The items of the history about an alarm's configuration, in the form in which CloudWatch writes them.
//! Those about its state are the engine's.

use serde_json::{Map, Value as Json, json};

use super::alarm::describe;
use crate::domain::world::WorldId;
use crate::engine::alarm::append;
use crate::metrics::history::first_that_fits;
use crate::metrics::text::json_time;
use crate::schema::{Fault, Fields, Value};
use crate::store::{Alarm, Effect, Tx};

/// The order of an alarm's members and of what is in them, however a client wrote them: the first as CloudWatch
/// has them, the rest as the service model lists them.
const ORDER: [&str; 39] = [
    "AlarmName",
    "AlarmDescription",
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "Id",
    "MetricStat",
    "Metric",
    "Namespace",
    "MetricName",
    "Statistic",
    "Expression",
    "Label",
    "ReturnData",
    "Period",
    "Stat",
    "AccountId",
    "AlarmRule",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "StateValue",
    "StateUpdatedTimestamp",
    "ExtendedStatistic",
    "Dimensions",
    "Unit",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
    "ThresholdMetricId",
    "ActionsSuppressor",
    "ActionsSuppressorWaitPeriod",
    "ActionsSuppressorExtensionPeriod",
    "Name",
    "Value",
];

/// A new alarm enters its first state.
pub(super) async fn created(tx: &mut Tx, alarm: &Alarm) -> Result<(), Fault> {
    let configuration = configuration(tx.id(), alarm)?;
    let bodies = [
        json!({"version": "1.0", "type": "Create", "createdAlarm": configuration}),
        json!({"version": "1.0", "type": "Create"}),
    ];
    let summary = format!("Alarm \"{}\" created", alarm.name);
    recorded(tx, alarm, &summary, &bodies, Effect::Entered(alarm.state)).await
}

/// An alarm's configuration is another one; its state stays.
pub(super) async fn updated(tx: &mut Tx, old: &Alarm, alarm: &Alarm) -> Result<(), Fault> {
    let (before, after) = (configuration(tx.id(), old)?, configuration(tx.id(), alarm)?);
    let mut original = before;
    original.retain(|member, value| after.get(member) != Some(value));
    let bodies = [
        json!({"version": "1.0", "type": "Update", "originalUpdatedFields": original, "updatedAlarm": after}),
        json!({"version": "1.0", "type": "Update"}),
    ];
    let summary = format!("Alarm \"{}\" updated", alarm.name);
    recorded(tx, alarm, &summary, &bodies, Effect::None).await
}

/// An alarm is gone.
pub(super) async fn deleted(tx: &mut Tx, alarm: &Alarm) -> Result<(), Fault> {
    let configuration = configuration(tx.id(), alarm)?;
    let bodies = [
        json!({"version": "1.0", "type": "Delete", "deletedAlarm": configuration}),
        json!({"version": "1.0", "type": "Delete"}),
    ];
    let summary = format!("Alarm \"{}\" deleted", alarm.name);
    recorded(tx, alarm, &summary, &bodies, Effect::Deleted).await
}

async fn recorded(
    tx: &mut Tx,
    alarm: &Alarm,
    summary: &str,
    bodies: &[Json],
    effect: Effect,
) -> Result<(), Fault> {
    let at = tx.now();
    let body = first_that_fits(bodies);
    Ok(append(tx, alarm, at, "ConfigurationUpdate", summary, &body, effect).await?)
}

/// The alarm with its members named as in Java.
fn configuration(world: &WorldId, alarm: &Alarm) -> Result<Map<String, Json>, Fault> {
    let Value::Map(mut shown) = describe(world, alarm)? else {
        return Err(Fault::internal("an alarm is shown as something else than a structure"));
    };
    for left_out in ["StateReason", "StateReasonData", "StateTransitionedTimestamp"] {
        shown.remove(left_out);
    }
    for instant in ["AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp"] {
        if let Some(at) = shown.get(instant).and_then(Value::as_timestamp) {
            shown.insert(instant, json_time(at).into());
        }
    }
    in_order(&shown)
}

/// The members of a structure in [`ORDER`]; what it does not name comes last, by name.
fn in_order(members: &Fields) -> Result<Map<String, Json>, Fault> {
    let place = |name: &str| ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
    let mut ordered: Vec<_> = members.iter().collect();
    ordered.sort_by(|(one, _), (other, _)| (place(one), one).cmp(&(place(other), other)));
    ordered.into_iter().map(|(member, value)| Ok((java_name(member), java(value)?))).collect()
}

fn java(value: &Value) -> Result<Json, Fault> {
    match value {
        Value::Map(members) => in_order(members).map(Json::Object),
        Value::List(elements) => elements.iter().map(java).collect::<Result<Vec<_>, _>>().map(Json::Array),
        scalar => serde_json::to_value(scalar).map_err(Fault::internal),
    }
}

/// `alarmName`; a name that begins with two capitals loses more, as CloudWatch's own `okactions` does.
fn java_name(member: &str) -> String {
    match member.strip_prefix("OK") {
        Some(rest) => format!("ok{}", rest.to_lowercase()),
        None => member[..1].to_lowercase() + &member[1..],
    }
}

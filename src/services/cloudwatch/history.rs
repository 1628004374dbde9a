//! The items of the history, in the form in which CloudWatch writes them.
//!
//! Which item brings the alarm into which state is said beside the text: guardrails read that, never the
//! text. An item for a transition to ALARM, and one for a deletion, makes the deployments that watch the
//! alarm due at that instant; the store sees to that.

use serde_json::{Map, Value as Json, json};

use super::alarm::describe;
use super::text::{cut, json_time};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::store::{Alarm, Effect, NewItem, Tx};

/// The limit of `HistoryData`.
const MAX_DATA: usize = 4095;
/// The limit of `HistorySummary`.
const MAX_SUMMARY: usize = 255;
/// The members that come first in an alarm's configuration, in CloudWatch's order.
const FIRST: [&str; 8] = [
    "AlarmName",
    "AlarmDescription",
    "AlarmArn",
    "AlarmConfigurationUpdatedTimestamp",
    "Namespace",
    "MetricName",
    "Statistic",
    "Period",
];

/// A new alarm enters its first state.
pub(super) async fn created(tx: &mut Tx, alarm: &Alarm) -> Result<(), Fault> {
    let configuration = configuration(tx.id(), alarm)?;
    let bodies = [
        json!({"version": "1.0", "type": "Create", "createdAlarm": configuration}),
        json!({"version": "1.0", "type": "Create"}),
    ];
    let summary = format!("Alarm \"{}\" created", alarm.name);
    append(tx, alarm, "ConfigurationUpdate", &summary, &bodies, Effect::Entered(alarm.state)).await
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
    append(tx, alarm, "ConfigurationUpdate", &summary, &bodies, Effect::None).await
}

/// An alarm is gone.
pub(super) async fn deleted(tx: &mut Tx, alarm: &Alarm) -> Result<(), Fault> {
    let configuration = configuration(tx.id(), alarm)?;
    let bodies = [
        json!({"version": "1.0", "type": "Delete", "deletedAlarm": configuration}),
        json!({"version": "1.0", "type": "Delete"}),
    ];
    let summary = format!("Alarm \"{}\" deleted", alarm.name);
    append(tx, alarm, "ConfigurationUpdate", &summary, &bodies, Effect::Deleted).await
}

/// An alarm has gone from one state to another.
pub(super) async fn transitioned(tx: &mut Tx, old: &Alarm, alarm: &Alarm) -> Result<(), Fault> {
    let bodies = [(true, true), (false, true), (false, false)].map(|(old_data, new_data)| {
        json!({"version": "1.0", "oldState": state(old, old_data), "newState": state(alarm, new_data)})
    });
    let summary = format!("Alarm updated from {} to {}", old.state.word(), alarm.state.word());
    append(tx, alarm, "StateUpdate", &summary, &bodies, Effect::Entered(alarm.state)).await
}

async fn append(
    tx: &mut Tx,
    alarm: &Alarm,
    item_type: &str,
    summary: &str,
    bodies: &[Json],
    effect: Effect,
) -> Result<(), Fault> {
    let item = NewItem {
        alarm: &alarm.name,
        kind: alarm.kind,
        at: tx.now(),
        item_type,
        summary: &cut(summary, MAX_SUMMARY),
        body: &first_that_fits(bodies),
        effect,
    };
    tx.append_alarm_history(&item).await?;
    Ok(())
}

/// The first of `bodies`, which grow shorter, that fits into `HistoryData`.
fn first_that_fits(bodies: &[Json]) -> String {
    let texts = bodies.iter().map(Json::to_string);
    texts
        .into_iter()
        .find(|text| text.chars().count() <= MAX_DATA)
        .unwrap_or_else(|| r#"{"version":"1.0"}"#.to_owned())
}

fn state(alarm: &Alarm, with_data: bool) -> Json {
    let mut state = json!({"stateValue": alarm.state.word(), "stateReason": alarm.reason});
    if with_data && let Some(text) = &alarm.reason_data {
        state["stateReasonData"] = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    }
    state
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
    let mut members = Map::new();
    for member in FIRST {
        if let Some(value) = shown.remove(member) {
            members.insert(java_name(member), java(&value)?);
        }
    }
    for (member, value) in shown.iter() {
        members.insert(java_name(member), java(value)?);
    }
    Ok(members)
}

fn java(value: &Value) -> Result<Json, Fault> {
    match value {
        Value::Map(members) => {
            let named = members.iter().map(|(member, value)| Ok((java_name(member), java(value)?)));
            named.collect::<Result<Map<_, _>, Fault>>().map(Json::Object)
        }
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

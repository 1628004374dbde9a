//! An alarm as clients see it: what was put, completed with defaults, and the state of the moment.

use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::stored;
use crate::store::{Alarm, AlarmKind};

/// The members that are lists of actions, one for each state.
pub(super) const ACTIONS: [&str; 3] = ["AlarmActions", "InsufficientDataActions", "OKActions"];

/// `MetricAlarm` or `CompositeAlarm`.
pub(super) fn type_of(kind: AlarmKind) -> &'static str {
    match kind {
        AlarmKind::Metric => "MetricAlarm",
        AlarmKind::Composite => "CompositeAlarm",
    }
}

/// The kind that `AlarmTypes` asks for: metric alarms if it says nothing, `None` for both.
pub(super) fn kind_of(types: &[String]) -> Option<AlarmKind> {
    let asked = |kind| types.iter().any(|word| word == type_of(kind));
    match (asked(AlarmKind::Metric), asked(AlarmKind::Composite)) {
        (true, true) => None,
        (false, true) => Some(AlarmKind::Composite),
        _ => Some(AlarmKind::Metric),
    }
}

/// The validated request as it is stored: without tags, with the defaults that CloudWatch shows.
pub(super) fn completed(kind: AlarmKind, mut request: Fields) -> Fields {
    request.remove("Tags");
    if request.get("ActionsEnabled").is_none() {
        request.insert("ActionsEnabled", Value::Bool(true));
    }
    let lists: &[&str] = if kind == AlarmKind::Metric { &["Dimensions"] } else { &[] };
    for list in lists.iter().chain(&ACTIONS) {
        if request.get(list).is_none() {
            request.insert(*list, Value::List(Vec::new()));
        }
    }
    request
}

/// The members of the stored request.
pub(super) fn request(alarm: &Alarm) -> Result<Fields, Fault> {
    match stored(&alarm.body)? {
        Value::Map(members) => Ok(members),
        _ => Err(Fault::internal("the body of an alarm is no structure")),
    }
}

/// The alarm as `DescribeAlarms` shows it.
pub(super) fn describe(world: &WorldId, alarm: &Alarm) -> Result<Value, Fault> {
    let mut shown = request(alarm)?;
    shown.insert("AlarmArn", world.alarm_arn(&alarm.name).into());
    shown.insert("AlarmConfigurationUpdatedTimestamp", alarm.configured.into());
    shown.insert("StateValue", alarm.state.word().into());
    shown.insert("StateReason", alarm.reason.as_str().into());
    if let Some(reason_data) = &alarm.reason_data {
        shown.insert("StateReasonData", reason_data.as_str().into());
    }
    shown.insert("StateUpdatedTimestamp", alarm.updated.into());
    shown.insert("StateTransitionedTimestamp", alarm.transitioned.into());
    if shown.get("ThresholdMetricId").is_some() {
        // Nothing here learns the model that would make the band; the state's reason says so.
        shown.insert("EvaluationState", "EVALUATION_ERROR".into());
    }
    Ok(shown.into())
}

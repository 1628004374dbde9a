//! What CloudWatch writes into `HistoryData` and `StateReasonData`: JSON as text, cut to its limits by
//! leaving out whole parts.

use serde_json::{Value as Json, json};

use super::text::json_time;
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;

/// The limit of `HistoryData`, characters.
const MAX_HISTORY_DATA: usize = 4095;
/// The limit of `StateReasonData`, characters.
const MAX_REASON_DATA: usize = 4000;

/// A state as an item of the history tells it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// `StateValue`.
    pub state: AlarmState,
    /// `StateReason`.
    pub reason: &'a str,
    /// `StateReasonData`: JSON, or a text of a client that is none.
    pub reason_data: Option<&'a str>,
}

impl Told<'_> {
    fn json(&self, with_data: bool) -> Json {
        let mut state = json!({"stateValue": self.state.word(), "stateReason": self.reason});
        if with_data && let Some(text) = self.reason_data {
            state["stateReasonData"] = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
        }
        state
    }
}

/// `HistoryData` of an alarm that went from `old` to `new`.
pub fn state_update(old: Told<'_>, new: Told<'_>) -> String {
    let bodies = [(true, true), (false, true), (false, false)].map(|(old_data, new_data)| {
        json!({"version": "1.0", "oldState": old.json(old_data), "newState": new.json(new_data)})
    });
    first_that_fits(&bodies)
}

/// `HistoryData` of an action that an alarm had executed because of its transition at `at`.
pub fn action_executed(action: &str, at: Timestamp) -> String {
    json!({
        "actionState": "Succeeded", "stateUpdateTimestamp": at.0, "notificationResource": action,
        "publishedMessage": null, "error": null,
    })
    .to_string()
}

/// What made an alarm go to a state, as an item of its history tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossing {
    /// `StateReason`.
    pub reason: String,
    /// The newest value that was judged; none where nothing was, as when the state was set by hand.
    pub value: Option<f64>,
    /// What it was held against.
    pub threshold: Option<f64>,
}

/// What `HistoryData` says of the state that the alarm went to; none where it says nothing.
pub fn crossing(history_data: &str) -> Option<Crossing> {
    let body: Json = serde_json::from_str(history_data).ok()?;
    let state = body.get("newState")?;
    let judged = state.get("stateReasonData");
    let values = judged.and_then(|judged| judged.get("recentDatapoints")).and_then(Json::as_array);
    Some(Crossing {
        reason: state.get("stateReason")?.as_str()?.to_owned(),
        value: values.and_then(|values| values.last()).and_then(Json::as_f64),
        threshold: judged.and_then(|judged| judged.get("threshold")).and_then(Json::as_f64),
    })
}

/// The first of `bodies`, which grow shorter, that fits into `HistoryData`.
pub fn first_that_fits(bodies: &[Json]) -> String {
    let mut texts = bodies.iter().map(Json::to_string);
    let fits = texts.find(|text| text.chars().count() <= MAX_HISTORY_DATA);
    fits.unwrap_or_else(|| r#"{"version":"1.0"}"#.to_owned())
}

/// `StateReasonData` of a composite alarm: the children that made it change (ARN, state, since when), as
/// many as fit.
pub fn triggering_alarms(children: &[(String, AlarmState, Timestamp)]) -> String {
    let mut triggering = Vec::new();
    let mut text = json!({ "triggeringAlarms": triggering }).to_string();
    for (arn, state, since) in children {
        let state = json!({"value": state.word(), "timestamp": json_time(*since)});
        triggering.push(json!({"arn": arn, "state": state}));
        let longer = json!({ "triggeringAlarms": triggering }).to_string();
        if longer.chars().count() > MAX_REASON_DATA {
            break;
        }
        text = longer;
    }
    text
}

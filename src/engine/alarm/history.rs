//! The items of an alarm's history, in the form in which CloudWatch writes them.
//!
//! Which item brings the alarm into which state is said beside the text: guardrails read that, never the
//! text. An item for a transition to ALARM, and one for a deletion, makes the deployments that watch the
//! alarm due at that instant; the store sees to that.

use serde_json::{Value as Json, json};

use super::text::cut;
use crate::clock::Timestamp;
use crate::store::{Alarm, Effect, Error, NewItem, Tx};

/// The limit of `HistoryData`.
const MAX_DATA: usize = 4095;
/// The limit of `HistorySummary`.
const MAX_SUMMARY: usize = 255;

/// An alarm has gone from one state to another, at the instant of its transition.
pub(super) async fn transitioned(tx: &mut Tx, old: &Alarm, alarm: &Alarm) -> Result<(), Error> {
    let bodies = [(true, true), (false, true), (false, false)].map(|(old_data, new_data)| {
        json!({"version": "1.0", "oldState": state(old, old_data), "newState": state(alarm, new_data)})
    });
    let summary = format!("Alarm updated from {} to {}", old.state.word(), alarm.state.word());
    let effect = Effect::Entered(alarm.state);
    append(tx, alarm, alarm.transitioned, "StateUpdate", &summary, &bodies, effect).await
}

/// Appends an item whose `HistoryData` is the first of `bodies`, which grow shorter, that fits.
pub async fn append(
    tx: &mut Tx,
    alarm: &Alarm,
    at: Timestamp,
    item_type: &str,
    summary: &str,
    bodies: &[Json],
    effect: Effect,
) -> Result<(), Error> {
    let (summary, body) = (cut(summary, MAX_SUMMARY), first_that_fits(bodies));
    let (alarm, kind) = (&alarm.name, alarm.kind);
    let item = NewItem { alarm, kind, at, item_type, summary: &summary, body: &body, effect };
    tx.append_alarm_history(&item).await.map(drop)
}

fn first_that_fits(bodies: &[Json]) -> String {
    let mut texts = bodies.iter().map(Json::to_string);
    let fits = texts.find(|text| text.chars().count() <= MAX_DATA);
    fits.unwrap_or_else(|| r#"{"version":"1.0"}"#.to_owned())
}

fn state(alarm: &Alarm, with_data: bool) -> Json {
    let mut state = json!({"stateValue": alarm.state.word(), "stateReason": alarm.reason});
    if with_data && let Some(text) = &alarm.reason_data {
        state["stateReasonData"] = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
    }
    state
}

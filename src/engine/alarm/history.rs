//! The items of an alarm's history.
//!
//! Which item brings the alarm into which state is said beside the text: guardrails read that, never the
//! text. An item for a transition to ALARM, and one for a deletion, makes the deployments that watch the
//! alarm due at that instant; the store sees to that.

use crate::clock::Timestamp;
use crate::metrics::history::{Told, action_executed, state_update};
use crate::metrics::text::cut;
use crate::store::{Alarm, Effect, Error, NewItem, Tx};

/// The limit of `HistorySummary`.
const MAX_SUMMARY: usize = 255;

/// An alarm has gone from one state to another, at the instant of its transition.
pub(super) async fn transitioned(tx: &mut Tx, old: &Alarm, alarm: &Alarm) -> Result<(), Error> {
    let summary = format!("Alarm updated from {} to {}", old.state.word(), alarm.state.word());
    let body = state_update(told(old), told(alarm));
    append(tx, alarm, alarm.transitioned, "StateUpdate", &summary, &body, Effect::Entered(alarm.state)).await
}

/// The alarm has called the policy of this ARN, at the instant of its transition.
pub(super) async fn executed(tx: &mut Tx, alarm: &Alarm, action: &str) -> Result<(), Error> {
    let summary = format!("Successfully executed action {action}");
    let body = action_executed(action, alarm.transitioned);
    append(tx, alarm, alarm.transitioned, "Action", &summary, &body, Effect::None).await
}

/// Appends an item with this `HistoryData`.
pub async fn append(
    tx: &mut Tx,
    alarm: &Alarm,
    at: Timestamp,
    item_type: &str,
    summary: &str,
    body: &str,
    effect: Effect,
) -> Result<(), Error> {
    let (alarm, kind, summary) = (&alarm.name, alarm.kind, cut(summary, MAX_SUMMARY));
    let item = NewItem { alarm, kind, at, item_type, summary: &summary, body, effect };
    tx.append_alarm_history(&item).await.map(drop)
}

fn told(alarm: &Alarm) -> Told<'_> {
    Told { state: alarm.state, reason: &alarm.reason, reason_data: alarm.reason_data.as_deref() }
}

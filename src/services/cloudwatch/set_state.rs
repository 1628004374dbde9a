//! `SetAlarmState`.

use serde::Deserialize;

use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::engine::alarm::{enter, evaluate_next, settle};
use crate::schema::{Fault, Value};
use crate::services::{Context, input};
use crate::store::{AlarmKind, Tags};

/// `SetAlarmStateInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_name: String,
    state_value: AlarmState,
    state_reason: String,
    state_reason_data: Option<String>,
}

/// Brings an alarm into a state, a metric alarm until it is evaluated again. The state it already has is no transition: only the reason is replaced,
/// and, for a composite alarm, `StateUpdatedTimestamp` moves.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html>
pub(super) async fn set_alarm_state(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let request: Request = input(value)?;
    if let Some(data) = &request.state_reason_data
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(data)
    {
        let sentence = format!("StateReasonData is not valid JSON: {error}");
        return Err(Fault::declared("InvalidFormatFault", sentence));
    }
    let mut tx = context.begin(world).await?;
    let alarm = tx.alarm(world, &request.alarm_name).await?;
    let mut alarm = alarm.ok_or_else(|| Fault::bare("ResourceNotFound", 404))?;
    let (reason, reason_data) = (request.state_reason, request.state_reason_data);
    if alarm.state == request.state_value {
        alarm.reason = reason;
        alarm.reason_data = reason_data;
        if alarm.kind == AlarmKind::Composite {
            alarm.updated = tx.now();
        }
        tx.put_alarm(&alarm, &Tags::new()).await?;
        tx.commit().await?;
        return Ok(());
    }
    let now = tx.now();
    if alarm.kind == AlarmKind::Metric {
        // Then it is what its metrics say again.
        evaluate_next(&mut tx, &alarm, now).await?;
    }
    enter(&mut tx, &mut alarm, request.state_value, reason, reason_data, now).await?;
    settle(&mut tx, &[alarm.name], now).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

//! `EnableAlarmActions` and `DisableAlarmActions`. The only actions that are executed are scaling policies.

use serde::Deserialize;

use super::alarm::request;
use super::history;
use crate::domain::world::WorldId;
use crate::engine::alarm::load;
use crate::engine::scaling;
use crate::schema::{Fault, Value};
use crate::services::{Context, input, to_stored};
use crate::store::{Alarm, Tags};

/// `EnableAlarmActionsInput`, `DisableAlarmActionsInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_names: Vec<String>,
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableAlarmActions.html>
pub(super) async fn enable_alarm_actions(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<(), Fault> {
    switch(context, world, value, true).await
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableAlarmActions.html>
pub(super) async fn disable_alarm_actions(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<(), Fault> {
    switch(context, world, value, false).await
}

/// Names that no alarm has, and alarms that are switched so already, are passed over.
async fn switch(context: &Context, world: &WorldId, value: Value, enabled: bool) -> Result<(), Fault> {
    let Request { alarm_names } = input(value)?;
    let mut tx = context.begin(world).await?;
    for old in load(&mut tx, world, &alarm_names).await?.into_values() {
        let mut body = request(&old)?;
        if body.get("ActionsEnabled") == Some(&Value::Bool(enabled)) {
            continue;
        }
        body.insert("ActionsEnabled", enabled.into());
        let alarm = Alarm { body: to_stored(&body.into())?, configured: tx.now(), ..old.clone() };
        tx.put_alarm(&alarm, &Tags::new()).await?;
        history::updated(&mut tx, &old, &alarm).await?;
        let now = tx.now();
        scaling::called(&mut tx, &alarm, now).await?;
    }
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

//! `DeleteAlarms`.

use serde::Deserialize;

use super::history;
use crate::domain::world::WorldId;
use crate::engine::alarm::{Composites, load};
use crate::schema::{Fault, Value};
use crate::services::{Context, input};
use crate::store::{Alarm, AlarmKind, Tx};

/// `DeleteAlarmsInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_names: Vec<String>,
}

/// Deletes alarms, all or none. A name that no alarm has is passed over; a child goes only together with, or
/// after, the composite alarms that depend on it.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html>
pub(super) async fn delete_alarms(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let Request { alarm_names } = input(value)?;
    let mut tx = context.begin(world).await?;
    let alarms = load(&mut tx, world, &alarm_names).await?;
    if alarms.values().filter(|alarm| alarm.kind == AlarmKind::Composite).count() > 1 {
        return Err(Fault::validation("DeleteAlarms can delete at most one composite alarm at a time"));
    }
    let dependencies = Composites::load(&mut tx, world).await?.dependencies;
    let mut needed: Vec<&str> = Vec::new();
    for name in alarm_names.iter().filter(|name| alarms.contains_key(*name)) {
        if dependencies.parents(name).any(|parent| !alarms.contains_key(parent))
            && !needed.contains(&name.as_str())
        {
            needed.push(name);
        }
    }
    if !needed.is_empty() {
        let (names, them) = (needed.join(","), if needed.len() == 1 { "it" } else { "them" });
        let sentence = format!("Cannot delete {names} as there are composite alarm(s) depending on {them}.");
        return Err(Fault::validation(sentence));
    }
    for alarm in alarms.values() {
        remove(&mut tx, alarm).await?;
    }
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

/// Deletes an alarm, and records it.
pub(in crate::services) async fn remove(tx: &mut Tx, alarm: &Alarm) -> Result<(), Fault> {
    tx.delete_alarm(&alarm.name).await?;
    history::deleted(tx, alarm).await
}

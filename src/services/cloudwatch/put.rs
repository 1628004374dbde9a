//! What `PutMetricAlarm` and `PutCompositeAlarm` have in common: a new alarm begins in
//! `INSUFFICIENT_DATA`, one that exists keeps its state and its tags and gets everything else anew.

use super::{alarm, history};
use crate::domain::alarm::AlarmState;
use crate::schema::{Fault, Fields};
use crate::services::to_stored;
use crate::store::{Alarm, AlarmKind, Tags, Tx};

/// Refuses a name with control characters, which the shape allows.
pub(super) fn check_name(name: &str) -> Result<(), Fault> {
    if name.chars().any(|sign| sign.is_ascii_control()) {
        return Err(Fault::validation("AlarmName must not contain ASCII control characters"));
    }
    Ok(())
}

/// Whether the alarm was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Was {
    /// It is new.
    Created,
    /// It was there.
    Updated,
}

impl Was {
    /// `created` or `updated`, as the reason of a composite alarm says it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
        }
    }
}

/// Puts the alarm `name` and records it. The request's tags count only for a new alarm.
pub(super) async fn put(
    tx: &mut Tx,
    kind: AlarmKind,
    name: String,
    request: Fields,
    tags: Tags,
) -> Result<(Alarm, Was), Fault> {
    let (world, now) = (tx.id().clone(), tx.now());
    let old = tx.alarm(&world, &name).await?;
    if old.as_ref().is_some_and(|old| old.kind != kind) {
        let other = if kind == AlarmKind::Metric { "composite" } else { "metric" };
        return Err(Fault::validation(format!("A {other} alarm with the name {name} already exists")));
    }
    let body = to_stored(&alarm::completed(kind, request).into())?;
    let alarm = match &old {
        Some(old) => Alarm { body, configured: now, ..old.clone() },
        None => Alarm {
            name,
            kind,
            body,
            state: AlarmState::InsufficientData,
            reason: "Unchecked: Initial alarm creation".to_owned(),
            reason_data: None,
            configured: now,
            updated: now,
            transitioned: now,
        },
    };
    tx.put_alarm(&alarm, &tags).await?;
    match &old {
        Some(old) => history::updated(tx, old, &alarm).await?,
        None => history::created(tx, &alarm).await?,
    }
    Ok((alarm, if old.is_some() { Was::Updated } else { Was::Created }))
}

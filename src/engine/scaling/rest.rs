//! An endpoint rests again: the scalings that it was in have ended, and its policies may scale it.

use crate::autoscaling::{Activity, Cooldown, Status, Target};
use crate::clock::Timestamp;
use crate::domain::endpoint::{Endpoint, State};
use crate::engine::attempt::attempt;
use crate::store::scaling::{ActivityRow, TargetQuery};
use crate::store::{Error, Tx};

/// Tells how the scalings of an endpoint have ended, if it was in transition and rests now.
pub(in crate::engine) async fn rests(
    tx: &mut Tx,
    before: &Endpoint,
    after: &Endpoint,
    at: Timestamp,
) -> Result<(), Error> {
    let was_scaled = matches!(before.state, State::Scaling(_));
    if before.in_transition_since().is_none() || after.in_transition_since().is_some() {
        return Ok(());
    }
    if tx.world().scalable_targets == 0 && !was_scaled {
        return Ok(());
    }
    let world = tx.id().clone();
    for row in tx.activities_under_way(&world, &after.name).await? {
        // One that cannot be read keeps no endpoint from resting.
        let ended = attempt(tx, async |tx| end(tx, &row, after.failure_reason.as_deref(), at).await);
        if let Err(fault) = ended.await? {
            tx.put_off(&world, &format!("the end of a scaling of {}", row.resource), &fault.0);
        }
    }
    let query = TargetQuery { endpoint: Some(&after.name), ..TargetQuery::default() };
    for target in tx.scalable_targets(&world, &query).await? {
        tx.wake_target(&target.resource, at.next_minute()).await?;
    }
    Ok(())
}

/// Ends an activity; from a success on its cooldown runs. A target that cannot be read has none.
async fn end(tx: &mut Tx, row: &ActivityRow, failure: Option<&str>, at: Timestamp) -> Result<(), Error> {
    let mut activity: Activity = row.read()?;
    activity.end(failure, at);
    tx.end_activity(row.number, &activity).await?;
    let Some(change) = activity.change.filter(|_| activity.status == Status::Successful) else {
        return Ok(());
    };
    let world = tx.id().clone();
    let target = tx.scalable_target(&world, &row.resource).await?;
    let Some(mut known) = target.and_then(|target| target.read::<Target>().ok()) else { return Ok(()) };
    known.scaled_at = Some(at);
    if let Some((direction, ms)) = change.cooldown {
        let base = change.base.unwrap_or(change.from);
        known.cooldown = Some(Cooldown { direction, base, until: at.plus_ms(ms) });
    }
    tx.save_target(&row.resource, &known).await
}

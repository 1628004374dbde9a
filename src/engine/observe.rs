//! What a step gets to see of the alarms.

use super::copies::again_at;
use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::deployment::Deployment;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::store::{Error, Tx};

/// What `endpoint` sees of its deployment's alarms at `at`: since its window opened, or up to `at` while it
/// is closed. Nothing later than its last look is seen.
pub(super) async fn observe(
    tx: &mut Tx,
    endpoint: &Endpoint,
    at: Timestamp,
    rules: &Rules,
) -> Result<Observed, Error> {
    let Some(deployment) = endpoint.deployment() else { return Ok(Observed::default()) };
    let opened = deployment.watch.as_ref().map(|watch| watch.after_seq);
    let seen = last_look(deployment, at, rules);
    let world = tx.id().clone();
    tx.observe(&world, &deployment.plan.alarms, opened, seen).await
}

/// When `endpoint`, as it is at `at`, has to look again: by its state, or because its open window has not
/// yet seen a change of an alarm that is recorded already. Unless it `has_looked` at this very instant, that may be
/// one of this instant.
pub(super) async fn next_look(
    tx: &mut Tx,
    endpoint: &Endpoint,
    has_looked: bool,
    at: Timestamp,
    rules: &Rules,
) -> Result<Option<Timestamp>, Error> {
    let natural = [endpoint.wake_at(), room_comes_at(tx, endpoint, at)].into_iter().flatten().min();
    let Some(deployment) = endpoint.deployment() else { return Ok(natural) };
    let Some(watch) = &deployment.watch else { return Ok(natural) };
    let (world, alarms, opened) = (tx.id().clone(), &deployment.plan.alarms, watch.after_seq);
    let looked_by = if has_looked { at } else { at.plus_ms(-1) };
    let seen = last_look(deployment, looked_by, rules);
    let trip = tx.next_trip(&world, alarms, opened, seen).await?;
    let trip = trip.map(|trip| watch.look_at(trip, rules.alarm_poll_ms));
    Ok([natural, trip].into_iter().flatten().min())
}

/// When an endpoint that hosts inference components is looked at for their sake: instances come up, of some of which no
/// step tells, or more of them can be asked for again.
pub(super) fn room_comes_at(tx: &Tx, endpoint: &Endpoint, at: Timestamp) -> Option<Timestamp> {
    if tx.world().components == 0 || !endpoint.hosts_components() {
        return None;
    }
    [endpoint.comes_up_at(at).first().copied(), again_at(endpoint, at)].into_iter().flatten().min()
}

/// Until when a deployment has seen its alarms at `at`. It looks at intervals, and never leaves a bake
/// without a look.
fn last_look(deployment: &Deployment, at: Timestamp, rules: &Rules) -> Timestamp {
    match &deployment.watch {
        Some(_) if deployment.bake_ends_at() == Some(at) => at,
        Some(watch) => watch.looked_at(at, rules.alarm_poll_ms),
        None => at,
    }
}

//! What a step gets to see of the alarms.

use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::endpoint::Endpoint;
use crate::store::{Error, Tx};

/// What `endpoint` sees of its deployment's alarms at `at`: since its window opened, or up to `at` while it
/// is closed. Nothing later than `at` is seen.
pub(super) async fn observe(tx: &mut Tx, endpoint: &Endpoint, at: Timestamp) -> Result<Observed, Error> {
    let Some(deployment) = endpoint.deployment() else { return Ok(Observed::default()) };
    let opened = deployment.watch.as_ref().map(|watch| watch.after_seq);
    let world = tx.id().clone();
    tx.observe(&world, &deployment.plan.alarms, opened, at).await
}

/// When `endpoint`, as it is at `at`, has to look again: by its state, or because its open window has not
/// yet seen a change of an alarm that is recorded already.
pub(super) async fn next_look(
    tx: &mut Tx,
    endpoint: &Endpoint,
    at: Timestamp,
) -> Result<Option<Timestamp>, Error> {
    let natural = endpoint.wake_at();
    let Some(deployment) = endpoint.deployment() else { return Ok(natural) };
    let Some(watch) = &deployment.watch else { return Ok(natural) };
    let (world, alarms, opened) = (tx.id().clone(), &deployment.plan.alarms, watch.after_seq);
    let trip = tx.next_trip(&world, alarms, opened, at).await?;
    Ok([natural, trip].into_iter().flatten().min())
}

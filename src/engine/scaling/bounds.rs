//! New bounds: a capacity that is outside of them is brought between them.

use super::capacity::Subject;
use crate::autoscaling::Change;
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::engine::change::Change as Changed;
use crate::store::{Error, Tx};

/// Brings the capacity of a target between its bounds, which have just been set; as soon as its endpoint is in service.
/// Answers what that changed.
pub async fn bring_into_bounds(
    tx: &mut Tx,
    resource: &str,
    at: Timestamp,
    rules: &Rules,
) -> Result<Option<Changed>, Error> {
    let Some(mut subject) = Subject::read(tx, resource).await? else { return Ok(None) };
    let (capacity, bounds) = (subject.capacity, subject.target.bounds);
    let to = bounds.nearest(i64::from(capacity));
    subject.target.is_out_of_bounds = to != capacity && !subject.is_scalable();
    tx.save_target(resource, &subject.target).await?;
    if to == capacity || !subject.is_scalable() {
        return Ok(None);
    }
    let which = if to > capacity { "minimum" } else { "maximum" };
    let cause = format!("{which} capacity was set to {to}");
    let change = Change { from: capacity, to, cooldown: None, base: None };
    subject.set_capacity(tx, change, cause, at, rules).await
}

/// The smallest capacity that a variant of an endpoint may have: only an asynchronous endpoint may be without instances. An
/// inference component may be without copies.
pub fn least(endpoint: &Endpoint) -> u32 {
    let is_asynchronous = endpoint.fleets().first().is_some_and(|fleet| fleet.spec.asynchronous);
    u32::from(!is_asynchronous && endpoint.host.is_none())
}

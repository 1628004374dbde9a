//! How a transition becomes true: instances are launched, and everything is written at once.

use std::slice;

use super::observe::next_look;
use super::traffic::{self, Tuned};
use crate::clock::Timestamp;
use crate::domain::deployment::record::Record;
use crate::domain::endpoint::{Endpoint, Transition};
use crate::domain::event::{Event, EventKind};
use crate::domain::rules::Rules;
use crate::fleet;
use crate::store::{EndpointRow, Error, InstanceCount, Saved, Tags, Tx};

/// Writes the transition that a new endpoint begins with, at the transaction's now. `None`, and the
/// transaction must not be committed, if there is an endpoint of that name; one that is being deleted frees
/// its name when it is brought up ([`bring_up`](super::bring_up)).
pub async fn create(
    tx: &mut Tx,
    transition: Transition,
    tags: &Tags,
    rules: &Rules,
) -> Result<Option<EndpointRow>, Error> {
    let at = tx.now();
    let endpoint = launched(tx, &transition, at).await?;
    let endpoint = endpoint.expect("a creation begins with an endpoint");
    let Some(row) = tx.insert_endpoint(endpoint, tags, rules).await? else { return Ok(None) };
    count_instances(tx, &row, at).await?;
    write_history(tx, &row, transition.record.as_ref(), &transition.events).await?;
    tx.set_reached(at);
    Ok(Some(row))
}

/// Writes a transition of the endpoint in `row` at `at`: the instant of its command or its step. Answers the
/// row as it is now; `None` when the endpoint is gone, or when somebody else has changed it since it was
/// read, and then nothing is written.
pub async fn apply(
    tx: &mut Tx,
    mut row: EndpointRow,
    transition: Transition,
    at: Timestamp,
    rules: &Rules,
) -> Result<Option<EndpointRow>, Error> {
    traffic::catch_up(tx, &row, at, rules).await?;
    let Some(next) = launched(tx, &transition, at).await? else {
        tx.delete_endpoint(&row, at).await?;
        tx.set_reached(at);
        return Ok(None);
    };
    row.endpoint = next;
    if tx.save_endpoint(&mut row, rules).await? == Saved::Outdated {
        return Ok(None);
    }
    count_instances(tx, &row, at).await?;
    let look = next_look(tx, &row.endpoint, at, rules).await?;
    if look != row.wake {
        tx.wake_endpoint(&mut row, look).await?;
    }
    write_history(tx, &row, transition.record.as_ref(), &transition.events).await?;
    tx.set_reached(at);
    Ok(Some(row))
}

/// The endpoint of the transition with the instances that it ordered.
async fn launched(tx: &mut Tx, transition: &Transition, at: Timestamp) -> Result<Option<Endpoint>, Error> {
    let Some(mut endpoint) = transition.next.clone() else { return Ok(None) };
    let world = tx.id().clone();
    for order in &transition.launches {
        let variant = endpoint.ordered(order).expect("an order names a variant of its fleet");
        let total = tx.add_launches(&world, &variant.model_id, order.count).await?;
        let before = total.saturating_sub(u64::from(order.count));
        let tuned: Tuned = tx.behaviours(&world, slice::from_ref(&variant.model_id)).await?;
        let tuned = tuned.get(&variant.model_id).map(|tuning| tuning.applied(variant));
        let groups = fleet::launch(tuned.as_ref().unwrap_or(variant), before, order.count, at);
        endpoint.admit(order, groups);
    }
    Ok(Some(endpoint))
}

/// Notes how many healthy instances the endpoint has from `at` on.
async fn count_instances(tx: &mut Tx, row: &EndpointRow, at: Timestamp) -> Result<(), Error> {
    let fleets = row.endpoint.fleets();
    let pools = fleets.iter().flat_map(|fleet| {
        let variants = fleet.spec.variants.iter().zip(&fleet.pools);
        variants.map(|(variant, pool)| InstanceCount {
            variant: variant.name.clone(),
            config: fleet.spec.config_name.clone(),
            instance_type: variant.instance_type.clone(),
            instances: pool.healthy(at),
            report_ms: fleet.spec.publish.instances_ms(),
        })
    });
    let counts: Vec<_> = pools.collect();
    tx.set_instances(&row.id, &row.endpoint.name, &counts, at).await
}

async fn write_history(
    tx: &mut Tx,
    row: &EndpointRow,
    record: Option<&Record>,
    events: &[Event],
) -> Result<(), Error> {
    let Some(record) = record else { return Ok(()) };
    if tx.save_deployment(&row.endpoint.name, &row.id, record).await? {
        tx.append_events(&record.id, events).await?;
        for event in events.iter().filter(|event| event.kind == EventKind::Warning) {
            tx.warn(&row.endpoint.name, &record.id, &event.message);
        }
    }
    Ok(())
}

//! Room for instances: who gets it, and who waits for it.
//!
//! A launch takes what is free and nobody else waits for; the rest of it waits in the fleet, as a group without capacity.
//! Whatever makes room (a fleet that has gone, a larger pool) gives it at that instant to those that wait, the longest
//! waiting first. A world without limits pays nothing for this, and one with limits only where they matter.

use std::collections::BTreeMap;

use super::apply::{Made, write};
use super::attempt::attempt;
use super::room::Room;
use super::run::catch_up;
use super::{Engine, Error};
use crate::clock::Timestamp;
use crate::domain::deployment::LaunchOrder;
use crate::domain::endpoint::{Endpoint, Transition};
use crate::domain::journal::Door;
use crate::domain::limit::{ByType, Limit, Limits, instances};
use crate::domain::refusal::Refusal;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::store::{self, EndpointRow, Tx};

/// Refuses a command whose instances the account may not have.
pub(super) async fn refuse(
    tx: &mut Tx,
    transition: &Transition,
) -> Result<Result<(), Refusal>, store::Error> {
    let Some(next) = transition.next.as_ref().filter(|next| next.host.is_none()) else { return Ok(Ok(())) };
    let limits = limits(tx).await?;
    let mut wanted = ByType::new();
    for order in &transition.launches {
        let variant = next.ordered(order).expect("an order names a variant of its fleet");
        *wanted.entry(variant.instance_type.clone()).or_default() += u64::from(order.count);
    }
    if !wanted.keys().any(|instance_type| limits.has_quota(instance_type)) {
        return Ok(Ok(()));
    }
    let world = tx.id().clone();
    let rows = tx.all_endpoints(&world).await?;
    let used = instances(rows.iter().map(|row| &row.endpoint), true);
    Ok(limits.refuse(&used, &wanted))
}

/// Gives the room that an endpoint has left, by becoming what it is `now`, to those that wait for it. True if anybody
/// got some.
pub(super) async fn distribute(
    tx: &mut Tx,
    before: &ByType,
    after: Option<&Endpoint>,
    at: Timestamp,
    rules: &Rules,
) -> Result<bool, store::Error> {
    let limits = limits(tx).await?;
    let after = instances(after, false);
    let has_left = before.iter().any(|(instance_type, before)| {
        limits.has_pool(instance_type) && after.get(instance_type).copied().unwrap_or(0) < *before
    });
    if !has_left {
        return Ok(false);
    }
    share_out(tx, limits, at, rules).await
}

/// Gives what room there is to those that wait for it. One that cannot take it harms no other.
async fn share_out(tx: &mut Tx, limits: Limits, at: Timestamp, rules: &Rules) -> Result<bool, store::Error> {
    let world = tx.id().clone();
    let rows = tx.all_endpoints(&world).await?;
    let taken = instances(rows.iter().map(|row| &row.endpoint), false);
    let mut room = Room::beside(limits, taken);
    let mut waiting: Vec<_> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.endpoint.host.is_none())
        .flat_map(|(index, row)| {
            row.endpoint.waiting(at).into_iter().map(move |(since, order)| (since, index, order))
        })
        .collect();
    waiting.sort_by_key(|(since, index, _)| (*since, *index));
    let mut granted: BTreeMap<usize, Vec<LaunchOrder>> = BTreeMap::new();
    for (_, index, order) in waiting {
        let variant = rows[index].endpoint.ordered(&order).expect("what waits is of a fleet");
        let count = room.take(variant, order.count);
        if count > 0 {
            granted.entry(index).or_default().push(LaunchOrder { count, ..order });
        }
    }
    let has_any = !granted.is_empty();
    for (index, orders) in granted {
        let row = &rows[index];
        let provided = attempt(tx, async |tx| provide(tx, row.clone(), &orders, at, rules).await).await?;
        if let Err(fault) = provided {
            tx.put_off(&world, &format!("the launch of endpoint {}", row.endpoint.name), &fault.0);
        }
    }
    tx.note_earlier();
    Ok(has_any)
}

/// Launches instances that have waited.
async fn provide(
    tx: &mut Tx,
    row: EndpointRow,
    orders: &[LaunchOrder],
    at: Timestamp,
    rules: &Rules,
) -> Result<(), store::Error> {
    // The base time may go back; what happens to an endpoint never does.
    let at = at.max(row.endpoint.modified_at);
    if let Some(transition) = row.endpoint.clone().provision(orders, at) {
        let by = transition.record.is_some().then(|| Door::Provision(orders.to_vec()));
        // The room was made out before.
        write(tx, row, Made { transition, by }, Room::default(), at, rules).await?;
    }
    Ok(())
}

/// The limits of the world; without a statement where there are none.
pub(super) async fn limits(tx: &mut Tx) -> Result<Limits, store::Error> {
    if tx.world().limits == 0 {
        return Ok(Limits::default());
    }
    let world = tx.id().clone();
    tx.limits(&world).await
}

/// How many instances of a type there are, and may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// `InstanceType`.
    pub instance_type: String,
    /// Its limits.
    pub limit: Limit,
    /// Instances that run or start.
    pub running: u64,
    /// Instances that wait for room.
    pub waiting: u64,
}

impl Engine {
    /// Instances by their type: of those that there are, and of those that are limited.
    pub async fn usage(&self, world: &WorldId) -> Result<Vec<Usage>, Error> {
        let mut session = self.store.begin_reading().await?;
        let (limits, rows) = (session.limits(world).await?, session.all_endpoints(world).await?);
        let endpoints = || rows.iter().map(|row| &row.endpoint);
        let (running, existing) = (instances(endpoints(), false), instances(endpoints(), true));
        let mut types: Vec<&String> = limits.0.keys().chain(existing.keys()).collect();
        types.sort_unstable();
        types.dedup();
        let of = |by_type: &ByType, instance_type| by_type.get(instance_type).copied().unwrap_or(0);
        let usage = types.into_iter().map(|instance_type| Usage {
            instance_type: instance_type.clone(),
            limit: limits.0.get(instance_type).copied().unwrap_or_default(),
            running: of(&running, instance_type),
            waiting: of(&existing, instance_type) - of(&running, instance_type),
        });
        Ok(usage
            .filter(|usage| usage.running + usage.waiting > 0 || usage.limit != Limit::default())
            .collect())
    }

    /// Sets the limits of an instance type. What comes free by that goes to those that wait for it.
    pub async fn set_limit(&self, world: &WorldId, instance_type: &str, limit: Limit) -> Result<(), Error> {
        let mut tx = self.store.begin(world).await?;
        catch_up(&mut tx, &self.rules).await?;
        let now = tx.now();
        tx.put_limit(instance_type, limit).await?;
        let limits = limits(&mut tx).await?;
        share_out(&mut tx, limits, now, &self.rules).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }
}

//! Room for instances: who gets it, and who waits for it.
//!
//! A launch takes what is free and nobody else waits for; the rest of it waits in the fleet, as a group without capacity.
//! Whatever makes room (a fleet that has gone, a larger pool) gives it at that instant to those that wait, the longest
//! waiting first. A world without limits pays nothing for this, and one with limits only where they matter.

use std::collections::BTreeMap;

use super::apply::{Made, write};
use super::attempt::attempt;
use super::run::catch_up;
use super::{Engine, Error, copies};
use crate::clock::Timestamp;
use crate::domain::deployment::LaunchOrder;
use crate::domain::endpoint::{Endpoint, Transition};
use crate::domain::journal::Door;
use crate::domain::limit::{ByType, Limit, Limits, instances};
use crate::domain::refusal::Refusal;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::store::{self, EndpointRow, Tx};

/// What is free in a world while an endpoint launches.
#[derive(Debug, Default)]
pub(super) struct Room {
    limits: Limits,
    taken: ByType,
    /// For how many copies of an inference component there is room, where that is limited.
    copies: Option<u32>,
}

impl Room {
    /// The room for what a transition orders at `now`, beside what runs in the world or has waited for it longer.
    pub(super) async fn for_launches(
        tx: &mut Tx,
        transition: &Transition,
        now: Timestamp,
    ) -> Result<Self, store::Error> {
        let Some(endpoint) = &transition.next else { return Ok(Self::default()) };
        if let Some(host) = &endpoint.host {
            let Some(ordered) = transition.launches.first().and_then(|order| endpoint.ordered(order)) else {
                return Ok(Self::default());
            };
            return Ok(Self::of_copies(
                Box::pin(copies::free(tx, endpoint, host, ordered.needs, now)).await?,
            ));
        }
        let limits = limits(tx).await?;
        let types = transition
            .launches
            .iter()
            .filter_map(|order| endpoint.ordered(order))
            .map(|variant| &variant.instance_type);
        if !types.into_iter().any(|instance_type| limits.has_pool(instance_type)) {
            return Ok(Self::default());
        }
        let world = tx.id().clone();
        let rows = tx.all_endpoints(&world).await?;
        let others = || rows.iter().map(|row| &row.endpoint).filter(|other| other.name != endpoint.name);
        let mut taken = instances(others().chain([endpoint]), false);
        for other in others().filter(|other| other.host.is_none()) {
            for (_, order) in other.waiting(now) {
                let variant = other.ordered(&order).expect("what waits is of a fleet");
                *taken.entry(variant.instance_type.clone()).or_default() += u64::from(order.count);
            }
        }
        Ok(Self { limits, taken, copies: None })
    }

    /// Room for so many copies of an inference component; for all where there is no limit.
    pub(super) fn of_copies(copies: Option<u32>) -> Self {
        Self { copies, ..Self::default() }
    }

    /// Takes as many of `count` instances of a type as there is room for; how many those are.
    pub(super) fn take(&mut self, instance_type: &str, count: u32) -> u32 {
        if let Some(left) = &mut self.copies {
            let taken = count.min(*left);
            *left -= taken;
            return taken;
        }
        let taken = self.limits.free(instance_type, &self.taken).map_or(count, |free| free.min(count));
        *self.taken.entry(instance_type.to_owned()).or_default() += u64::from(taken);
        taken
    }
}

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
    let mut room = Room { limits, taken, copies: None };
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
        let count = room.take(&variant.instance_type, order.count);
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
async fn limits(tx: &mut Tx) -> Result<Limits, store::Error> {
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

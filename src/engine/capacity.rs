//! Room for instances: who gets it, and who waits for it.
//!
//! A launch takes what is free; the rest of it waits in the fleet, as a group without capacity. Whatever makes room (a
//! fleet that has gone, a larger pool) gives it at that instant to those that wait, the longest waiting first. A world
//! without limits pays nothing for this.

use std::collections::BTreeMap;

use super::apply::{Made, write};
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

/// What is free in a world while an endpoint launches.
#[derive(Debug, Default)]
pub(super) struct Room {
    limits: Limits,
    running: ByType,
}

impl Room {
    /// The room beside what runs in the world, with `endpoint` as it is about to be.
    pub(super) async fn beside(tx: &mut Tx, endpoint: &Endpoint) -> Result<Self, store::Error> {
        let Some((limits, rows)) = limited(tx).await? else { return Ok(Self::default()) };
        let others = rows.iter().map(|row| &row.endpoint).filter(|other| other.name != endpoint.name);
        let running = instances(others.chain([endpoint]), false);
        Ok(Self { limits, running })
    }

    /// Takes as many of `count` instances of a type as there is room for; how many those are.
    pub(super) fn take(&mut self, instance_type: &str, count: u32) -> u32 {
        let taken = self.limits.free(instance_type, &self.running).map_or(count, |free| free.min(count));
        *self.running.entry(instance_type.to_owned()).or_default() += u64::from(taken);
        taken
    }
}

/// Refuses a command whose instances the account may not have.
pub(super) async fn refuse(
    tx: &mut Tx,
    transition: &Transition,
) -> Result<Result<(), Refusal>, store::Error> {
    let (Some(next), false) = (&transition.next, transition.launches.is_empty()) else { return Ok(Ok(())) };
    let Some((limits, rows)) = limited(tx).await? else { return Ok(Ok(())) };
    let mut wanted = ByType::new();
    for order in &transition.launches {
        let variant = next.ordered(order).expect("an order names a variant of its fleet");
        *wanted.entry(variant.instance_type.clone()).or_default() += u64::from(order.count);
    }
    let used = instances(rows.iter().map(|row| &row.endpoint), true);
    Ok(limits.refuse(&used, &wanted))
}

/// Gives what has come free to those that wait for it.
pub(super) async fn distribute(tx: &mut Tx, at: Timestamp, rules: &Rules) -> Result<(), store::Error> {
    match limited(tx).await? {
        Some((limits, rows)) => share_out(tx, limits, &rows, at, rules).await,
        None => Ok(()),
    }
}

/// Gives the room that these endpoints leave to those of them that wait for it.
async fn share_out(
    tx: &mut Tx,
    limits: Limits,
    rows: &[EndpointRow],
    at: Timestamp,
    rules: &Rules,
) -> Result<(), store::Error> {
    let mut room = Room { limits, running: instances(rows.iter().map(|row| &row.endpoint), false) };
    let mut waiting: Vec<_> = rows
        .iter()
        .enumerate()
        .flat_map(|(index, row)| {
            row.endpoint.waiting().into_iter().map(move |(since, order)| (since, index, order))
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
    for (index, orders) in granted {
        let row = rows[index].clone();
        // The base time may go back; what happens to an endpoint never does.
        let at = at.max(row.endpoint.modified_at);
        let Some(transition) = row.endpoint.clone().provision(&orders, at) else { continue };
        let by = transition.record.is_some().then_some(Door::Provision(orders));
        write(tx, row, Made { transition, by }, at, rules).await?;
        tx.note_earlier();
    }
    Ok(())
}

/// The limits of the world and its endpoints, by name; none where there are no limits.
async fn limited(tx: &mut Tx) -> Result<Option<(Limits, Vec<EndpointRow>)>, store::Error> {
    if tx.world().limits == 0 {
        return Ok(None);
    }
    let world = tx.id().clone();
    Ok(Some((tx.limits(&world).await?, tx.all_endpoints(&world).await?)))
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
        // Also the last limit of a world may have gone just now, and somebody have waited for that.
        let (limits, rows) = (tx.limits(world).await?, tx.all_endpoints(world).await?);
        share_out(&mut tx, limits, &rows, now, &self.rules).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }
}

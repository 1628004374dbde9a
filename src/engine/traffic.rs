//! Synthetic traffic, as far as it is due: computed, counted, written.
//!
//! Invariant: an endpoint's traffic has been accounted for up to an instant before the endpoint is changed at
//! that instant, so every request meets the endpoint as it was when the request arrived.

use super::Engine;
use super::attempt::{Fault, attempt};
use super::counted::{counted, fine_metrics};
use super::measure::{add, measured};
use super::run::bring_up;
use super::tuned::Tuned;
use crate::clock::Timestamp;
use crate::domain::demand::Demand;
use crate::domain::endpoint::Endpoint;
use crate::domain::fleet::Fleet;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::fleet::{Load, Route};
use crate::metrics::usage::{SLOT_MS, Usage};
use crate::store::{EndpointRow, Error, TrafficRow, Tx};

/// The traffic of an endpoint as it is stored.
pub type Traffic = TrafficRow<Demand, Load>;

/// What came of accounting for an endpoint's traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Accounted {
    /// When it is due again: when the next metrics are published.
    pub(super) next: Option<Timestamp>,
    /// How many requests were computed.
    pub(super) requests: u64,
}

/// Traffic that cannot be accounted for is tried again after so long, in which it would be due again anyway.
const AGAIN_MS: i64 = 60_000;

/// Accounts for the traffic of the endpoint up to `at`; if that fails, it is tried again later.
pub(super) async fn tick(tx: &mut Tx, name: &str, at: Timestamp, rules: &Rules) -> Result<Accounted, Error> {
    let world = tx.id().clone();
    let Some(row) = tx.endpoint(&world, name).await? else { return Ok(Accounted::default()) };
    match attempt(tx, async |tx| catch_up(tx, &row, at, rules).await).await? {
        Ok(accounted) => Ok(accounted),
        Err(fault) => {
            put_off(tx, name, &fault);
            let again = at.plus_ms(AGAIN_MS);
            tx.wake_traffic(&row.id, again).await?;
            Ok(Accounted { next: Some(again), requests: 0 })
        }
    }
}

/// Accounts for the traffic of the endpoint in `row` before something happens to it at `at`. Traffic for which
/// that fails holds nothing up.
pub(super) async fn settle(
    tx: &mut Tx,
    row: &EndpointRow,
    at: Timestamp,
    rules: &Rules,
) -> Result<(), Error> {
    if tx.has_traffic(&row.id).await?
        && let Err(fault) = attempt(tx, async |tx| catch_up(tx, row, at, rules).await).await?
    {
        put_off(tx, &row.endpoint.name, &fault);
    }
    Ok(())
}

/// Accounts for the traffic of all endpoints of these up to the transaction's now, by which everything before it has
/// happened. One that this version cannot read waits with its traffic.
pub(super) async fn settle_all(
    tx: &mut Tx,
    rules: &Rules,
    is_meant: impl Fn(&Endpoint) -> bool,
) -> Result<(), Error> {
    let (world, now) = (tx.id().clone(), tx.now());
    for (_, name) in tx.due_traffic(&world, Timestamp(i64::MAX), u32::MAX).await? {
        match tx.endpoint(&world, &name).await {
            Ok(Some(row)) if is_meant(&row.endpoint) => settle(tx, &row, now, rules).await?,
            Ok(_) => {}
            Err(Error::Unreadable(why)) => put_off(tx, &name, &Fault(why)),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn put_off(tx: &Tx, endpoint: &str, fault: &Fault) {
    tx.put_off(tx.id(), &format!("the traffic of endpoint {endpoint}"), &fault.0);
}

/// Accounts for the traffic of the endpoint in `row`, as it is before anything happens to it at `at`.
async fn catch_up(tx: &mut Tx, row: &EndpointRow, at: Timestamp, rules: &Rules) -> Result<Accounted, Error> {
    let traffic: Option<Traffic> = tx.traffic(&row.id).await?;
    let Some(mut traffic) = traffic else { return Ok(Accounted::default()) };
    let mut requests = 0;
    if traffic.done < at {
        let tuned = Tuned::within(tx, &row.endpoint).await?;
        let counted = counted(&row.endpoint, &tuned, &mut traffic, at, rules.seed);
        requests = counted.values().map(Usage::requests).sum();
        let spans = counted.iter().map(|((who, span_ms, span), usage)| (who, *span, *span_ms, usage));
        let measured = measured(spans);
        add(tx, &measured, at).await?;
    }
    let publish = |fleet: &&Fleet| fleet.spec.publish.invocations_ms();
    let span_ms = row.endpoint.fleets().iter().map(publish).min().unwrap_or(60_000);
    // Whoever reads a high-resolution metric reads it as often.
    let is_fine = tx.has_readers(&fine_metrics(&row.endpoint)).await?;
    let span_ms = if is_fine { span_ms.min(SLOT_MS) } else { span_ms };
    let next = at.plus_ms(span_ms - at.0.rem_euclid(span_ms));
    tx.save_traffic_position(&row.id, traffic.done, &traffic.load, Some(next)).await?;
    if traffic.wake.is_some_and(|wake| wake > next) {
        tx.note_earlier();
    }
    Ok(Accounted { next: Some(next), requests })
}

impl Engine {
    /// Sets the synthetic traffic of an endpoint from now on, or ends it. False if there is no such endpoint.
    pub async fn set_traffic(
        &self,
        world: &WorldId,
        endpoint: &str,
        demand: Option<Demand>,
    ) -> Result<bool, super::Error> {
        let mut tx = self.store.begin(world).await?;
        let Some(row) = bring_up(&mut tx, endpoint, &self.rules).await? else { return Ok(false) };
        set(&mut tx, &row, demand, &self.rules).await?;
        tx.commit().await?;
        self.wake();
        Ok(true)
    }
}

/// Sets the synthetic traffic of the endpoint in `row`, which was brought to the transaction's now. A demand
/// for nothing ends it.
pub async fn set(tx: &mut Tx, row: &EndpointRow, demand: Option<Demand>, rules: &Rules) -> Result<(), Error> {
    let now = tx.now();
    settle(tx, row, now, rules).await?;
    let Some(demand) = demand.filter(|demand| demand.peak() > 0.0) else {
        return tx.delete_traffic(&row.id).await.map(drop);
    };
    let load = Load::default();
    let traffic =
        Traffic { endpoint_id: row.id.clone(), demand, since: now, done: now, load, wake: Some(now) };
    tx.put_traffic(&traffic).await
}

/// Where requests to the endpoint go at `at`; `None` while it cannot serve. Those to a component that cannot go nowhere,
/// and are counted.
pub(super) fn route(endpoint: &Endpoint, tuned: &Tuned, at: Timestamp) -> Option<Route> {
    let closed = || endpoint.host.as_ref().map(|_| Route::closed(endpoint));
    let mut route = Route::of(endpoint, at, |variant| tuned.of(endpoint, variant, at)).or_else(closed)?;
    route.changes_at = [route.changes_at, tuned.changes_at(at)].into_iter().flatten().min();
    Some(route)
}

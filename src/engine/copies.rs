//! Room for copies of inference components, on the instances of the variant that hosts them.
//!
//! A launch takes the room that nobody else has or waits for; the rest of it waits, like instances for which there is no
//! capacity. Whenever something happens to an endpoint that hosts components, or to one of these, they are looked at
//! together: copies for which there is no instance any more are gone, and what room there is goes to those that wait.

mod lot;
mod managed;

pub(super) use self::managed::again_at;

use self::lot::{Change, changes, instances, lots};
use self::managed::wanted;
use super::apply::{Made, accept_at, write};
use super::attempt::attempt;
use super::observe::room_comes_at;
use super::room::Room;
use crate::clock::Timestamp;
use crate::domain::component::Host;
use crate::domain::deployment::{LaunchOrder, Side};
use crate::domain::endpoint::{Command, Endpoint, ScaleTarget, Transition};
use crate::domain::injection::{Scope, Strike};
use crate::domain::journal::Door;
use crate::domain::placement::Instances;
use crate::domain::rules::Rules;
use crate::store::{EndpointRow, Error, Tx};

/// The room that a component finds at `now` beside the others on its host; none where there is no limit.
pub(super) async fn room(
    tx: &mut Tx,
    component: &Endpoint,
    host: &Host,
    now: Timestamp,
) -> Result<Option<Instances>, Error> {
    let world = tx.id().clone();
    let row = tx.endpoint(&world, &host.endpoint).await?;
    let Some(mut instances) = instances(row.as_ref().map(|row| &row.endpoint), &host.variant, now) else {
        return Ok(None);
    };
    let rows = tx.hosted(&world, &host.endpoint).await?;
    let others = rows.iter().map(|row| &row.endpoint).filter(|other| other.name != component.name);
    let here = |it: &&Endpoint| it.host.as_ref().is_some_and(|of| of.variant == host.variant);
    let all: Vec<_> = others.filter(here).chain([component]).collect();
    let lots = lots(all, now);
    for lot in &lots {
        instances.place(lot.running, lot.needs);
    }
    for lot in lots.iter().filter(|lot| lot.name != component.name) {
        instances.place(lot.waiting, lot.needs);
    }
    Ok(Some(instances))
}

/// Looks at the components of the endpoint of that name together, after something has happened to one of them, or to it:
/// then `before` is what it was. True if something has become of any of them, or of it.
pub(super) async fn settle(
    tx: &mut Tx,
    host: &str,
    before: Option<&Endpoint>,
    at: Timestamp,
    rules: &Rules,
) -> Result<bool, Error> {
    let world = tx.id().clone();
    let mut rows = tx.hosted(&world, host).await?;
    if rows.is_empty() && before.is_some() {
        // An endpoint that hosts nothing yet keeps the instances that it was given.
        return Ok(false);
    }
    let Some(host) = tx.endpoint(&world, host).await? else { return Ok(false) };
    let of =
        |row: &EndpointRow| row.endpoint.host.as_ref().map(|host| host.variant.clone()).unwrap_or_default();
    rows.sort_by_key(of);
    let mut has_any = false;
    for rows in rows.chunk_by(|a, b| of(a) == of(b)) {
        let variant = of(&rows[0]);
        let Some(instances) = lot::instances(Some(&host.endpoint), &variant, at) else { continue };
        let has_less = before.is_some_and(|before| {
            lot::instances(Some(before), &variant, at).is_none_or(|before| before.exceed(&instances))
        });
        let lots = lots(rows.iter().map(|row| &row.endpoint), at);
        for (name, change) in changes(&lots, instances, has_less) {
            let settled = attempt(tx, async |tx| make(tx, name, change, at, rules).await).await?;
            if let Err(fault) = settled {
                tx.put_off(&world, &format!("the copies of {name}"), &fault.0);
            }
            has_any = true;
        }
    }
    let rows = if has_any { tx.hosted(&world, &host.endpoint.name).await? } else { rows };
    if manage(tx, &host, &rows, at, rules).await? {
        has_any = true;
    } else {
        look_when_room_comes(tx, host, at).await?;
    }
    if has_any {
        tx.note_earlier();
    }
    Ok(has_any)
}

/// Instances of the endpoint may come up of which no step of its tells: it is looked at then.
async fn look_when_room_comes(tx: &mut Tx, mut host: EndpointRow, at: Timestamp) -> Result<(), Error> {
    let comes = room_comes_at(tx, &host.endpoint, at);
    if comes.is_some() && (host.wake.is_none() || host.wake > comes) {
        tx.wake_endpoint(&mut host, comes).await?;
    }
    Ok(())
}

/// Scales the endpoint that hosts these components, if its instances are managed. True if that changes it.
async fn manage(
    tx: &mut Tx,
    host: &EndpointRow,
    components: &[EndpointRow],
    at: Timestamp,
    rules: &Rules,
) -> Result<bool, Error> {
    let at = at.max(host.endpoint.modified_at);
    let targets = wanted(&host.endpoint, components, at);
    if targets.is_empty() {
        return Ok(false);
    }
    let accepted = attempt(tx, async |tx| {
        Box::pin(accept_at(tx, host.clone(), Command::Scale(targets.clone()), at, rules)).await
    });
    let why = match accepted.await? {
        Ok(Ok(_)) => return Ok(true),
        // There are not to be more of them: a quota. Copies wait for what another change brings.
        Ok(Err(refusal)) => refusal.to_string(),
        Err(fault) => fault.0,
    };
    tx.put_off(tx.id(), &format!("managed scaling of endpoint {}", host.endpoint.name), &why);
    Ok(false)
}

async fn make(tx: &mut Tx, name: &str, change: Change, at: Timestamp, rules: &Rules) -> Result<(), Error> {
    let world = tx.id().clone();
    // One change follows another: of two of the same component the second sees the first.
    let Some(row) = tx.endpoint(&world, name).await? else { return Ok(()) };
    // The base time may go back; what happens to an endpoint never does.
    let at = at.max(row.endpoint.modified_at);
    let (made, room) = match change {
        Change::Lose(side, count) => (lost(&row.endpoint, side, count, at), 0),
        Change::Provide(side, count) => (provided(&row.endpoint, side, count, at), count),
        Change::Launch(count) => (launched(&row.endpoint, at, rules), count),
    };
    let Some((transition, by)) = made else { return Ok(()) };
    let by = by.filter(|_| transition.record.is_some());
    write(tx, row, Made { transition, by }, Room::of_copies(room), at, rules).await.map(drop)
}

fn lost(component: &Endpoint, side: Side, count: u32, at: Timestamp) -> Option<(Transition, Option<Door>)> {
    let strike = Strike { scope: Scope::default(), instances: Some(count), side: Some(side) };
    Some((component.clone().strike(&strike, at)?, Some(Door::Strike(strike))))
}

fn provided(
    component: &Endpoint,
    side: Side,
    count: u32,
    at: Timestamp,
) -> Option<(Transition, Option<Door>)> {
    let mut left = count;
    let waiting = component.waiting(at).into_iter().map(|(_, order)| order);
    let orders: Vec<_> = waiting
        .filter(|order| order.side == side)
        .map(|order| {
            let count = order.count.min(left);
            left -= count;
            LaunchOrder { count, ..order }
        })
        .filter(|order| order.count > 0)
        .collect();
    Some((component.clone().provision(&orders, at)?, Some(Door::Provision(orders))))
}

/// What a component has given up to wait for is launched as by a client who wants as many copies as are desired.
fn launched(component: &Endpoint, at: Timestamp, rules: &Rules) -> Option<(Transition, Option<Door>)> {
    let variant = component.only_variant()?;
    let target = ScaleTarget { name: variant.name.clone(), weight: None, instances: Some(variant.instances) };
    let accepted = component.clone().accept(Command::Scale(vec![target]), at, rules);
    Some((accepted.ok()?, None))
}

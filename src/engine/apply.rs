//! How a transition becomes true: instances are launched, and everything is written at once.

use super::bus::tell_change;
use super::capacity::{distribute, refuse};
use super::observe::next_look;
use super::room::Room;
use super::{copies, scaling, traffic};
use crate::clock::Timestamp;
use crate::domain::endpoint::{Command, Create, Endpoint, Transition};
use crate::domain::event::EventKind;
use crate::domain::journal::{Door, Entry};
use crate::domain::limit::instances;
use crate::domain::refusal::Refusal;
use crate::domain::rules::Rules;
use crate::store::{EndpointRow, Error, InstanceCount, Saved, Tags, Tx};

/// A transition, and what made it where it belongs to a deployment.
pub(super) struct Made {
    pub(super) transition: Transition,
    pub(super) by: Option<Door>,
}

/// Creates an endpoint at the transaction's now. `None`, and the transaction must not be committed, if there
/// is an endpoint of that name; one that is being deleted frees its name when it is brought up
/// ([`bring_up`](super::bring_up)).
pub async fn create(
    tx: &mut Tx,
    create: Create,
    tags: &Tags,
    rules: &Rules,
) -> Result<Result<Option<EndpointRow>, Refusal>, Error> {
    let (at, door) = (tx.now(), Door::Create(Box::new(create.clone())));
    let transition = match Endpoint::create(create, at) {
        Ok(transition) => transition,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if let Err(refusal) = refuse(tx, &transition).await? {
        return Ok(Err(refusal));
    }
    let room = Room::for_launches(tx, &transition, at).await?;
    let fates = room.launch(tx, &transition, at, rules).await?;
    let endpoint = transition.admitted(&fates).expect("a creation begins with an endpoint");
    let Some(row) = tx.insert_endpoint(endpoint, tags, rules).await? else { return Ok(Ok(None)) };
    count_instances(tx, &row, at).await?;
    tell_change(tx, None, &row.endpoint, at, rules).await?;
    let entry = Entry { at, made_by: door, fates, rules: *rules };
    write_history(tx, &row, &transition, Some(&entry)).await?;
    tx.set_reached(at);
    if let Some(host) = &row.endpoint.host {
        // It may want more than its host has, and get it.
        Box::pin(copies::settle(tx, &host.endpoint, None, at, rules)).await?;
        let world = tx.id().clone();
        return Ok(Ok(tx.endpoint(&world, &row.endpoint.name).await?));
    }
    Ok(Ok(Some(row)))
}

/// Has the endpoint in `row`, which was brought to the transaction's now, accept a command. `None` as in
/// [`apply`].
pub async fn accept(
    tx: &mut Tx,
    row: EndpointRow,
    command: Command,
    rules: &Rules,
) -> Result<Result<Option<EndpointRow>, Refusal>, Error> {
    let at = tx.now();
    accept_at(tx, row, command, at, rules).await
}

/// The same for an endpoint that was brought to `at`.
pub(super) async fn accept_at(
    tx: &mut Tx,
    row: EndpointRow,
    command: Command,
    at: Timestamp,
    rules: &Rules,
) -> Result<Result<Option<EndpointRow>, Refusal>, Error> {
    let by = match &command {
        Command::Update(update) => {
            Some(Door::Update { endpoint: Box::new(row.endpoint.clone()), update: update.clone() })
        }
        Command::Scale(_) | Command::Delete => None,
    };
    match row.endpoint.clone().accept(command, at, rules) {
        Ok(transition) => match refuse(tx, &transition).await? {
            Ok(()) => Ok(Ok(apply(tx, row, Made { transition, by }, at, rules).await?)),
            Err(refusal) => Ok(Err(refusal)),
        },
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Makes a transition of the endpoint in `row` true: writes it, and gives the room that it makes to those that wait for
/// it. Answers as [`write()`].
pub(super) async fn apply(
    tx: &mut Tx,
    row: EndpointRow,
    made: Made,
    at: Timestamp,
    rules: &Rules,
) -> Result<Option<EndpointRow>, Error> {
    let room = Room::for_launches(tx, &made.transition, at).await?;
    let limits = tx.world().limits;
    let host = row.endpoint.host_name().filter(|_| tx.world().components > 0).map(str::to_owned);
    if limits == 0 && host.is_none() {
        return write(tx, row, made, room, at, rules).await;
    }
    let (name, before) = (row.endpoint.name.clone(), instances([&row.endpoint], false));
    let was = (host.as_ref() == Some(&name)).then(|| row.endpoint.clone());
    let written = write(tx, row, made, room, at, rules).await?;
    let after = written.as_ref().map(|row| &row.endpoint);
    let mut has_changed_others = limits > 0 && distribute(tx, &before, after, at, rules).await?;
    if let Some(host) = host {
        has_changed_others |= Box::pin(copies::settle(tx, &host, was.as_ref(), at, rules)).await?;
    }
    if written.is_none() || !has_changed_others {
        return Ok(written);
    }
    let world = tx.id().clone();
    tx.endpoint(&world, &name).await
}

/// Writes a transition of the endpoint in `row` at `at`: the instant of its command or its step. Answers the
/// row as it is now; `None` when the endpoint is gone, or when somebody else has changed it since it was
/// read, and then nothing is written.
pub(super) async fn write(
    tx: &mut Tx,
    mut row: EndpointRow,
    Made { transition, by }: Made,
    room: Room,
    at: Timestamp,
    rules: &Rules,
) -> Result<Option<EndpointRow>, Error> {
    traffic::settle(tx, &row, at, rules).await?;
    let fates = room.launch(tx, &transition, at, rules).await?;
    let Some(next) = transition.admitted(&fates) else {
        tx.delete_endpoint(&row, at).await?;
        tx.set_reached(at);
        return Ok(None);
    };
    let before = std::mem::replace(&mut row.endpoint, next);
    if tx.save_endpoint(&mut row, rules).await? == Saved::Outdated {
        return Ok(None);
    }
    count_instances(tx, &row, at).await?;
    foresee_instances(tx, &row, at).await?;
    let has_looked = matches!(by, Some(Door::Step { .. }));
    let look = next_look(tx, &row.endpoint, has_looked, at, rules).await?;
    if look != row.wake {
        tx.wake_endpoint(&mut row, look).await?;
    }
    tell_change(tx, Some(&before), &row.endpoint, at, rules).await?;
    Box::pin(scaling::rests(tx, &before, &row.endpoint, at)).await?;
    let entry = by.map(|made_by| Entry { at, made_by, fates, rules: *rules });
    write_history(tx, &row, &transition, entry.as_ref()).await?;
    tx.set_reached(at);
    Ok(Some(row))
}

/// Notes how many healthy instances the endpoint has from `at` on.
async fn count_instances(tx: &mut Tx, row: &EndpointRow, at: Timestamp) -> Result<(), Error> {
    tx.set_instances(&row.id, &row.endpoint.name, &counts(&row.endpoint, at), at).await
}

/// Notes how many healthy instances it will have when those come up of whom no step tells: they were launched instead of
/// others. Whatever happens to it before then counts anew.
async fn foresee_instances(tx: &mut Tx, row: &EndpointRow, at: Timestamp) -> Result<(), Error> {
    if row.endpoint.is_launching() {
        return Ok(());
    }
    for up_at in row.endpoint.comes_up_at(at) {
        count_instances(tx, row, up_at).await?;
    }
    Ok(())
}

/// How many healthy instances an endpoint has at `at`.
fn counts(endpoint: &Endpoint, at: Timestamp) -> Vec<InstanceCount> {
    let fleets = endpoint.fleets();
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
    pools.collect()
}

/// Writes what the transition says of its deployment, and what made it.
async fn write_history(
    tx: &mut Tx,
    row: &EndpointRow,
    transition: &Transition,
    entry: Option<&Entry>,
) -> Result<(), Error> {
    let Transition { record: Some(record), events, .. } = transition else { return Ok(()) };
    let Some(version) = tx.save_deployment(&row.endpoint.name, &row.id, record).await? else {
        return Ok(());
    };
    if let Some(entry) = entry {
        tx.enter(&record.id, version, entry).await?;
    }
    tx.append_events(&record.id, events).await?;
    for event in events.iter().filter(|event| event.kind == EventKind::Warning) {
        tx.warn(&row.endpoint.name, Some(&record.id), &event.message);
    }
    Ok(())
}

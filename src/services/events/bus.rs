//! Event buses. The default one is there without having been created; it gets a row when something is said of it.

use serde::Deserialize;

use super::list::Paged;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::bus::DEFAULT_BUS;
use crate::schema::{Fault, Fields, Value};
use crate::services::tag::{Tag, merged};
use crate::services::{Context, input, stored, to_stored};
use crate::store::bus_definition::{BusDefinition, BusKind};
use crate::store::by_name::ByName;
use crate::store::{Session, Tags, Tx};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Create {
    name: String,
    event_source_name: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: Option<String>,
}

/// What of a bus is kept and shown as it was given.
const MEMBERS: [&str; 4] = ["Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"];

/// The name of the bus that a name, an ARN, or nothing says.
pub(super) fn named(given: Option<&str>, world: &WorldId) -> Result<String, Fault> {
    let given = given.unwrap_or(DEFAULT_BUS);
    if !given.starts_with("arn:") {
        return Ok(given.to_owned());
    }
    let name = given.strip_prefix(&world.events_arn("event-bus/"));
    name.map(str::to_owned).ok_or_else(|| missing(given))
}

/// Refuses a bus that does not exist.
pub(super) async fn check(session: &mut Session, world: &WorldId, name: &str) -> Result<(), Fault> {
    if exists(session, world, name).await? { Ok(()) } else { Err(missing(name)) }
}

/// Whether there is such a bus.
pub(super) async fn exists(session: &mut Session, world: &WorldId, name: &str) -> Result<bool, Fault> {
    Ok(name == DEFAULT_BUS || session.bus_definition(world, BusKind::EventBus, name).await?.is_some())
}

/// The row of the default bus, which is made now if there is none.
pub(super) async fn row_of_default(tx: &mut Tx) -> Result<(), Fault> {
    let world = tx.id().clone();
    if tx.bus_definition(&world, BusKind::EventBus, DEFAULT_BUS).await?.is_none() {
        let row = BusDefinition { id: tx.new_id().await?, ..default_bus() };
        tx.put_bus_definition(BusKind::EventBus, &row, &Tags::new()).await?;
    }
    Ok(())
}

/// The default bus of which nothing was said. AWS made it before anybody had an account.
fn default_bus() -> BusDefinition {
    let (name, body) = (DEFAULT_BUS.to_owned(), "{}".to_owned());
    BusDefinition { name, id: String::new(), body, created: Timestamp(0), modified: Timestamp(0) }
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html>
pub(super) async fn create(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Create { name, event_source_name, tags } = input(value.clone())?;
    if event_source_name.is_some() || name.starts_with("aws.partner/") {
        return Err(Fault::unsupported("sagebrush has no event buses of partners."));
    }
    if name.contains('/') {
        return Err(Fault::validation(format!("Event bus name must not contain '/': {name}.")));
    }
    let tags = merged(Tags::new(), tags).map_err(Fault::validation)?;
    let mut tx = context.store.begin(world).await?;
    if exists(&mut tx, world, &name).await? {
        let sentence = format!("Event bus {name} already exists.");
        return Err(Fault::declared("ResourceAlreadyExistsException", sentence));
    }
    let (kept, now) = (kept(&value, Fields::new()), tx.now());
    let (id, body) = (tx.new_id().await?, to_stored(&kept)?);
    let bus = BusDefinition { name, id, body, created: now, modified: now };
    tx.put_bus_definition(BusKind::EventBus, &bus, &tags).await?;
    tx.commit().await?;
    Ok(with(kept, [("EventBusArn", arn(world, &bus.name).into())]))
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateEventBus.html>
pub(super) async fn update(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name } = input(value.clone())?;
    let name = named(name.as_deref(), world)?;
    let mut tx = context.store.begin(world).await?;
    if name == DEFAULT_BUS {
        row_of_default(&mut tx).await?;
    }
    let old = find(&mut tx, world, &name).await?;
    let kept = kept(&value, stored(&old.body)?.as_map().cloned().unwrap_or_default());
    let bus = BusDefinition { body: to_stored(&kept)?, modified: tx.now(), ..old };
    tx.put_bus_definition(BusKind::EventBus, &bus, &Tags::new()).await?;
    tx.commit().await?;
    Ok(with(kept, [("Arn", arn(world, &name).into()), ("Name", name.into())]))
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html>
pub(super) async fn describe(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name } = input(value)?;
    let name = named(name.as_deref(), world)?;
    shown(world, find(&mut context.store.session(), world, &name).await?, true)
}

/// Buses in the order of their names, the default one among them.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let page: Paged = input(value)?;
    let after = page.after("event buses")?;
    let wanted = page.by_name(after.as_deref());
    let mut found = context.store.session().bus_definitions(world, BusKind::EventBus, wanted).await?;
    let is_wanted = wanted.prefix.is_none_or(|prefix| DEFAULT_BUS.starts_with(prefix))
        && wanted.after.is_none_or(|after| after < DEFAULT_BUS);
    if is_wanted && found.iter().all(|bus| bus.name != DEFAULT_BUS) {
        found.push(default_bus());
        found.sort_by(|one, other| one.name.cmp(&other.name));
    }
    page.shown(
        "event buses",
        "EventBuses",
        found,
        |bus| bus.name.clone(),
        |bus| shown(world, bus, false).map(Some),
    )
}

/// Deletes a bus without rules; one that is not there is deleted already.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteEventBus.html>
pub(super) async fn delete(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let Named { name } = input(value)?;
    let name = named(name.as_deref(), world)?;
    if name == DEFAULT_BUS {
        return Err(Fault::validation("Cannot delete event bus default."));
    }
    let mut tx = context.store.begin(world).await?;
    if !tx.rules(world, &name, ByName { prefix: None, after: None, limit: 1 }).await?.is_empty() {
        return Err(Fault::validation("Event bus can't be deleted since it has rules."));
    }
    tx.delete_bus_definition(BusKind::EventBus, &name).await?;
    Ok(tx.commit().await?)
}

async fn find(session: &mut Session, world: &WorldId, name: &str) -> Result<BusDefinition, Fault> {
    match session.bus_definition(world, BusKind::EventBus, name).await? {
        Some(found) => Ok(found),
        None if name == DEFAULT_BUS => Ok(default_bus()),
        None => Err(missing(name)),
    }
}

/// The fault that there is no such bus.
pub(super) fn missing(name: &str) -> Fault {
    Fault::declared("ResourceNotFoundException", format!("Event bus {name} does not exist."))
}

fn arn(world: &WorldId, name: &str) -> String {
    world.events_arn(&format!("event-bus/{name}"))
}

/// What is kept of a request, over what was kept before.
fn kept(request: &Value, mut before: Fields) -> Value {
    for member in MEMBERS {
        if let Some(value) = request.get(member) {
            before.insert(member, value.clone());
        }
    }
    before.into()
}

fn with<const N: usize>(mut shown: Value, members: [(&str, Value); N]) -> Value {
    if let Some(all) = shown.as_map_mut() {
        for (name, value) in members {
            all.insert(name, value);
        }
    }
    shown
}

/// A bus as it is described, or, with less, as it is listed. Of the default one nobody knows when it was made.
fn shown(world: &WorldId, bus: BusDefinition, is_whole: bool) -> Result<Value, Fault> {
    let kept = stored(&bus.body)?;
    let members = if is_whole { &MEMBERS[..] } else { &MEMBERS[..1] };
    let mut shown: Fields =
        members.iter().filter_map(|member| Some((*member, kept.get(member)?.clone()))).collect();
    shown.insert("Arn", arn(world, &bus.name).into());
    if bus.name != DEFAULT_BUS {
        shown.insert("CreationTime", bus.created.into());
        shown.insert("LastModifiedTime", bus.modified.into());
    }
    shown.insert("Name", bus.name.into());
    Ok(shown.into())
}

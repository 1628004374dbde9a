//! API destinations: addresses that are called with events.

use serde::Deserialize;

use super::connection::{AUTHORIZED, arn as connection_arn, member};
use super::list::Paged;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input, stored, to_stored};
use crate::store::bus_definition::{BusDefinition, BusKind};
use crate::store::{Session, Tags};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Named {
    name: String,
    connection_arn: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    connection_arn: Option<String>,
    #[serde(flatten)]
    page: Paged,
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html>
pub(super) async fn create(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name, connection_arn } = input(value.clone())?;
    let mut tx = context.store.begin(world).await?;
    check_connection(&mut tx, world, connection_arn.as_deref()).await?;
    if tx.bus_definition(world, BusKind::ApiDestination, &name).await?.is_some() {
        let sentence = format!("An api-destination '{name}' already exists.");
        return Err(Fault::declared("ResourceAlreadyExistsException", sentence));
    }
    let (id, now, body) = (tx.new_id().await?, tx.now(), to_stored(&value)?);
    let destination = BusDefinition { name, id, body, created: now, modified: now };
    tx.put_bus_definition(BusKind::ApiDestination, &destination, &Tags::new()).await?;
    let answer = answered(&mut tx, world, &destination).await?;
    tx.commit().await?;
    Ok(answer.into())
}

/// Changes what is given and leaves the rest.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateApiDestination.html>
pub(super) async fn update(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name, connection_arn } = input(value.clone())?;
    let mut tx = context.store.begin(world).await?;
    let old = find(&mut tx, world, &name).await?;
    if connection_arn.is_some() {
        check_connection(&mut tx, world, connection_arn.as_deref()).await?;
    }
    let mut members = stored(&old.body)?.as_map().cloned().unwrap_or_default();
    let given = value.as_map().cloned().unwrap_or_default();
    given.into_iter().for_each(|(name, value)| members.insert(name, value));
    let destination = BusDefinition { body: to_stored(&members.into())?, modified: tx.now(), ..old };
    tx.put_bus_definition(BusKind::ApiDestination, &destination, &Tags::new()).await?;
    let answer = answered(&mut tx, world, &destination).await?;
    tx.commit().await?;
    Ok(answer.into())
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteApiDestination.html>
pub(super) async fn delete(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name, .. } = input(value)?;
    let mut tx = context.store.begin(world).await?;
    let deleted = tx.delete_bus_definition(BusKind::ApiDestination, &name).await?;
    deleted.ok_or_else(|| missing(&name))?;
    tx.commit().await?;
    Ok(Value::empty())
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeApiDestination.html>
pub(super) async fn describe(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name, .. } = input(value)?;
    let mut session = context.store.session();
    let found = find(&mut session, world, &name).await?;
    let mut shown = answered(&mut session, world, &found).await?;
    let body = stored(&found.body)?;
    body.as_map()
        .into_iter()
        .flat_map(Fields::iter)
        .for_each(|(name, value)| shown.insert(name, value.clone()));
    Ok(shown.into())
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListApiDestinations.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let List { connection_arn, page } = input(value)?;
    let after = page.after("api destinations")?;
    let mut session = context.store.session();
    let wanted = page.by_name(after.as_deref());
    let found = session.bus_definitions(world, BusKind::ApiDestination, wanted).await?;
    let mut shown = Vec::new();
    for it in found {
        let mut fields = answered(&mut session, world, &it).await?;
        let body = stored(&it.body)?;
        for name in
            ["Name", "ConnectionArn", "InvocationEndpoint", "HttpMethod", "InvocationRateLimitPerSecond"]
        {
            if let Some(value) = body.get(name) {
                fields.insert(name, value.clone());
            }
        }
        let is_wanted = connection_arn.is_none() || member(&it, "ConnectionArn") == connection_arn;
        shown.push((it.name, is_wanted.then_some(fields)));
    }
    page.shown(
        "api destinations",
        "ApiDestinations",
        shown,
        |(name, _)| name.clone(),
        |(_, it)| Ok(it.map(Value::from)),
    )
}

async fn find(session: &mut Session, world: &WorldId, name: &str) -> Result<BusDefinition, Fault> {
    session.bus_definition(world, BusKind::ApiDestination, name).await?.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Fault {
    let sentence =
        format!("Failed to describe the api-destination(s). Api-destination '{name}' does not exist.");
    Fault::declared("ResourceNotFoundException", sentence)
}

/// The connection of this ARN; `None` if there is none, or not any more.
async fn connection(
    session: &mut Session,
    world: &WorldId,
    arn: &str,
) -> Result<Option<BusDefinition>, Fault> {
    let name = arn.split('/').nth(1).unwrap_or_default();
    let found = session.bus_definition(world, BusKind::Connection, name).await?;
    Ok(found.filter(|found| connection_arn(world, found) == arn))
}

async fn check_connection(session: &mut Session, world: &WorldId, arn: Option<&str>) -> Result<(), Fault> {
    let arn = arn.unwrap_or_default();
    if connection(session, world, arn).await?.is_none() {
        let sentence = format!("Connection '{arn}' does not exist.");
        return Err(Fault::declared("ResourceNotFoundException", sentence));
    }
    Ok(())
}

/// What every operation answers of a destination: it is active as long as its connection may be used.
async fn answered(session: &mut Session, world: &WorldId, it: &BusDefinition) -> Result<Fields, Fault> {
    let arn = member(it, "ConnectionArn").unwrap_or_default();
    let connection = connection(session, world, &arn).await?;
    let state = connection.and_then(|connection| member(&connection, "ConnectionState"));
    let state = if state.as_deref() == Some(AUTHORIZED) { "ACTIVE" } else { "INACTIVE" };
    Ok(Fields::from_iter([
        ("ApiDestinationArn", world.events_arn(&format!("api-destination/{}/{}", it.name, it.id)).into()),
        ("ApiDestinationState", state.into()),
        ("CreationTime", it.created.into()),
        ("LastModifiedTime", it.modified.into()),
    ]))
}

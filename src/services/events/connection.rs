//! Connections: how a request to an API destination proves who sends it. Secrets are kept, and never shown.

use serde::Deserialize;

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
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    connection_state: Option<String>,
    #[serde(flatten)]
    page: Paged,
}

/// `ConnectionState` of one that may be used, and of one whose parameters were taken away.
pub(super) const AUTHORIZED: &str = "AUTHORIZED";
const DEAUTHORIZED: &str = "DEAUTHORIZED";

/// What is never shown, wherever it stands.
const SECRETS: [&str; 3] = ["Password", "ApiKeyValue", "ClientSecret"];

/// Which parameters belong to an `AuthorizationType`.
const KINDS: [(&str, &str); 3] = [
    ("BASIC", "BasicAuthParameters"),
    ("API_KEY", "ApiKeyAuthParameters"),
    ("OAUTH_CLIENT_CREDENTIALS", "OAuthParameters"),
];

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html>
pub(super) async fn create(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name } = input(value.clone())?;
    let mut members = value.as_map().cloned().unwrap_or_default();
    check(&members)?;
    let mut tx = context.store.begin(world).await?;
    if tx.bus_definition(world, BusKind::Connection, &name).await?.is_some() {
        let sentence = format!("Connection {name} already exists.");
        return Err(Fault::declared("ResourceAlreadyExistsException", sentence));
    }
    members.insert("ConnectionState", AUTHORIZED.into());
    let (id, now, body) = (tx.new_id().await?, tx.now(), to_stored(&members.into())?);
    let connection = BusDefinition { name, id, body, created: now, modified: now };
    tx.put_bus_definition(BusKind::Connection, &connection, &Tags::new()).await?;
    tx.commit().await?;
    answered(world, &connection, false)
}

/// Changes what is given and leaves the rest.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateConnection.html>
pub(super) async fn update(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name } = input(value.clone())?;
    let mut tx = context.store.begin(world).await?;
    let old = find(&mut tx, world, &name).await?;
    let members = stored(&old.body)?.as_map().cloned().unwrap_or_default();
    let was = members.get("AuthorizationType").cloned();
    let given = value.as_map().cloned().unwrap_or_default();
    let mut members = merged(members, given);
    if members.get("AuthorizationType") != was.as_ref() {
        forget_other_kinds(&mut members);
    }
    check(&members)?;
    members.insert("ConnectionState", AUTHORIZED.into());
    let connection = BusDefinition { body: to_stored(&members.into())?, modified: tx.now(), ..old };
    tx.put_bus_definition(BusKind::Connection, &connection, &Tags::new()).await?;
    tx.commit().await?;
    answered(world, &connection, true)
}

/// Takes the parameters away: what is sent by it is refused until they are given again.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeauthorizeConnection.html>
pub(super) async fn deauthorize(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name } = input(value)?;
    let mut tx = context.store.begin(world).await?;
    let old = find(&mut tx, world, &name).await?;
    let mut members = stored(&old.body)?.as_map().cloned().unwrap_or_default();
    members.remove("AuthParameters");
    members.insert("ConnectionState", DEAUTHORIZED.into());
    let connection = BusDefinition { body: to_stored(&members.into())?, modified: tx.now(), ..old };
    tx.put_bus_definition(BusKind::Connection, &connection, &Tags::new()).await?;
    tx.commit().await?;
    answered(world, &connection, true)
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteConnection.html>
pub(super) async fn delete(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name } = input(value)?;
    let mut tx = context.store.begin(world).await?;
    let deleted = tx.delete_bus_definition(BusKind::Connection, &name).await?;
    let deleted = deleted.ok_or_else(|| missing(&name))?;
    tx.commit().await?;
    let mut shown = answered(world, &deleted, true)?;
    if let Some(members) = shown.as_map_mut() {
        members.insert("ConnectionState", "DELETING".into());
    }
    Ok(shown)
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeConnection.html>
pub(super) async fn describe(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name } = input(value)?;
    let found = find(&mut context.store.session(), world, &name).await?;
    let (mut shown, body) = (answered(world, &found, true)?, stored(&found.body)?);
    let (Some(members), Some(body)) = (shown.as_map_mut(), body.as_map()) else { return Ok(shown) };
    for (name, value) in body.iter() {
        members.insert(name, without_secrets(value));
    }
    Ok(shown)
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListConnections.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let List { connection_state, page } = input(value)?;
    let after = page.after("connections")?;
    let mut session = context.store.session();
    let found = session.bus_definitions(world, BusKind::Connection, page.by_name(after.as_deref())).await?;
    page.shown(
        "connections",
        "Connections",
        found,
        |it| it.name.clone(),
        |it| {
            let is_wanted = connection_state.is_none() || member(&it, "ConnectionState") == connection_state;
            let mut shown = answered(world, &it, true)?;
            if let (Some(members), Some(kind)) = (shown.as_map_mut(), member(&it, "AuthorizationType")) {
                members.insert("AuthorizationType", kind.into());
                members.insert("Name", it.name.into());
            }
            Ok(is_wanted.then_some(shown))
        },
    )
}

/// The ARN of a connection, which has its identity in it.
pub(super) fn arn(world: &WorldId, connection: &BusDefinition) -> String {
    world.events_arn(&format!("connection/{}/{}", connection.name, connection.id))
}

/// A member of what it was put with, where that is a text.
pub(super) fn member(it: &BusDefinition, name: &str) -> Option<String> {
    stored(&it.body).ok()?.get(name)?.as_str().map(str::to_owned)
}

/// The one of that name, or the fault that there is none.
async fn find(session: &mut Session, world: &WorldId, name: &str) -> Result<BusDefinition, Fault> {
    session.bus_definition(world, BusKind::Connection, name).await?.ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Fault {
    let sentence = format!("Failed to describe the connection(s). Connection '{name}' does not exist.");
    Fault::declared("ResourceNotFoundException", sentence)
}

/// Refuses a connection without the parameters of its kind.
fn check(members: &Fields) -> Result<(), Fault> {
    let kind = members.get("AuthorizationType").and_then(Value::as_str).unwrap_or_default();
    let parameters = members.get("AuthParameters").and_then(Value::as_map);
    for (word, member) in KINDS {
        if word == kind && parameters.is_none_or(|parameters| parameters.get(member).is_none()) {
            let sentence = format!("Authorization type {kind} requires {member} in AuthParameters.");
            return Err(Fault::validation(sentence));
        }
    }
    Ok(())
}

fn forget_other_kinds(members: &mut Fields) {
    let kind = members.get("AuthorizationType").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(Value::Map(mut parameters)) = members.remove("AuthParameters") else { return };
    for (word, member) in KINDS {
        if word != kind {
            parameters.remove(member);
        }
    }
    members.insert("AuthParameters", parameters.into());
}

/// The members that were there with those that are given: what is inside of a structure stays unless it is given too.
fn merged(mut old: Fields, given: Fields) -> Fields {
    for (name, value) in given {
        let value = match (old.remove(&name), value) {
            (Some(Value::Map(old)), Value::Map(given)) => merged(old, given).into(),
            (_, value) => value,
        };
        old.insert(name, value);
    }
    old
}

/// What every operation answers of a connection.
fn answered(world: &WorldId, it: &BusDefinition, was_there: bool) -> Result<Value, Fault> {
    let body = stored(&it.body)?;
    let state = body.get("ConnectionState").cloned().unwrap_or_else(|| AUTHORIZED.into());
    let mut answer = Fields::from_iter([
        ("ConnectionArn", arn(world, it).into()),
        ("ConnectionState", state),
        ("CreationTime", it.created.into()),
        ("LastModifiedTime", it.modified.into()),
    ]);
    if was_there && body.get("AuthParameters").is_some() {
        answer.insert("LastAuthorizedTime", it.modified.into());
    }
    Ok(answer.into())
}

/// A value without what is secret in it.
fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Map(members) => {
            let is_secret = members.get("IsValueSecret").and_then(Value::as_bool) == Some(true);
            let kept =
                members.iter().filter(|(name, _)| !(SECRETS.contains(name) || is_secret && *name == "Value"));
            kept.map(|(name, value)| (name, without_secrets(value))).collect::<Fields>().into()
        }
        Value::List(list) => list.iter().map(without_secrets).collect::<Vec<_>>().into(),
        other => other.clone(),
    }
}

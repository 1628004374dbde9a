//! Models and endpoint configs alike: stored as the validated request, described from it, and told of to EventBridge.

use serde_json::Map;

use super::fault;
use super::noun::Noun;
use super::tags;
use crate::bridge::{Defined, DetailType, definition_event};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::bus;
use crate::schema::{Fault, Value};
use crate::services::{Context, stored, to_stored};
use crate::store::{Definition, Inserted, Kind, Session, Tags, Tx};

/// Stores a new one, and answers its ARN. Name and tags have columns of their own; all else of the input is the body.
pub(super) async fn insert(
    tx: &mut Tx,
    world: &WorldId,
    kind: Kind,
    mut input: Value,
) -> Result<Value, Fault> {
    let noun = Noun::from(kind);
    let tags = tags::take(&mut input)?;
    let name = noun.name_in(&input)?.to_owned();
    if let Some(members) = input.as_map_mut() {
        members.remove(noun.name_member());
    }
    let body = to_stored(&input)?;
    match tx.insert_definition(world, kind, &name, &body, &tags).await? {
        Inserted::Created { id, at } => {
            let created = Definition { id, name, created: at, body };
            tell(tx, kind, &created, &tags, at).await?;
            Ok(noun.arn_answer(world, &created.name))
        }
        Inserted::Exists => Err(fault::taken(noun, world, &name)),
    }
}

/// Tells that it was created or deleted at `at`.
async fn tell(tx: &mut Tx, kind: Kind, it: &Definition, tags: &Tags, at: Timestamp) -> Result<(), Fault> {
    let (noun, world) = (Noun::from(kind), tx.id().clone());
    let body: Map<_, _> = serde_json::from_str(&it.body).map_err(Fault::internal)?;
    let detail_type = match kind {
        Kind::Model => DetailType::Model,
        Kind::EndpointConfig => DetailType::EndpointConfig,
    };
    let arn = noun.arn(&world, &it.name);
    let (name, arn) = ((noun.name_member(), it.name.as_str()), (noun.arn_member(), arn.as_str()));
    let defined = Defined { detail_type, name, arn, body: &body, created: it.created, tags };
    Ok(bus::tell(tx, &definition_event(&defined, at)).await?)
}

/// The one of that name, or the fault that there is none.
pub(super) async fn find(
    session: &mut Session,
    world: &WorldId,
    kind: Kind,
    name: &str,
) -> Result<Definition, Fault> {
    let found = session.definition(world, kind, name).await?;
    found.ok_or_else(|| fault::missing(kind.into(), world, name))
}

/// The one that the input names, as it was given, with its ARN and its creation time.
pub(super) async fn describe(
    context: &Context,
    world: &WorldId,
    kind: Kind,
    input: &Value,
) -> Result<Value, Fault> {
    let noun = Noun::from(kind);
    let found = find(&mut context.store.session(), world, kind, noun.name_in(input)?).await?;
    let mut described = stored(&found.body)?;
    if let Some(members) = described.as_map_mut() {
        members.insert(noun.arn_member(), noun.arn(world, &found.name).into());
        members.insert(noun.name_member(), found.name.into());
        members.insert("CreationTime", found.created.into());
    }
    Ok(described)
}

/// Deletes the one that the input names. What runs of it has its own copy.
pub(super) async fn delete(
    context: &Context,
    world: &WorldId,
    kind: Kind,
    input: &Value,
) -> Result<(), Fault> {
    let noun = Noun::from(kind);
    let name = noun.name_in(input)?;
    let mut tx = context.store.begin(world).await?;
    let deleted = tx.delete_definition(world, kind, name).await?;
    let (it, tags) = deleted.ok_or_else(|| fault::missing(noun, world, name))?;
    let at = tx.now();
    tell(&mut tx, kind, &it, &tags, at).await?;
    Ok(tx.commit().await?)
}

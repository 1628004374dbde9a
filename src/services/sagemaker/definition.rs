//! Models and endpoint configs alike: stored as the validated request, described from it.

use super::fault;
use super::noun::Noun;
use super::tags;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::{Context, stored, to_stored};
use crate::store::{Definition, Inserted, Kind, Session};

/// Stores a new one, in one statement, and answers its ARN. Name and tags have columns of their own; all
/// else of the input is the body.
pub(super) async fn insert(
    session: &mut Session,
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
    match session.insert_definition(world, kind, &name, &to_stored(&input)?, &tags).await? {
        Inserted::Created { .. } => Ok(noun.arn_answer(world, &name)),
        Inserted::Exists => Err(fault::taken(noun, world, &name)),
    }
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
    if context.store.session().delete_definition(world, kind, name).await? {
        return Ok(());
    }
    Err(fault::missing(noun, world, name))
}

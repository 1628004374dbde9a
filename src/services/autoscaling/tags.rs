//! `TagResource`, `UntagResource`, `ListTagsForResource`: of scalable targets, by their ARNs.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::autoscaling::target_of_arn;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::tag::{ListTagsForResource, UntagResource, merged};
use crate::services::{Context, input};
use crate::store::{Session, Tagged, Tags};

/// `TagResourceRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagRequest {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    tags: BTreeMap<String, String>,
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TagResource.html>
pub(super) async fn tag_resource(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let request: TagRequest = input(value)?;
    let arn = request.resource_arn.as_str();
    let mut tx = context.store.begin(world).await?;
    let (target, tags) = tags_of(&mut tx, world, arn).await?;
    let too_many = |sentence| Fault::declared("TooManyTagsException", sentence).with("ResourceName", arn);
    let tags = merged(tags, request.tags).map_err(too_many)?;
    tx.set_tags(world, target, &tags).await?;
    tx.commit().await?;
    Ok(Value::empty())
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_UntagResource.html>
pub(super) async fn untag_resource(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let request: UntagResource = input(value)?;
    let mut tx = context.store.begin(world).await?;
    let (target, mut tags) = tags_of(&mut tx, world, &request.resource_arn).await?;
    tags.retain(|(key, _)| !request.tag_keys.contains(key));
    tx.set_tags(world, target, &tags).await?;
    tx.commit().await?;
    Ok(Value::empty())
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_ListTagsForResource.html>
pub(super) async fn list_tags_for_resource(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: ListTagsForResource = input(value)?;
    let (_, tags) = tags_of(&mut context.store.session(), world, &request.resource_arn).await?;
    let tags: Fields = tags.into_iter().map(|(key, value)| (key, value.into())).collect();
    Ok(Fields::from_iter([("Tags", tags.into())]).into())
}

/// The target of that ARN with its tags; it must be registered.
async fn tags_of<'a>(
    session: &mut Session,
    world: &WorldId,
    arn: &'a str,
) -> Result<(Tagged<'a>, Tags), Fault> {
    let target = target_of_arn(world, arn).map(Tagged::ScalableTarget);
    let tags = match target {
        Some(target) => session.tags(world, target).await?.map(|tags| (target, tags)),
        None => None,
    };
    let sentence = || format!("No scalable target found for ARN: {arn}");
    tags.ok_or_else(|| Fault::declared("ResourceNotFoundException", sentence()).with("ResourceName", arn))
}

//! `TagResource`, `UntagResource`, `ListTagsForResource`: of alarms, the only resources here.

use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::tag::{ListTagsForResource, Listed, TagResource, UntagResource, merged};
use crate::services::{Context, answer, input};
use crate::store::Tagged;

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html>
pub(super) async fn tag_resource(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let request: TagResource = input(value)?;
    let alarm = Tagged::Alarm(named(world, &request.resource_arn)?);
    let mut tx = context.store.begin(world).await?;
    let tags = tx.tags(world, alarm).await?.ok_or_else(not_found)?;
    let tags = merged(tags, request.tags);
    let tags = tags.map_err(|sentence| Fault::declared("InvalidParameterValueException", sentence))?;
    tx.set_tags(world, alarm, &tags).await?;
    tx.commit().await?;
    Ok(Value::empty())
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html>
pub(super) async fn untag_resource(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let request: UntagResource = input(value)?;
    let alarm = Tagged::Alarm(named(world, &request.resource_arn)?);
    let mut tx = context.store.begin(world).await?;
    let mut tags = tx.tags(world, alarm).await?.ok_or_else(not_found)?;
    tags.retain(|(key, _)| !request.tag_keys.contains(key));
    tx.set_tags(world, alarm, &tags).await?;
    tx.commit().await?;
    Ok(Value::empty())
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html>
pub(super) async fn list_tags_for_resource(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: ListTagsForResource = input(value)?;
    let alarm = Tagged::Alarm(named(world, &request.resource_arn)?);
    let tags = context.store.session().tags(world, alarm).await?.ok_or_else(not_found)?;
    answer(&Listed::from(tags))
}

fn named<'a>(world: &WorldId, arn: &'a str) -> Result<&'a str, Fault> {
    world.alarm_of_arn(arn).ok_or_else(not_found)
}

/// CloudWatch's error for a resource has members instead of a message.
fn not_found() -> Fault {
    Fault::bare("ResourceNotFoundException", 404)
}

//! `TagResource`, `UntagResource`, `ListTagsForResource`: of alarms, the only resources here.

use serde::{Deserialize, Serialize};

use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::tag::{Tag, merged, shown};
use crate::services::{Context, answer, input};
use crate::store::Tagged;

/// `TagResourceInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TagRequest {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    tags: Vec<Tag>,
}

/// `UntagResourceInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct UntagRequest {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    tag_keys: Vec<String>,
}

/// `ListTagsForResourceInput`.
#[derive(Debug, Deserialize)]
struct ListRequest {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
}

/// `ListTagsForResourceOutput`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    tags: Vec<Tag>,
}

/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html>
pub(super) async fn tag_resource(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let request: TagRequest = input(value)?;
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
    let request: UntagRequest = input(value)?;
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
    let request: ListRequest = input(value)?;
    let alarm = Tagged::Alarm(named(world, &request.resource_arn)?);
    let tags = context.store.session().tags(world, alarm).await?.ok_or_else(not_found)?;
    answer(&Listed { tags: shown(tags) })
}

fn named<'a>(world: &WorldId, arn: &'a str) -> Result<&'a str, Fault> {
    world.alarm_of_arn(arn).ok_or_else(not_found)
}

/// CloudWatch's error for a resource has members instead of a message.
fn not_found() -> Fault {
    Fault::bare("ResourceNotFoundException", 404)
}

//! Tags of log groups, which this service has as a map.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{invalid, named};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::tag::merged;
use crate::services::{Context, answer, input};
use crate::store::{Tagged, Tags};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    resource_arn: String,
    #[serde(default)]
    tags: BTreeMap<String, String>,
    #[serde(default)]
    tag_keys: Vec<String>,
}

#[derive(Serialize)]
struct Listed {
    tags: BTreeMap<String, String>,
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListTagsForResource.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Request { resource_arn, .. } = input(value)?;
    let name = group(world, &resource_arn)?;
    let tags = context.store.session().tags(world, Tagged::LogGroup(name)).await?;
    answer(&Listed { tags: tags.ok_or_else(named::missing)?.into_iter().collect() })
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html>
pub(super) async fn tag(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let Request { resource_arn, tags, .. } = input(value)?;
    let too_many = |sentence| Fault::declared("TooManyTagsException", sentence);
    change(context, world, &resource_arn, |old| merged(old, tags).map_err(too_many)).await
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UntagResource.html>
pub(super) async fn untag(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let Request { resource_arn, tag_keys, .. } = input(value)?;
    let left = |old: Tags| old.into_iter().filter(|(key, _)| !tag_keys.contains(key)).collect();
    change(context, world, &resource_arn, |old| Ok(left(old))).await
}

async fn change(
    context: &Context,
    world: &WorldId,
    arn: &str,
    to: impl FnOnce(Tags) -> Result<Tags, Fault>,
) -> Result<(), Fault> {
    let of = Tagged::LogGroup(group(world, arn)?);
    let mut tx = context.store.begin(world).await?;
    let old = tx.tags(world, of).await?.ok_or_else(named::missing)?;
    tx.set_tags(world, of, &to(old)?).await?;
    Ok(tx.commit().await?)
}

fn group<'a>(world: &WorldId, arn: &'a str) -> Result<&'a str, Fault> {
    named::of_arn(world, arn).ok_or_else(|| invalid(format!("{arn} is not the ARN of a log group here.")))
}

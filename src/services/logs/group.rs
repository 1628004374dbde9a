//! Log groups.

use serde::Deserialize;

use super::{bad_token, named};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input, stored, to_stored, token};
use crate::store::Tags;
use crate::store::by_name::ByName;
use crate::store::log::LogGroup;

/// A page, if the request does not say: as many as it may ask for.
const PAGE: u32 = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Create {
    log_group_name: String,
    #[serde(default)]
    tags: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    log_group_name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    log_group_name_prefix: Option<String>,
    log_group_name_pattern: Option<String>,
    #[serde(default)]
    log_group_identifiers: Vec<String>,
    next_token: Option<String>,
    limit: Option<u32>,
}

/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html>
pub(super) async fn create(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let Create { log_group_name: name, tags } = input(value.clone())?;
    let mut body = value;
    if let Some(members) = body.as_map_mut() {
        for member in ["logGroupName", "tags"] {
            members.remove(member);
        }
    }
    let (body, tags) = (to_stored(&body)?, tags.into_iter().collect::<Tags>());
    let mut tx = context.store.begin(world).await?;
    if !tx.insert_log_group(&name, &body, &tags).await? {
        let sentence = "The specified log group already exists";
        return Err(Fault::declared("ResourceAlreadyExistsException", sentence));
    }
    Ok(tx.commit().await?)
}

/// Deletes a group with all that is in it.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html>
pub(super) async fn delete(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let Named { log_group_name } = input(value)?;
    let mut tx = context.store.begin(world).await?;
    if !tx.delete_log_group(&log_group_name).await? {
        return Err(named::missing());
    }
    Ok(tx.commit().await?)
}

/// Groups in the order of their names.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>
pub(super) async fn describe(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let asked: Describe = input(value)?;
    if asked.log_group_name_pattern.is_some() || !asked.log_group_identifiers.is_empty() {
        return Err(Fault::unsupported("sagebrush finds log groups by logGroupNamePrefix alone."));
    }
    let after: Option<String> =
        asked.next_token.as_deref().map(|text| token::open("log groups", text, bad_token)).transpose()?;
    let limit = asked.limit.unwrap_or(PAGE);
    let prefix = asked.log_group_name_prefix.as_deref();
    let page = ByName { prefix, after: after.as_deref(), limit: limit + 1 };
    let mut found = context.store.session().log_groups(world, page).await?;
    let end = token::cut(&mut found, limit, |group| group.name.clone());
    let shown: Vec<Value> = found.iter().map(|group| shown(world, group)).collect::<Result<_, _>>()?;
    let mut answer = Fields::from_iter([("logGroups", Value::from(shown))]);
    if let Some(end) = end {
        answer.insert("nextToken", token::seal("log groups", end).into());
    }
    Ok(answer.into())
}

fn shown(world: &WorldId, group: &LogGroup) -> Result<Value, Fault> {
    let arn = world.log_group_arn(&group.name);
    let mut shown = stored(&group.body)?;
    if let Some(members) = shown.as_map_mut() {
        members.insert("logGroupName", group.name.as_str().into());
        members.insert("creationTime", group.created.0.into());
        members.insert("metricFilterCount", 0.into());
        members.insert("arn", format!("{arn}:*").into());
        members.insert("storedBytes", group.bytes.into());
        members.insert("logGroupArn", arn.into());
        if members.get("logGroupClass").is_none() {
            members.insert("logGroupClass", "STANDARD".into());
        }
    }
    Ok(shown)
}

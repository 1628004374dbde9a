//! `AddTags`, `ListTags`, `DeleteTags`, and the tags that come with a creation.
//!
//! A resource holds at most 50 tags and a page of `ListTags` at least as many, so there is never a second
//! page. An ARN of another account, region or kind names nothing here. One tag of an endpoint means something
//! to this house: see [`traffic`].

pub(super) mod traffic;

use serde::{Deserialize, Serialize};

use super::fault;
use super::noun::Noun;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value, from_value};
use crate::services::{Context, answer, input};
use crate::store::Tags;

/// AWS's limit for a resource.
const TAGS_MAX: usize = 50;

/// `Tag`.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    key: String,
    value: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AddTags {
    resource_arn: String,
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListTags {
    resource_arn: String,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteTags {
    resource_arn: String,
    tag_keys: Vec<String>,
}

/// Takes the tags out of the input of a creation.
pub(super) fn take(input: &mut Value) -> Result<Tags, Fault> {
    let given = input.as_map_mut().and_then(|members| members.remove("Tags"));
    let tags: Vec<Tag> = given.map_or(Ok(Vec::new()), from_value)?;
    checked(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_AddTags.html>
pub(super) async fn add(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let AddTags { resource_arn, tags } = input(value)?;
    let shown = listed(&tags)?;
    let added = checked(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())?;
    let (noun, name) = named(world, &resource_arn)?;
    let demand = traffic::asked(noun, &added)?;
    let mut tx = context.store.begin(world).await?;
    let Some(mut tags) = tx.tags(world, noun.tagged(name)).await? else {
        return Err(fault::missing(noun, world, name));
    };
    for (key, value) in added {
        match tags.iter_mut().find(|(old, _)| *old == key) {
            Some((_, old)) => *old = value,
            None => tags.push((key, value)),
        }
    }
    limited(&tags)?;
    tx.set_tags(world, noun.tagged(name), &tags).await?;
    if demand.is_some() {
        traffic::set(context, &mut tx, (noun, name), demand).await?;
    }
    tx.commit().await?;
    if demand.is_some() {
        context.wake(world);
    }
    Ok(shown)
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListTags.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let ListTags { resource_arn, next_token } = input(value)?;
    let (noun, name) = named(world, &resource_arn)?;
    let Some(tags) = context.store.session().tags(world, noun.tagged(name)).await? else {
        return Err(fault::missing(noun, world, name));
    };
    if next_token.is_some() {
        return Err(super::list::bad_token());
    }
    let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
    listed(&tags)
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteTags.html>
pub(super) async fn delete(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let DeleteTags { resource_arn, tag_keys } = input(value)?;
    let (noun, name) = named(world, &resource_arn)?;
    let mut tx = context.store.begin(world).await?;
    let Some(mut tags) = tx.tags(world, noun.tagged(name)).await? else {
        return Err(fault::missing(noun, world, name));
    };
    let ends = traffic::is_ended(noun, &tags, &tag_keys);
    tags.retain(|(key, _)| !tag_keys.contains(key));
    tx.set_tags(world, noun.tagged(name), &tags).await?;
    if ends {
        traffic::set(context, &mut tx, (noun, name), None).await?;
    }
    tx.commit().await?;
    Ok(Value::empty())
}

fn listed(tags: &[Tag]) -> Result<Value, Fault> {
    let tags = answer(&tags)?;
    Ok(Value::Map(Fields::from_iter([("Tags", tags)])))
}

/// Tags of one request: each key once, none of AWS's own.
fn checked(tags: Tags) -> Result<Tags, Fault> {
    for (place, (key, _)) in tags.iter().enumerate() {
        if key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            let sentence = format!("Tag keys that start with \"aws:\" are reserved for AWS: \"{key}\".");
            return Err(Fault::validation(sentence));
        }
        if tags[..place].iter().any(|(other, _)| other == key) {
            return Err(Fault::validation(format!("Duplicate tag key found: \"{key}\".")));
        }
    }
    Ok(tags)
}

fn limited(tags: &Tags) -> Result<(), Fault> {
    if tags.len() <= TAGS_MAX {
        return Ok(());
    }
    let count = tags.len();
    Err(Fault::validation(format!(
        "A resource can have at most {TAGS_MAX} tags, but this one would have {count}."
    )))
}

/// What the ARN names in this world. Where it is none of ours, the fault speaks of it in the words of its
/// own kind.
fn named<'a>(world: &WorldId, arn: &'a str) -> Result<(Noun, &'a str), Fault> {
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let (kind, name) = resource.split_once('/').unwrap_or((resource, ""));
    let nouns = [Noun::Model, Noun::EndpointConfig, Noun::Endpoint, Noun::InferenceComponent];
    match nouns.into_iter().find(|noun| noun.arn_word() == kind) {
        Some(noun) if noun.arn(world, name) == arn.to_lowercase() => Ok((noun, name)),
        Some(noun) => Err(Fault::validation(format!("Could not find {} \"{arn}\".", noun.words()))),
        None => Err(Fault::validation(format!("Could not find {} \"{arn}\".", kind.replace('-', " ")))),
    }
}

#[cfg(test)]
mod tests;

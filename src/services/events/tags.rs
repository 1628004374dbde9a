//! `TagResource`, `UntagResource`, `ListTagsForResource`: of rules and of event buses.

use super::bus::{self, row_of_default};
use super::rule;
use crate::domain::world::WorldId;
use crate::engine::bus::DEFAULT_BUS;
use crate::schema::{Fault, Value};
use crate::services::tag::{ListTagsForResource, Listed, TagResource, UntagResource, merged};
use crate::services::{Context, answer, input};
use crate::store::{Tagged, Tags};

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html>
pub(super) async fn tag(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let TagResource { resource_arn, tags } = input(value)?;
    change(context, world, &resource_arn, |old| merged(old, tags).map_err(Fault::validation)).await
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UntagResource.html>
pub(super) async fn untag(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let UntagResource { resource_arn, tag_keys } = input(value)?;
    let left = |old: Tags| old.into_iter().filter(|(key, _)| !tag_keys.contains(key)).collect();
    change(context, world, &resource_arn, |old| Ok(left(old))).await
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTagsForResource.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let ListTagsForResource { resource_arn } = input(value)?;
    let of = Resource::named(world, &resource_arn)?;
    let found = context.store.session().tags(world, of.tagged()).await?;
    let tags = match found {
        Some(tags) => tags,
        None if of == Resource::Bus(DEFAULT_BUS) => Tags::new(),
        None => return Err(of.missing()),
    };
    answer(&Listed::from(tags))
}

async fn change(
    context: &Context,
    world: &WorldId,
    arn: &str,
    to: impl FnOnce(Tags) -> Result<Tags, Fault>,
) -> Result<Value, Fault> {
    let of = Resource::named(world, arn)?;
    let mut tx = context.store.begin(world).await?;
    if of == Resource::Bus(DEFAULT_BUS) {
        row_of_default(&mut tx).await?;
    }
    let old = tx.tags(world, of.tagged()).await?.ok_or_else(|| of.missing())?;
    tx.set_tags(world, of.tagged(), &to(old)?).await?;
    tx.commit().await?;
    Ok(Value::empty())
}

/// What has tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Resource<'a> {
    Rule(&'a str, &'a str),
    Bus(&'a str),
}

impl<'a> Resource<'a> {
    fn named(world: &WorldId, arn: &'a str) -> Result<Self, Fault> {
        let resource = arn.strip_prefix(&world.events_arn(""));
        let (kind, name) = resource.and_then(|resource| resource.split_once('/')).unwrap_or_default();
        match kind {
            "rule" => {
                let (bus, name) = name.split_once('/').unwrap_or((DEFAULT_BUS, name));
                Ok(Self::Rule(bus, name))
            }
            "event-bus" => Ok(Self::Bus(name)),
            _ => {
                let sentence =
                    format!("Parameter {arn} is not valid. Reason: Provided Arn is not in correct format.");
                Err(Fault::validation(sentence))
            }
        }
    }

    fn tagged(self) -> Tagged<'a> {
        match self {
            Self::Rule(bus, name) => Tagged::Rule(bus, name),
            Self::Bus(name) => Tagged::EventBus(name),
        }
    }

    fn missing(self) -> Fault {
        match self {
            Self::Rule(bus, name) => rule::missing(bus, name),
            Self::Bus(name) => bus::missing(name),
        }
    }
}

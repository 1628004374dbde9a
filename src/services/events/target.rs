//! Targets: where a rule sends what it wants.

use serde::Deserialize;

use super::bus::{self, named};
use super::list::Paged;
use super::rule::find;
use crate::bridge::{NoTarget, Target};
use crate::domain::world::WorldId;
use crate::engine::bus::TARGETS;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input, stored, to_stored};
use crate::store::rule::RuleTarget;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    rule: String,
    event_bus_name: Option<String>,
    targets: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Remove {
    rule: String,
    event_bus_name: Option<String>,
    ids: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    rule: String,
    event_bus_name: Option<String>,
    #[serde(flatten)]
    page: Paged,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListRuleNames {
    target_arn: String,
    event_bus_name: Option<String>,
    #[serde(flatten)]
    page: Paged,
}

/// Puts targets there, or in the places of those of the same ids; all or none.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html>
pub(super) async fn put(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Put { rule, event_bus_name, targets } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut tx = context.store.begin(world).await?;
    bus::check(&mut tx, world, &bus).await?;
    find(&mut tx, world, &bus, &rule).await?;
    for target in targets {
        let body = to_stored(&target)?;
        let read = Target::read(&body, world).map_err(|none| match none {
            NoTarget::Wrong(sentence) => Fault::validation(sentence),
            NoTarget::NotBuilt(sentence) => Fault::unsupported(sentence),
        })?;
        let kept = RuleTarget { id: read.id, arn: read.arn, body };
        tx.put_target(&bus, &rule, &kept).await?;
    }
    let all = tx.rule_targets(world, (&bus, &rule), None, TARGETS + 1).await?;
    if all.len() > usize::try_from(TARGETS).unwrap_or(usize::MAX) {
        let sentence = format!("A rule has at most {TARGETS} targets.");
        return Err(Fault::declared("LimitExceededException", sentence));
    }
    tx.commit().await?;
    Ok(none_failed())
}

/// Removes targets; of one that is not there nothing is said.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_RemoveTargets.html>
pub(super) async fn remove(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Remove { rule, event_bus_name, ids } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut tx = context.store.begin(world).await?;
    bus::check(&mut tx, world, &bus).await?;
    find(&mut tx, world, &bus, &rule).await?;
    for id in ids {
        tx.remove_target(&bus, &rule, &id).await?;
    }
    tx.commit().await?;
    Ok(none_failed())
}

/// Targets in the order of their ids.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let List { rule, event_bus_name, page } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut session = context.store.session();
    bus::check(&mut session, world, &bus).await?;
    find(&mut session, world, &bus, &rule).await?;
    let after = page.after("targets")?;
    let found = session.rule_targets(world, (&bus, &rule), after.as_deref(), page.limit() + 1).await?;
    page.shown(
        "targets",
        "Targets",
        found,
        |target| target.id.clone(),
        |target| stored(&target.body).map(Some),
    )
}

/// The names of the rules that have a target of this ARN.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRuleNamesByTarget.html>
pub(super) async fn list_rule_names(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let ListRuleNames { target_arn, event_bus_name, page } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut session = context.store.session();
    bus::check(&mut session, world, &bus).await?;
    let after = page.after("rule names")?;
    let limit = page.limit() + 1;
    let found = session.rules_by_target(world, (&bus, &target_arn), after.as_deref(), limit).await?;
    page.shown("rule names", "RuleNames", found, Clone::clone, |name| Ok(Some(name.into())))
}

fn none_failed() -> Value {
    let none: Vec<Value> = Vec::new();
    Fields::from_iter([("FailedEntryCount", Value::from(0)), ("FailedEntries", none.into())]).into()
}

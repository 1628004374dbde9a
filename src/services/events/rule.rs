//! Rules: which events they want.

use serde::Deserialize;

use super::bus::{self, named};
use super::list::Paged;
use super::test_event_pattern::pattern;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::tag::{Tag, merged};
use crate::services::{Context, input, stored, to_stored};
use crate::store::rule::Rule;
use crate::store::{Session, Tags};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Put {
    name: String,
    event_bus_name: Option<String>,
    event_pattern: Option<String>,
    schedule_expression: Option<String>,
    state: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) event_bus_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    event_bus_name: Option<String>,
    #[serde(flatten)]
    page: Paged,
}

/// The state of a rule that wants no events.
pub(super) const DISABLED: &str = "DISABLED";

/// Puts a rule there, or in the place of the one of that name, which keeps its targets and its tags.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>
pub(super) async fn put(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Put { name, event_bus_name, event_pattern, schedule_expression, state, tags } = input(value.clone())?;
    let bus = named(event_bus_name.as_deref(), world)?;
    if schedule_expression.is_some() {
        return Err(Fault::unsupported("sagebrush does not run the schedules of rules."));
    }
    let Some(event_pattern) = event_pattern else {
        return Err(Fault::validation("Parameter(s) EventPattern or ScheduleExpression must be specified."));
    };
    pattern(&event_pattern)?;
    let tags = merged(Tags::new(), tags).map_err(Fault::validation)?;
    let mut body = value;
    if let Some(members) = body.as_map_mut() {
        for member in ["Tags", "EventBusName", "State"] {
            members.remove(member);
        }
    }
    let is_enabled = state.as_deref() != Some(DISABLED);
    let mut tx = context.store.begin(world).await?;
    bus::check(&mut tx, world, &bus).await?;
    let rule = Rule { bus, name, pattern: event_pattern, is_enabled, body: to_stored(&body)? };
    tx.put_rule(&rule, &tags).await?;
    tx.commit().await?;
    Ok(Fields::from_iter([("RuleArn", world.rule_arn(&rule.bus, &rule.name).into())]).into())
}

/// Deletes a rule without targets; one that is not there is deleted already.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteRule.html>
pub(super) async fn delete(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let Named { name, event_bus_name } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut tx = context.store.begin(world).await?;
    bus::check(&mut tx, world, &bus).await?;
    if !tx.rule_targets(world, (&bus, &name), None, 1).await?.is_empty() {
        return Err(Fault::validation("Rule can't be deleted since it has targets."));
    }
    tx.delete_rule(&bus, &name).await?;
    Ok(tx.commit().await?)
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeRule.html>
pub(super) async fn describe(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let Named { name, event_bus_name } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut session = context.store.session();
    bus::check(&mut session, world, &bus).await?;
    let rule = find(&mut session, world, &bus, &name).await?;
    let mut shown = shown(world, rule)?;
    if let Some(members) = shown.as_map_mut() {
        members.insert("CreatedBy", world.account.as_str().into());
    }
    Ok(shown)
}

/// Rules in the order of their names.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListRules.html>
pub(super) async fn list(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let List { event_bus_name, page } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut session = context.store.session();
    bus::check(&mut session, world, &bus).await?;
    let after = page.after("rules")?;
    let found = session.rules(world, &bus, page.by_name(after.as_deref())).await?;
    page.shown("rules", "Rules", found, |rule| rule.name.clone(), |rule| shown(world, rule).map(Some))
}

/// The rule of that name, or the fault that there is none.
pub(super) async fn find(
    session: &mut Session,
    world: &WorldId,
    bus: &str,
    name: &str,
) -> Result<Rule, Fault> {
    session.rule(world, bus, name).await?.ok_or_else(|| missing(bus, name))
}

/// The fault that there is no such rule.
pub(super) fn missing(bus: &str, name: &str) -> Fault {
    let sentence = format!("Rule {name} does not exist on EventBus {bus}.");
    Fault::declared("ResourceNotFoundException", sentence)
}

/// A rule as it is described and listed.
fn shown(world: &WorldId, rule: Rule) -> Result<Value, Fault> {
    let mut shown = stored(&rule.body)?;
    if let Some(members) = shown.as_map_mut() {
        members.insert("Arn", world.rule_arn(&rule.bus, &rule.name).into());
        members.insert("State", if rule.is_enabled { "ENABLED" } else { DISABLED }.into());
        members.insert("EventBusName", rule.bus.into());
    }
    Ok(shown)
}

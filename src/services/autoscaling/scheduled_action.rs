//! `PutScheduledAction`, `DeleteScheduledAction`, `DescribeScheduledActions`.

use serde::Deserialize;

use super::key::{Filter, Key, NAMESPACE, dimension_of};
use super::page::{Page, end_of};
use crate::autoscaling::{ResourceId, ScheduledAction, scheduled_action_arn};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::scaling;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input};
use crate::store::Tx;
use crate::store::scaling::{RuleKind, RuleQuery, RuleRow};

/// AWS's quota of scheduled actions for a scalable target.
const MAX_ACTIONS: usize = 200;

/// AWS's largest page.
const PAGE: u32 = 50;

/// `PutScheduledActionRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct PutRequest {
    #[serde(flatten)]
    key: Key,
    scheduled_action_name: String,
    schedule: Option<String>,
    timezone: Option<String>,
    start_time: Option<Timestamp>,
    end_time: Option<Timestamp>,
    scalable_target_action: Option<TargetAction>,
}

/// `ScalableTargetAction`.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TargetAction {
    min_capacity: Option<i64>,
    max_capacity: Option<i64>,
}

/// `DeleteScheduledActionRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DeleteRequest {
    #[serde(flatten)]
    key: Key,
    scheduled_action_name: String,
}

/// `DescribeScheduledActionsRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DescribeRequest {
    #[serde(flatten)]
    filter: Filter,
    scheduled_action_names: Option<Vec<String>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// What a request leaves out stays as it was put before, except its times.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScheduledAction.html>
pub(super) async fn put_scheduled_action(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: PutRequest = input(value)?;
    let mut tx = context.begin(world).await?;
    let target = request.key.target(&mut tx, world, "scalable target registered").await?;
    let (resource, name) = (target.resource.as_str(), request.scheduled_action_name.as_str());
    let old = tx.scaling_rule(world, RuleKind::ScheduledAction, resource, name).await?;
    let before: Option<ScheduledAction> = old.as_ref().map(RuleRow::read).transpose()?;
    if old.is_none() {
        let query = RuleQuery { resource: Some(resource), ..RuleQuery::default() };
        if tx.scaling_rules(world, RuleKind::ScheduledAction, &query).await?.len() >= MAX_ACTIONS {
            let sentence =
                format!("A scalable target must not have more than {MAX_ACTIONS} scheduled actions.");
            return Err(Fault::declared("LimitExceededException", sentence));
        }
    }
    let (now, begun) = (tx.now(), tx.begun_at());
    let read = |at: Option<Timestamp>| at.map(|at| context.settings.client_times.read(at, tx.world(), begun));
    let (start, end) = (read(request.start_time), read(request.end_time));
    let action = request.action(before.as_ref(), start, end)?;
    check(&mut tx, world, resource, &action).await?;
    let created = old.as_ref().map_or(now, |old| old.created);
    let wake = action.next(created, now.plus_ms(-1)).map_err(Fault::validation)?;
    let rule = RuleRow {
        resource: resource.to_owned(),
        name: name.to_owned(),
        id: match old {
            Some(old) => old.id,
            None => tx.new_id().await?,
        },
        created,
        body: serde_json::to_string(&action).map_err(Fault::internal)?,
        wake,
    };
    tx.put_scaling_rule(RuleKind::ScheduledAction, &rule).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(Value::empty())
}

/// Refuses bounds with which nobody could register the resource.
async fn check(tx: &mut Tx, world: &WorldId, resource: &str, action: &ScheduledAction) -> Result<(), Fault> {
    let Some(id) = ResourceId::read(resource) else { return Ok(()) };
    let Some(row) = tx.endpoint(world, id.owner()).await? else { return Ok(()) };
    let least = scaling::least(&row.endpoint);
    for (which, capacity) in [("Minimum", action.min), ("Maximum", action.max)] {
        if capacity.is_some_and(|capacity| capacity < least) {
            let sentence =
                format!("{which} capacity must be greater than or equal to {least} for this resource.");
            return Err(Fault::validation(sentence));
        }
    }
    Ok(())
}

impl PutRequest {
    /// The action that is meant, over the one that was put before.
    fn action(
        &self,
        kept: Option<&ScheduledAction>,
        start: Option<Timestamp>,
        end: Option<Timestamp>,
    ) -> Result<ScheduledAction, Fault> {
        let schedule = self.schedule.clone().or_else(|| kept.map(|before| before.schedule.clone()));
        let Some(schedule) = schedule else {
            return Err(Fault::validation("Schedule is required for a new scheduled action."));
        };
        let (min, max) = match self.scalable_target_action {
            Some(action) => (capacity(action.min_capacity)?, capacity(action.max_capacity)?),
            None => kept.map_or((None, None), |before| (before.min, before.max)),
        };
        if min.is_none() && max.is_none() {
            let sentence = "ScalableTargetAction must have MinCapacity, MaxCapacity or both.";
            return Err(Fault::validation(sentence));
        }
        if min.zip(max).is_some_and(|(min, max)| min > max) {
            return Err(Fault::validation("Maximum capacity cannot be less than minimum capacity."));
        }
        if start.zip(end).is_some_and(|(start, end)| start >= end) {
            return Err(Fault::validation("StartTime must be before EndTime."));
        }
        let timezone = self.timezone.clone().or_else(|| kept.and_then(|before| before.timezone.clone()));
        Ok(ScheduledAction { schedule, timezone, start, end, min, max })
    }
}

fn capacity(given: Option<i64>) -> Result<Option<u32>, Fault> {
    let refused = |_| Fault::validation("A capacity must not be negative.");
    given.map(|given| u32::try_from(given).map_err(refused)).transpose()
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScheduledAction.html>
pub(super) async fn delete_scheduled_action(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let DeleteRequest { key, scheduled_action_name: name } = input(value)?;
    let mut tx = context.begin(world).await?;
    let rule = key.rule(&mut tx, world, RuleKind::ScheduledAction, &name).await?;
    tx.delete_scaling_rule(RuleKind::ScheduledAction, &rule.resource, &rule.name).await?;
    tx.commit().await?;
    Ok(Value::empty())
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScheduledActions.html>
pub(super) async fn describe_scheduled_actions(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: DescribeRequest = input(value)?;
    let page = Page::of("scheduled actions", PAGE, request.max_results, request.next_token.as_deref())?;
    let wanted = (RuleKind::ScheduledAction, &request.filter, request.scheduled_action_names.as_deref());
    let found = page.rules(&mut context.store.session(), world, wanted).await?;
    page.answer("ScheduledActions", found, end_of, |row| shown(world, row))
}

/// `ScheduledAction`.
fn shown(world: &WorldId, row: &RuleRow) -> Result<Value, Fault> {
    let action: ScheduledAction = row.read()?;
    let arn = scheduled_action_arn(world, &row.id, &row.resource, &row.name);
    let capacities = [("MinCapacity", action.min), ("MaxCapacity", action.max)];
    let capacities =
        capacities.into_iter().filter_map(|(name, capacity)| Some((name, i64::from(capacity?).into())));
    let mut shown = Fields::from_iter([
        ("ScheduledActionName", row.name.as_str().into()),
        ("ScheduledActionARN", arn.into()),
        ("ServiceNamespace", NAMESPACE.into()),
        ("Schedule", action.schedule.into()),
        ("ResourceId", row.resource.as_str().into()),
        ("ScalableDimension", dimension_of(&row.resource)),
        ("ScalableTargetAction", capacities.collect::<Fields>().into()),
        ("CreationTime", row.created.into()),
    ]);
    if let Some(timezone) = action.timezone {
        shown.insert("Timezone", timezone.into());
    }
    for (name, at) in [("StartTime", action.start), ("EndTime", action.end)] {
        if let Some(at) = at {
            shown.insert(name, at.into());
        }
    }
    Ok(shown.into())
}

//! A scheduled action is due: the bounds of its target become those that it says.

use super::bounds::{bring_into_bounds, least};
use super::{Turned, turn};
use crate::autoscaling::{Activity, ResourceId, ScheduledAction, Target};
use crate::clock::Timestamp;
use crate::domain::rules::Rules;
use crate::store::scaling::{RuleKind, RuleRow};
use crate::store::{Error, Tx};

/// Carries out the scheduled action of that name.
pub(in crate::engine) async fn schedule(
    tx: &mut Tx,
    resource: &str,
    name: &str,
    at: Timestamp,
    rules: &Rules,
) -> Result<Turned, Error> {
    let world = tx.id().clone();
    let Some(rule) = tx.scaling_rule(&world, RuleKind::ScheduledAction, resource, name).await? else {
        return Ok(Turned::default());
    };
    let what = format!("the scheduled action {name} of {resource}");
    let turned = turn(tx, &what, at, async |tx| carry_out(tx, &rule, at, rules).await).await?;
    tx.put_scaling_rule(RuleKind::ScheduledAction, &RuleRow { wake: turned.next, ..rule }).await?;
    Ok(turned)
}

async fn carry_out(tx: &mut Tx, rule: &RuleRow, at: Timestamp, rules: &Rules) -> Result<Turned, Error> {
    let action: ScheduledAction = rule.read()?;
    let next = action.next(rule.created, at).map_err(Error::Unreadable)?;
    let world = tx.id().clone();
    let Some(row) = tx.scalable_target(&world, &rule.resource).await? else { return Ok(Turned::default()) };
    let mut target: Target = row.read()?;
    if target.suspended.scheduled {
        return Ok(Turned { next, change: None });
    }
    let (bounds, id) = (action.bounds(target.bounds), tx.new_id().await?);
    let endpoint = ResourceId::read(&rule.resource).map_or("", ResourceId::owner);
    let known = tx.endpoint(&world, endpoint).await?;
    let is_possible = bounds.min <= bounds.max && known.is_none_or(|row| bounds.min >= least(&row.endpoint));
    let told = if is_possible { Activity::bounded } else { Activity::unbounded };
    let activity = told(id, bounds, &rule.name, at);
    tx.append_activity((&rule.resource, endpoint), at, (true, true), &activity).await?;
    if !is_possible {
        return Ok(Turned { next, change: None });
    }
    target.bounds = bounds;
    tx.save_target(&rule.resource, &target).await?;
    // What stood in the way of its policies may stand there no more.
    tx.wake_target(&rule.resource, at).await?;
    let change = bring_into_bounds(tx, &rule.resource, at, rules).await?;
    Ok(Turned { next, change })
}

//! `DeleteScalingPolicy`.

use serde::Deserialize;

use super::alarms;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::autoscaling::key::Key;
use crate::services::{Context, input};
use crate::store::scaling::RuleKind;

/// `DeleteScalingPolicyRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(flatten)]
    key: Key,
    policy_name: String,
}

/// Alarms that a client has made stay, with an action that nobody carries out any more.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeleteScalingPolicy.html>
pub(in crate::services::autoscaling) async fn delete_scaling_policy(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let Request { key, policy_name: name } = input(value)?;
    let mut tx = context.begin(world).await?;
    let policy = key.rule(&mut tx, world, RuleKind::Policy, &name).await?;
    alarms::remove(&mut tx, &policy).await?;
    tx.delete_scaling_rule(RuleKind::Policy, &policy.resource, &policy.name).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(Value::empty())
}

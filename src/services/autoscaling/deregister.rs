//! `DeregisterScalableTarget`, also as a part of `DeleteEndpoint`.

use super::key::Key;
use super::policy::remove_alarms;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::{Context, input};
use crate::store::Tx;
use crate::store::scaling::{RuleKind, RuleQuery, TargetQuery};

/// With a target go its policies, their alarms, and its scheduled actions.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html>
pub(super) async fn deregister_scalable_target(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let key: Key = input(value)?;
    let mut tx = context.begin(world).await?;
    let target = key.target(&mut tx, world, "scalable target found").await?;
    forget(&mut tx, &target.resource).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(Value::empty())
}

/// Deregisters the variants of an endpoint that is about to be deleted.
pub(in crate::services) async fn forget_endpoint(tx: &mut Tx, endpoint: &str) -> Result<(), Fault> {
    if tx.world().scalable_targets == 0 {
        return Ok(());
    }
    let world = tx.id().clone();
    let query = TargetQuery { endpoint: Some(endpoint), ..TargetQuery::default() };
    for target in tx.scalable_targets(&world, &query).await? {
        forget(tx, &target.resource).await?;
    }
    Ok(())
}

async fn forget(tx: &mut Tx, resource: &str) -> Result<(), Fault> {
    let world = tx.id().clone();
    let query = RuleQuery { resource: Some(resource), ..RuleQuery::default() };
    for policy in tx.scaling_rules(&world, RuleKind::Policy, &query).await? {
        remove_alarms(tx, &policy).await?;
    }
    Ok(tx.delete_target(resource).await?)
}

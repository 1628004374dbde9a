//! `DescribeScalingPolicies`.

use serde::Deserialize;

use super::{OWN_ALARMS, Stored, alarm};
use crate::autoscaling::policy_arn;
use crate::domain::world::WorldId;
use crate::engine::scaling;
use crate::schema::{Fault, Value};
use crate::services::autoscaling::key::{Filter, NAMESPACE, dimension_of};
use crate::services::autoscaling::page::{Page, end_of};
use crate::services::{Context, input};
use crate::store::scaling::{RuleKind, RuleRow};
use crate::store::{Alarm, Session};

/// AWS's largest page of policies.
const PAGE: u32 = 10;

/// `DescribeScalingPoliciesRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(flatten)]
    filter: Filter,
    policy_names: Option<Vec<String>>,
    max_results: Option<i64>,
    next_token: Option<String>,
}

/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingPolicies.html>
pub(in crate::services::autoscaling) async fn describe_scaling_policies(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    let page = Page::of("policies", PAGE, request.max_results, request.next_token.as_deref())?;
    let mut session = context.store.session();
    let wanted = (RuleKind::Policy, &request.filter, request.policy_names.as_deref());
    let found = page.rules(&mut session, world, wanted).await?;
    let alarms = acting(&mut session, world, &found).await?;
    page.answer("ScalingPolicies", found, end_of, |row| shown(world, row, &alarms))
}

/// Alarms that have a policy among their actions, if there are any policies to ask for.
async fn acting(session: &mut Session, world: &WorldId, rows: &[RuleRow]) -> Result<Vec<Alarm>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    Ok(scaling::calling(session, world, None).await?)
}

/// `ScalingPolicy`. Its alarms are its own, or those that clients have given it to as an action.
fn shown(world: &WorldId, row: &RuleRow, alarms: &[Alarm]) -> Result<Value, Fault> {
    let stored: Stored = row.read()?;
    let Value::Map(mut shown) = row.read()? else {
        return Err(Fault::internal("the body of a policy is no structure"));
    };
    let arn = policy_arn(world, &row.id, &row.resource, &row.name);
    let quoted = serde_json::Value::from(arn.as_str()).to_string();
    let given = alarms.iter().filter(|alarm| alarm.body.contains(&quoted)).map(|alarm| &alarm.name);
    let names =
        if stored.alarms.is_empty() { given.collect() } else { stored.alarms.iter().collect::<Vec<_>>() };
    let listed: Vec<Value> = names.into_iter().map(|name| alarm(world, name)).collect();
    shown.insert(OWN_ALARMS, listed.into());
    for (name, value) in [
        ("PolicyARN", Value::from(arn)),
        ("PolicyName", row.name.as_str().into()),
        ("ServiceNamespace", NAMESPACE.into()),
        ("ResourceId", row.resource.as_str().into()),
        ("ScalableDimension", dimension_of(&row.resource)),
        ("CreationTime", row.created.into()),
    ] {
        shown.insert(name, value);
    }
    Ok(shown.into())
}

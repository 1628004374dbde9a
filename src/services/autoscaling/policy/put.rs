//! `PutScalingPolicy`.

use serde::Deserialize;

use super::{OWN_ALARMS, Stored, alarm, alarms};
use crate::autoscaling::{Policy, policy_arn};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::autoscaling::key::Key;
use crate::services::{Context, input, to_stored};
use crate::store::Tx;
use crate::store::scaling::{RuleKind, RuleQuery, RuleRow};

/// AWS's quota of policies for a scalable target.
const MAX_POLICIES: usize = 50;

/// The members that hold configurations, each by the type that it is of.
const CONFIGURATIONS: [(&str, &str); 3] = [
    ("StepScaling", "StepScalingPolicyConfiguration"),
    ("TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration"),
    ("PredictiveScaling", "PredictiveScalingPolicyConfiguration"),
];

/// `PutScalingPolicyRequest`, without its configurations.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(flatten)]
    key: Key,
    policy_name: String,
    policy_type: Option<String>,
}

/// Puts a policy; one that tracks a target gets its alarms with it.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html>
pub(in crate::services::autoscaling) async fn put_scaling_policy(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let members = value.as_map().cloned().unwrap_or_default();
    let request: Request = input(value)?;
    let mut tx = context.begin(world).await?;
    let target = request.key.target(&mut tx, world, "scalable target registered").await?;
    let (resource, name) = (target.resource.as_str(), request.policy_name.as_str());
    let query = RuleQuery { resource: Some(resource), ..RuleQuery::default() };
    let all = tx.scaling_rules(world, RuleKind::Policy, &query).await?;
    let old = all.iter().find(|policy| policy.name == name);
    if old.is_none() && all.len() >= MAX_POLICIES {
        let sentence = format!("A scalable target must not have more than {MAX_POLICIES} scaling policies.");
        return Err(Fault::declared("LimitExceededException", sentence));
    }
    let mut body = body(&request, &members, old)?;
    let policy = policy(&body)?;
    let id = match old {
        Some(old) => old.id.clone(),
        None => tx.new_id().await?,
    };
    let arn = policy_arn(world, &id, resource, name);
    let mut own = Vec::new();
    if let Policy::Tracking(tracking) = &policy {
        let watched = alarms::watched(tracking, request.key.resource()?)?;
        refuse_same(&policy, name, &all)?;
        let before: Option<Stored> = old.map(RuleRow::read).transpose()?;
        let before = before.map_or_else(Vec::new, |before| before.alarms);
        own = alarms::put(&mut tx, tracking, &watched, (resource, &arn), &before).await?;
    }
    body.insert(OWN_ALARMS, own.iter().map(|name| Value::from(name.as_str())).collect::<Vec<_>>().into());
    let created = old.map_or(tx.now(), |old| old.created);
    let (resource, name) = (resource.to_owned(), name.to_owned());
    let rule = RuleRow { resource, name, id, created, body: to_stored(&body.into())?, wake: None };
    put(&mut tx, &rule).await?;
    tx.commit().await?;
    context.wake(world);
    let shown: Vec<Value> = own.iter().map(|name| alarm(world, name)).collect();
    Ok(Fields::from_iter([("PolicyARN", arn.into()), ("Alarms", shown.into())]).into())
}

/// Writes it, and has it looked at: an alarm may call it already.
async fn put(tx: &mut Tx, rule: &RuleRow) -> Result<(), Fault> {
    let now = tx.now();
    tx.put_scaling_rule(RuleKind::Policy, rule).await?;
    tx.wake_target(&rule.resource, now).await?;
    Ok(())
}

/// What is stored of a policy: its type and its configuration, or the one that it had.
fn body(request: &Request, members: &Fields, old: Option<&RuleRow>) -> Result<Fields, Fault> {
    let before: Option<Stored> = old.map(RuleRow::read).transpose()?;
    let had = before.as_ref().map(|before| before.policy_type.as_str());
    let kind = request.policy_type.as_deref().or(had).unwrap_or("StepScaling");
    if had.is_some_and(|had| had != kind) {
        return Err(Fault::validation("The type of a scaling policy cannot be changed."));
    }
    if kind == "PredictiveScaling" {
        return Err(Fault::unsupported("sagebrush does not implement predictive scaling"));
    }
    let mut given = CONFIGURATIONS.into_iter().filter(|(_, member)| members.get(member).is_some());
    if let Some((_, member)) = given.find(|(of, _)| *of != kind) {
        return Err(Fault::validation(format!("{member} cannot be specified with PolicyType {kind}.")));
    }
    let member = CONFIGURATIONS.into_iter().find(|(of, _)| *of == kind).map_or("", |(_, member)| member);
    let configuration = match (members.get(member), old) {
        (Some(given), _) => given.clone(),
        (None, Some(old)) => {
            let before: Value = old.read()?;
            before.get(member).cloned().unwrap_or_else(Value::empty)
        }
        (None, None) => {
            return Err(Fault::validation(format!("{member} is required for PolicyType {kind}.")));
        }
    };
    if kind == "StepScaling"
        && let Some(missing) =
            ["AdjustmentType", "StepAdjustments"].into_iter().find(|name| configuration.get(name).is_none())
    {
        return Err(Fault::validation(format!("{missing} is required in a {member}.")));
    }
    Ok(Fields::from_iter([("PolicyType", kind.into()), (member, configuration)]))
}

/// The policy that a body describes, if it may be.
fn policy(body: &Fields) -> Result<Policy, Fault> {
    let policy: Policy = serde_json::from_str(&to_stored(&body.clone().into())?).map_err(Fault::internal)?;
    let refusal = match &policy {
        Policy::Step(step) => step.refusal(),
        Policy::Tracking(tracking) => tracking.refusal().map(str::to_owned),
    };
    refusal.map_or(Ok(policy), |sentence| Err(Fault::validation(sentence)))
}

/// Two policies of a target do not track the same metric.
fn refuse_same(policy: &Policy, name: &str, all: &[RuleRow]) -> Result<(), Fault> {
    let Policy::Tracking(tracking) = policy else { return Ok(()) };
    for other in all.iter().filter(|other| other.name != name) {
        if let Policy::Tracking(other) = other.read()?
            && other.metric() == tracking.metric()
        {
            let sentence =
                "Only one TargetTrackingScaling policy for a given metric specification is allowed.";
            return Err(Fault::validation(sentence));
        }
    }
    Ok(())
}

//! Which policies an alarm calls in the state in which it is.

use serde::Deserialize;

use crate::autoscaling::{policy_arn, policy_of_arn};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::store::scaling::RuleKind;
use crate::store::{Alarm, AlarmKind, AlarmQuery, Error, Session, Tx};

/// What stands in the ARN of every policy, and seldom elsewhere: most alarms need not be read.
const MARK: &str = ":scalingPolicy:";

/// What an alarm does, of its body.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    #[serde(rename = "ActionsEnabled")]
    enabled: Option<bool>,
    #[serde(rename = "AlarmActions")]
    on_alarm: Vec<String>,
    #[serde(rename = "OKActions")]
    on_ok: Vec<String>,
    #[serde(rename = "InsufficientDataActions")]
    on_insufficient_data: Vec<String>,
}

/// The policies that the alarm calls as long as it is in its state, by their ARNs.
pub(super) fn calls(alarm: &Alarm) -> Vec<String> {
    if alarm.kind != AlarmKind::Metric || !alarm.body.contains(MARK) {
        return Vec::new();
    }
    let body: Body = alarm.read().unwrap_or_default();
    if body.enabled == Some(false) {
        return Vec::new();
    }
    let mut arns = match alarm.state {
        AlarmState::Alarm => body.on_alarm,
        AlarmState::Ok => body.on_ok,
        AlarmState::InsufficientData => body.on_insufficient_data,
    };
    arns.retain(|arn| arn.contains(MARK));
    arns
}

/// The metric alarms that may have a policy as their action: of a target, by its resource, or of any.
pub async fn calling(
    session: &mut Session,
    world: &WorldId,
    resource: Option<&str>,
) -> Result<Vec<Alarm>, Error> {
    let text = resource
        .map_or_else(|| MARK.to_owned(), |resource| format!(":resource/sagemaker/{resource}:policyName/"));
    let query = AlarmQuery { kind: Some(AlarmKind::Metric), text: Some(&text), ..AlarmQuery::default() };
    session.list_alarms(world, &query).await
}

/// Has the targets looked at whose policies the alarm calls since `at`. Answers the ARNs of those policies.
pub async fn called(tx: &mut Tx, alarm: &Alarm, at: Timestamp) -> Result<Vec<String>, Error> {
    if tx.world().scalable_targets == 0 {
        return Ok(Vec::new());
    }
    let world = tx.id().clone();
    let mut called = Vec::new();
    for arn in calls(alarm) {
        let Some((resource, name)) = policy_of_arn(&world, &arn) else { continue };
        let policy = tx.scaling_rule(&world, RuleKind::Policy, resource, name).await?;
        if policy.is_some_and(|policy| policy_arn(&world, &policy.id, resource, name) == arn) {
            tx.wake_target(resource, at).await?;
            called.push(arn);
        }
    }
    Ok(called)
}

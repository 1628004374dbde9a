//! Which policies an alarm calls in the state in which it is.

use serde::Deserialize;

use crate::autoscaling::resource_of_policy_arn;
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::store::{Alarm, Error, Tx};

/// What stands in the ARN of every policy, and seldom elsewhere: most alarms need not be read.
const MARK: &str = ":scalingPolicy:";

/// The actions of an alarm.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Actions {
    actions_enabled: Option<bool>,
    alarm_actions: Vec<String>,
    #[serde(rename = "OKActions")]
    ok_actions: Vec<String>,
    insufficient_data_actions: Vec<String>,
}

/// The policies that the alarm calls as long as it is in its state, by their ARNs.
pub fn calls(alarm: &Alarm) -> Vec<String> {
    if !alarm.body.contains(MARK) {
        return Vec::new();
    }
    let actions: Actions = alarm.read().unwrap_or_default();
    if actions.actions_enabled == Some(false) {
        return Vec::new();
    }
    let mut arns = match alarm.state {
        AlarmState::Alarm => actions.alarm_actions,
        AlarmState::Ok => actions.ok_actions,
        AlarmState::InsufficientData => actions.insufficient_data_actions,
    };
    arns.retain(|arn| arn.contains(MARK));
    arns
}

/// Has the targets looked at whose policies the alarm calls since `at`.
pub async fn called(tx: &mut Tx, alarm: &Alarm, at: Timestamp) -> Result<(), Error> {
    if tx.world().targets == 0 {
        return Ok(());
    }
    let world = tx.id().clone();
    for arn in calls(alarm) {
        if let Some(resource) = resource_of_policy_arn(&world, &arn) {
            tx.wake_target(resource, at).await?;
        }
    }
    Ok(())
}

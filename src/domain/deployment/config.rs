//! `DeploymentConfig` as the client sent it. It is kept whole, members that its type does not use
//! included, because `LastDeploymentConfig` repeats it.
//!
//! See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeploymentConfig.html>.

use serde::{Deserialize, Serialize};

use crate::domain::capacity::CapacitySize;

/// How an update is to be carried out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeploymentConfig {
    /// Shift between two fleets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blue_green_update_policy: Option<BlueGreenUpdatePolicy>,
    /// Replace the fleet batch by batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rolling_update_policy: Option<RollingUpdatePolicy>,
    /// The alarms that end the update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_rollback_configuration: Option<AutoRollbackConfig>,
}

/// `BlueGreenUpdatePolicy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BlueGreenUpdatePolicy {
    /// The steps.
    pub traffic_routing_configuration: TrafficRoutingConfig,
    /// Extra bake before the old fleet goes, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination_wait_in_seconds: Option<u32>,
    /// Limit of the whole update, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_execution_timeout_in_seconds: Option<u32>,
}

/// `TrafficRoutingConfig`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrafficRoutingConfig {
    /// The shape of the steps.
    #[serde(rename = "Type")]
    pub kind: TrafficRoutingType,
    /// The bake of every step, seconds.
    pub wait_interval_in_seconds: u32,
    /// First step of CANARY.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canary_size: Option<CapacitySize>,
    /// Each step of LINEAR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linear_step_size: Option<CapacitySize>,
}

/// `TrafficRoutingConfigType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TrafficRoutingType {
    /// One step.
    AllAtOnce,
    /// A small step, then the rest.
    Canary,
    /// Equal steps.
    Linear,
}

/// `RollingUpdatePolicy`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RollingUpdatePolicy {
    /// Instances replaced at a time.
    pub maximum_batch_size: CapacitySize,
    /// The bake of every batch, seconds.
    pub wait_interval_in_seconds: u32,
    /// Limit of the whole update, seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum_execution_timeout_in_seconds: Option<u32>,
    /// Instances brought back at a time in a rollback; all at once without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollback_maximum_batch_size: Option<CapacitySize>,
}

/// `AutoRollbackConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AutoRollbackConfig {
    /// Any of them ends the update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarms: Option<Vec<Alarm>>,
}

/// `Alarm`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Alarm {
    /// Name of an alarm in the same account and region. Optional in AWS's shape, required by our rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alarm_name: Option<String>,
}

impl DeploymentConfig {
    /// Names of the alarms, in order, each once.
    pub fn alarm_names(&self) -> Vec<String> {
        let alarms = self.auto_rollback_configuration.iter().flat_map(|auto| auto.alarms.iter().flatten());
        let mut names: Vec<String> = Vec::new();
        for name in alarms.filter_map(|alarm| alarm.alarm_name.as_ref()) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}

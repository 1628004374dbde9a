//! One request on its way to a service: recognised, decoded and valid.

use super::Value;

/// The services that have a model under `models/`. This list, and the table beside the models, are all
/// that the room knows of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ServiceId {
    /// Amazon SageMaker, the control plane.
    SageMaker,
    /// Amazon SageMaker Runtime: invocations.
    SageMakerRuntime,
    /// Amazon CloudWatch.
    CloudWatch,
    /// AWS Security Token Service.
    Sts,
    /// Amazon EventBridge.
    EventBridge,
    /// Application Auto Scaling.
    ApplicationAutoScaling,
    /// Amazon CloudWatch Logs.
    Logs,
}

impl ServiceId {
    /// Every service, in the order of the declaration.
    pub const ALL: [Self; 7] = [
        Self::SageMaker,
        Self::SageMakerRuntime,
        Self::CloudWatch,
        Self::Sts,
        Self::EventBridge,
        Self::ApplicationAutoScaling,
        Self::Logs,
    ];

    /// The word for the service in messages: `SageMaker` in "sagebrush does not implement `SageMaker.X`".
    pub fn name(self) -> &'static str {
        match self {
            Self::SageMaker => "SageMaker",
            Self::SageMakerRuntime => "SageMakerRuntime",
            Self::CloudWatch => "CloudWatch",
            Self::Sts => "STS",
            Self::EventBridge => "EventBridge",
            Self::ApplicationAutoScaling => "ApplicationAutoScaling",
            Self::Logs => "CloudWatchLogs",
        }
    }
}

/// One request: who asks, in which world, and for what.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The service asked.
    pub service: ServiceId,
    /// The operation, as the service's model spells it.
    pub operation: &'static str,
    /// The input, decoded and valid; an empty map for an operation without input.
    pub input: Value,
    /// Twelve digits.
    pub account: String,
    /// For example `us-east-1`.
    pub region: String,
    /// The id that the answer carries: a lower-case UUID, version 4.
    pub request_id: String,
}

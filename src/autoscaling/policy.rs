//! A scaling policy, and what makes it act: an alarm that has it as its action, with what that alarm has seen.

use serde::Deserialize;

use super::step::StepScaling;
use super::target::Direction;
use super::tracking::{Side, TargetTracking};

/// The cooldown of a policy that names none, seconds: AWS's for SageMaker.
const DEFAULT_COOLDOWN_SECS: i64 = 300;

/// A scaling policy, read from the body that is stored.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "Body")]
pub enum Policy {
    /// `StepScaling`.
    Step(StepScaling),
    /// `TargetTrackingScaling`.
    Tracking(TargetTracking),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    step_scaling_policy_configuration: Option<StepScaling>,
    target_tracking_scaling_policy_configuration: Option<TargetTracking>,
}

impl TryFrom<Body> for Policy {
    type Error = &'static str;

    fn try_from(body: Body) -> Result<Self, Self::Error> {
        match (body.step_scaling_policy_configuration, body.target_tracking_scaling_policy_configuration) {
            (Some(step), None) => Ok(Self::Step(step)),
            (None, Some(tracking)) => Ok(Self::Tracking(tracking)),
            _ => Err("a policy has one configuration"),
        }
    }
}

/// What an alarm has seen.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signal {
    /// The values of its evaluation periods that there are, the newest last.
    pub values: Vec<f64>,
    /// Its threshold.
    pub threshold: f64,
    /// Which of its policy's alarms it is, where that tracks a target.
    pub side: Option<Side>,
}

/// A policy that an alarm has called.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// The policy.
    pub policy: Policy,
    /// What the alarm has seen.
    pub signal: Signal,
}

impl Trigger {
    /// The capacity that is wanted where there is this one; none where the policy says nothing.
    pub fn wanted(&self, capacity: u32) -> Option<i64> {
        let Signal { values, threshold, side } = &self.signal;
        match &self.policy {
            Policy::Tracking(tracking) => tracking.wanted((*side)?, capacity, values),
            Policy::Step(step) => {
                // An alarm that was put into its state by hand has seen nothing: it is at its threshold.
                let value = step.metric_aggregation_type.of(values);
                step.wanted(capacity, value.map_or(0.0, |value| value - threshold))
            }
        }
    }

    /// How long the cooldown of a scaling by this policy is, milliseconds.
    pub fn cooldown_ms(&self, direction: Direction) -> i64 {
        let given = match (&self.policy, direction) {
            (Policy::Step(step), _) => step.cooldown,
            (Policy::Tracking(tracking), Direction::Out) => tracking.scale_out_cooldown,
            (Policy::Tracking(tracking), Direction::In) => tracking.scale_in_cooldown,
        };
        given.unwrap_or(DEFAULT_COOLDOWN_SECS).saturating_mul(1000)
    }
}

/// Of several triggers the one that wants the largest capacity, by its place, and that capacity. Steps count from `base`; what
/// tracks a target says itself how many there must be where there are `capacity`.
pub(super) fn largest(triggers: &[Trigger], base: u32, capacity: u32) -> Option<(usize, i64)> {
    let wanted = |trigger: &Trigger| match trigger.policy {
        Policy::Step(_) => trigger.wanted(base),
        Policy::Tracking(_) => trigger.wanted(capacity),
    };
    let wanted = triggers.iter().enumerate().filter_map(|(place, trigger)| Some((place, wanted(trigger)?)));
    // Of equals the first.
    wanted.rev().max_by_key(|(_, wanted)| *wanted)
}

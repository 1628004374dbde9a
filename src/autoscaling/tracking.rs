//! Target tracking: as many instances as keep a metric at its target.
//! See <https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html>.

use serde::Deserialize;
use serde_json::Value as Json;

/// How many minutes a metric is above its target before more instances come.
pub const HIGH_PERIODS: u32 = 3;

/// How many minutes a metric is below nine tenths of its target before instances go.
pub const LOW_PERIODS: u32 = 15;

/// `TargetTrackingScalingPolicyConfiguration`, as far as the arithmetic needs it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TargetTracking {
    /// `TargetValue`.
    pub target_value: f64,
    /// `ScaleOutCooldown`, seconds.
    pub scale_out_cooldown: Option<i64>,
    /// `ScaleInCooldown`, seconds.
    pub scale_in_cooldown: Option<i64>,
    /// `DisableScaleIn`.
    #[serde(default)]
    pub disable_scale_in: bool,
    /// `PredefinedMetricSpecification`.
    pub predefined_metric_specification: Option<Predefined>,
    /// `CustomizedMetricSpecification`.
    pub customized_metric_specification: Option<Json>,
}

/// `PredefinedMetricSpecification`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Predefined {
    /// `PredefinedMetricType`.
    pub predefined_metric_type: String,
}

/// What a policy tracks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Metric<'a> {
    /// One of AWS's, by its name.
    Predefined(&'a str),
    /// One that the client describes.
    Customized(&'a Json),
}

/// Which of a policy's two alarms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// `AlarmHigh`.
    High,
    /// `AlarmLow`.
    Low,
}

impl Side {
    /// The word in the alarm's name.
    pub fn word(self) -> &'static str {
        match self {
            Self::High => "AlarmHigh",
            Self::Low => "AlarmLow",
        }
    }
}

/// The threshold of the lower alarm.
pub fn low_threshold(target: f64) -> f64 {
    target * 90.0 / 100.0
}

impl TargetTracking {
    /// What is wrong with the configuration: a sentence.
    pub fn refusal(&self) -> Option<&'static str> {
        if self.target_value.is_nan() || self.target_value <= 0.0 {
            return Some("TargetValue must be greater than 0.");
        }
        if [self.scale_out_cooldown, self.scale_in_cooldown].into_iter().flatten().any(|seconds| seconds < 0)
        {
            return Some("A cooldown must not be negative.");
        }
        match (&self.predefined_metric_specification, &self.customized_metric_specification) {
            (Some(_), None) | (None, Some(_)) => None,
            _ => Some(
                "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is required.",
            ),
        }
    }

    /// What it tracks; none where the configuration is refused.
    pub fn metric(&self) -> Option<Metric<'_>> {
        match (&self.predefined_metric_specification, &self.customized_metric_specification) {
            (Some(of), None) => Some(Metric::Predefined(&of.predefined_metric_type)),
            (None, Some(of)) => Some(Metric::Customized(of)),
            _ => None,
        }
    }

    /// The capacity that it wants where there are `capacity` instances and the metric had these values, the newest
    /// last: what the newest asks for when it is high, and when it is low what the highest of them asks for.
    pub fn wanted(&self, side: Side, capacity: u32, values: &[f64]) -> Option<i64> {
        let value = match side {
            Side::High => values.last().copied(),
            Side::Low => values.iter().copied().reduce(f64::max),
        };
        let wanted = (f64::from(capacity) * value? / self.target_value).ceil();
        #[expect(clippy::cast_possible_truncation, reason = "it saturates, and nobody has so many instances")]
        let wanted = wanted as i64;
        let capacity = i64::from(capacity);
        Some(match side {
            Side::High => wanted.max(capacity),
            Side::Low => wanted.min(capacity),
        })
    }
}

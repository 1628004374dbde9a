//! Step scaling: how far the metric is beyond its threshold says which adjustment is made.
//! See <https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html>.

use serde::Deserialize;

/// `StepScalingPolicyConfiguration`, as far as the arithmetic needs it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct StepScaling {
    /// `AdjustmentType`.
    pub adjustment_type: AdjustmentType,
    /// `StepAdjustments`.
    pub step_adjustments: Vec<Step>,
    /// `MinAdjustmentMagnitude`.
    pub min_adjustment_magnitude: Option<i64>,
    /// `Cooldown`, seconds.
    pub cooldown: Option<i64>,
    /// `MetricAggregationType`.
    #[serde(default)]
    pub metric_aggregation_type: Aggregation,
}

/// `AdjustmentType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum AdjustmentType {
    /// So many more, or fewer.
    ChangeInCapacity,
    /// So many.
    ExactCapacity,
    /// So many percent more, or fewer.
    PercentChangeInCapacity,
}

/// `MetricAggregationType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Aggregation {
    /// The mean.
    #[default]
    Average,
    /// The least.
    Minimum,
    /// The greatest.
    Maximum,
}

/// `StepAdjustment`: an interval of how far the metric is from the threshold, and what is done there.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Step {
    /// `MetricIntervalLowerBound`; without end if absent.
    #[serde(rename = "MetricIntervalLowerBound")]
    pub lower: Option<f64>,
    /// `MetricIntervalUpperBound`; without end if absent.
    #[serde(rename = "MetricIntervalUpperBound")]
    pub upper: Option<f64>,
    /// `ScalingAdjustment`.
    #[serde(rename = "ScalingAdjustment")]
    pub adjustment: i64,
}

/// AWS's limit of steps in a policy.
const MAX_STEPS: usize = 20;

impl Step {
    fn from(&self) -> f64 {
        self.lower.unwrap_or(f64::NEG_INFINITY)
    }

    fn to(&self) -> f64 {
        self.upper.unwrap_or(f64::INFINITY)
    }

    /// Whether this far from the threshold is in the interval: away from zero its nearer end belongs to it.
    fn holds(&self, beyond: f64) -> bool {
        if self.to() <= 0.0 {
            beyond > self.from() && beyond <= self.to()
        } else {
            beyond >= self.from() && beyond < self.to()
        }
    }
}

impl Aggregation {
    /// One value of several; none of none.
    pub fn of(self, values: &[f64]) -> Option<f64> {
        match self {
            _ if values.is_empty() => None,
            Self::Average => Some(values.iter().sum::<f64>() / values.len() as f64),
            Self::Minimum => values.iter().copied().reduce(f64::min),
            Self::Maximum => values.iter().copied().reduce(f64::max),
        }
    }
}

impl StepScaling {
    /// What is wrong with the configuration: a sentence.
    pub fn refusal(&self) -> Option<String> {
        let mut steps = self.step_adjustments.clone();
        if steps.is_empty() {
            return Some("At least one StepAdjustment is required.".to_owned());
        }
        if steps.len() > MAX_STEPS {
            return Some(format!(
                "A step scaling policy must not have more than {MAX_STEPS} StepAdjustments."
            ));
        }
        if self.adjustment_type == AdjustmentType::ExactCapacity
            && steps.iter().any(|step| step.adjustment < 0)
        {
            return Some("ScalingAdjustment must not be negative for ExactCapacity.".to_owned());
        }
        if self.min_adjustment_magnitude.is_some_and(|least| least < 1) {
            return Some("MinAdjustmentMagnitude must be at least 1.".to_owned());
        }
        if self.cooldown.is_some_and(|seconds| seconds < 0) {
            return Some("Cooldown must not be negative.".to_owned());
        }
        if steps.iter().any(|step| step.from() >= step.to()) {
            return Some(
                "A StepAdjustment must have a MetricIntervalLowerBound below its MetricIntervalUpperBound."
                    .to_owned(),
            );
        }
        steps.sort_by(|one, other| one.from().total_cmp(&other.from()));
        if steps.windows(2).any(|pair| pair[0].to() > pair[1].from()) {
            return Some("StepAdjustment intervals must not overlap.".to_owned());
        }
        if steps.windows(2).any(|pair| pair[0].to() < pair[1].from()) {
            return Some("StepAdjustment intervals must not have gaps between them.".to_owned());
        }
        if steps[0].lower.is_some_and(|lower| lower < 0.0) {
            return Some("If a StepAdjustment has a negative lower bound, one must have none.".to_owned());
        }
        if steps[steps.len() - 1].upper.is_some_and(|upper| upper > 0.0) {
            return Some("If a StepAdjustment has a positive upper bound, one must have none.".to_owned());
        }
        None
    }

    /// The capacity that it wants where there are `capacity` instances and the metric is so far `beyond` its
    /// threshold; none where no step is for that.
    pub fn wanted(&self, capacity: u32, beyond: f64) -> Option<i64> {
        let step = self.step_adjustments.iter().filter(|step| step.holds(beyond));
        // The threshold itself may be the end of two steps: the upper one is meant.
        let step = step.max_by(|one, other| one.from().total_cmp(&other.from()))?;
        let capacity = i64::from(capacity);
        Some(match self.adjustment_type {
            AdjustmentType::ExactCapacity => step.adjustment,
            AdjustmentType::ChangeInCapacity => capacity.saturating_add(step.adjustment),
            AdjustmentType::PercentChangeInCapacity => {
                let change = percent(capacity, step.adjustment);
                let least = self.min_adjustment_magnitude.unwrap_or(0);
                let change = if change.abs() < least {
                    least.saturating_mul(step.adjustment.signum())
                } else {
                    change
                };
                capacity.saturating_add(change)
            }
        })
    }
}

/// So many percent of a capacity in instances: toward zero, but not to zero.
fn percent(capacity: i64, percent: i64) -> i64 {
    let hundredths = capacity.saturating_mul(percent);
    match hundredths / 100 {
        0 => hundredths.signum(),
        change => change,
    }
}

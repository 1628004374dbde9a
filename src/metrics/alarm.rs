//! A metric alarm: what it watches, when it is looked at, and when it would alarm.
//!
//! It is read from the stored body of `PutMetricAlarm`, which was checked when it was put. Its state is no
//! part of it: [`super::evaluate`] has the state as an argument.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>.

use serde::Deserialize;

use super::metric::Metric;
use super::query::Query;
use super::statistic::Statistic;
use crate::clock::Timestamp;

mod body;
#[cfg(test)]
mod tests;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How many datapoints CloudWatch looks back beyond the evaluation periods, for the case that some are
/// missing: its documentation shows 5 for 3 periods.
const LOOK_BACK: usize = 2;

/// What `PutMetricAlarm` put, as far as the evaluation needs it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(try_from = "body::Body")]
pub struct MetricAlarm {
    /// What is watched.
    pub source: Source,
    /// When a datapoint breaches.
    pub limit: Limit,
    /// `EvaluationPeriods`, N; at least 1.
    pub evaluation_periods: usize,
    /// `DatapointsToAlarm`, M, if it was given, from 1 to N; see [`MetricAlarm::datapoints_to_alarm`].
    pub given_datapoints_to_alarm: Option<usize>,
    /// `TreatMissingData`.
    pub treat_missing_data: TreatMissingData,
    /// `EvaluateLowSampleCountPercentile`.
    pub low_samples: LowSamples,
}

/// What an alarm watches.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// One metric.
    Metric {
        /// `Namespace`, `MetricName` and `Dimensions`.
        metric: Metric,
        /// `Unit`; any if absent.
        unit: Option<String>,
        /// `Statistic` or `ExtendedStatistic`.
        statistic: Statistic,
        /// `Period` in seconds.
        period: i64,
    },
    /// `Metrics`: metrics and expressions over them, one of which returns the values.
    Queries(Vec<Query>),
}

/// When a datapoint breaches.
#[derive(Clone, Debug, PartialEq)]
pub enum Limit {
    /// Against a threshold.
    Threshold {
        /// `ComparisonOperator`.
        operator: Comparison,
        /// `Threshold`.
        threshold: f64,
    },
    /// Outside of a band that an anomaly detection model makes, on one side or both. Nothing here learns
    /// such a model.
    Band {
        /// `ThresholdMetricId`.
        threshold_metric_id: String,
    },
}

/// The comparison operators with a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `GreaterThanOrEqualToThreshold`.
    GreaterOrEqual,
    /// `GreaterThanThreshold`.
    Greater,
    /// `LessThanThreshold`.
    Less,
    /// `LessThanOrEqualToThreshold`.
    LessOrEqual,
}

/// `TreatMissingData`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TreatMissingData {
    /// As if they breached.
    Breaching,
    /// As if they did not.
    NotBreaching,
    /// The state stays.
    Ignore,
    /// As missing: without any datapoint the alarm has `INSUFFICIENT_DATA`.
    #[default]
    Missing,
}

/// `EvaluateLowSampleCountPercentile`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LowSamples {
    /// A percentile counts however few samples it is of.
    #[default]
    Evaluate,
    /// The state stays while there are too few.
    Ignore,
}

impl Comparison {
    /// Whether `value` breaches `threshold`.
    pub fn is_breached(self, value: f64, threshold: f64) -> bool {
        match self {
            Self::GreaterOrEqual => value >= threshold,
            Self::Greater => value > threshold,
            Self::Less => value < threshold,
            Self::LessOrEqual => value <= threshold,
        }
    }

    /// `greater than or equal to`: the words of a reason.
    pub fn words(self) -> &'static str {
        match self {
            Self::GreaterOrEqual => "greater than or equal to",
            Self::Greater => "greater than",
            Self::Less => "less than",
            Self::LessOrEqual => "less than or equal to",
        }
    }
}

impl MetricAlarm {
    /// `DatapointsToAlarm`, M: all N of them if it was not given.
    pub fn datapoints_to_alarm(&self) -> usize {
        self.given_datapoints_to_alarm.unwrap_or(self.evaluation_periods)
    }

    /// How long a datapoint is. Over a list of metrics it is the period of the metric that returns the values, and
    /// for an expression the shortest of the metrics': the grid that its values lie on.
    pub fn period_ms(&self) -> i64 {
        let seconds = match &self.source {
            Source::Metric { period, .. } => *period,
            Source::Queries(queries) => {
                let own = |query: &Query| query.metric_stat.as_ref().map(|stat| stat.period);
                let shortest = queries.iter().filter_map(own).min();
                let named = queries.iter().filter_map(|query| query.period).min();
                let returned = self.returned(queries).and_then(own);
                returned.or(shortest).or(named).unwrap_or(MINUTE_MS / 1000)
            }
        };
        seconds.saturating_mul(1000)
    }

    /// The query whose values are compared.
    fn returned<'a>(&self, queries: &'a [Query]) -> Option<&'a Query> {
        let band = match &self.limit {
            Limit::Band { threshold_metric_id } => Some(threshold_metric_id),
            Limit::Threshold { .. } => None,
        };
        queries.iter().find(|query| query.returns_data() && band != Some(&query.id))
    }

    /// How often it is evaluated: every minute, every ten seconds with a period under one, and hourly if
    /// its periods are more than a day together.
    pub fn interval_ms(&self) -> i64 {
        let periods = i64::try_from(self.evaluation_periods).unwrap_or(i64::MAX);
        match self.period_ms() {
            period if period.saturating_mul(periods) > DAY_MS => HOUR_MS,
            period if period < MINUTE_MS => 10_000,
            _ => MINUTE_MS,
        }
    }

    /// When it is evaluated next: at the first multiple of its interval after `after`.
    pub fn next_evaluation(&self, after: Timestamp) -> Timestamp {
        let interval = self.interval_ms();
        after.plus_ms(interval - after.0.rem_euclid(interval))
    }

    /// How many datapoints an evaluation looks at: some more than N, for the case that some are missing.
    pub fn range(&self) -> usize {
        self.evaluation_periods + LOOK_BACK
    }

    /// All metrics that it reads, each once.
    pub fn metrics(&self) -> Vec<Metric> {
        let mut metrics: Vec<Metric> = match &self.source {
            Source::Metric { metric, .. } => vec![metric.clone()],
            Source::Queries(queries) => {
                queries.iter().filter_map(|query| Some(query.metric_stat.as_ref()?.metric.clone())).collect()
            }
        };
        metrics.sort_unstable();
        metrics.dedup();
        metrics
    }

    /// The statistic that is compared, where it is one of a metric and not of an expression.
    pub fn statistic(&self) -> Option<Statistic> {
        match &self.source {
            Source::Metric { statistic, .. } => Some(*statistic),
            Source::Queries(queries) => Some(self.returned(queries)?.metric_stat.as_ref()?.stat),
        }
    }

    /// The metric that is compared and its statistic, where it is one and not an expression.
    pub fn compared(&self) -> Option<(&Metric, Statistic)> {
        match &self.source {
            Source::Metric { metric, statistic, .. } => Some((metric, *statistic)),
            Source::Queries(queries) => {
                let stat = self.returned(queries)?.metric_stat.as_ref()?;
                Some((&stat.metric, stat.stat))
            }
        }
    }

    /// `Unit` of a single metric.
    pub fn unit(&self) -> Option<&str> {
        match &self.source {
            Source::Metric { unit, .. } => unit.as_deref(),
            Source::Queries(_) => None,
        }
    }
}

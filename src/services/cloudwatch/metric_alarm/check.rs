//! What the shape of a `PutMetricAlarm` request cannot say: which members go together.
//!
//! The first broken rule is the answer. The sentences are CloudWatch's where a public log shows them;
//! `docs/fidelity.md` says which are not.

use serde::Deserialize;

use crate::metrics::query::{Plan, Query};
use crate::metrics::statistic::Statistic;
use crate::schema::{Fault, Value};
use crate::services::cloudwatch::metric_query::Sent;
use crate::services::tag::Tag;

/// A day in seconds: the longest window of an alarm with a period under an hour.
const DAY: i64 = 86_400;
/// The longest window of any other alarm.
const WEEK: i64 = 7 * DAY;

/// What is said of an expression that makes several series.
const NOT_SINGLE: &str = "The expression that returns data must return a single time series";

/// `PutMetricAlarmInput`, as far as the rules look at it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Request {
    pub(super) alarm_name: String,
    metric_name: Option<String>,
    namespace: Option<String>,
    statistic: Option<String>,
    extended_statistic: Option<String>,
    dimensions: Option<Vec<Value>>,
    period: Option<i64>,
    unit: Option<String>,
    evaluation_periods: Option<i64>,
    datapoints_to_alarm: Option<i64>,
    threshold: Option<f64>,
    comparison_operator: Option<String>,
    treat_missing_data: Option<String>,
    evaluate_low_sample_count_percentile: Option<String>,
    #[serde(default)]
    metrics: Vec<Sent>,
    threshold_metric_id: Option<String>,
    evaluation_criteria: Option<Value>,
    evaluation_interval: Option<i64>,
    #[serde(default)]
    pub(super) tags: Vec<Tag>,
}

impl Request {
    /// The first rule that the request breaks.
    pub(super) fn check(&mut self) -> Result<(), Fault> {
        if self.evaluation_criteria.is_some() || self.evaluation_interval.is_some() {
            return Err(Fault::unsupported(
                "sagebrush does not implement alarms with EvaluationCriteria (PromQL)",
            ));
        }
        let periods = self.evaluation_periods.ok_or_else(|| null("EvaluationPeriods"))?;
        match std::mem::take(&mut self.metrics) {
            queries if queries.is_empty() => self.check_metric(periods)?,
            queries => self.check_queries(queries, periods)?,
        }
        if self.datapoints_to_alarm.is_some_and(|datapoints| datapoints > periods) {
            return refuse("DatapointsToAlarm must be less than or equal to EvaluationPeriods");
        }
        self.check_threshold()?;
        self.check_options()
    }

    fn check_queries(&self, sent: Vec<Sent>, periods: i64) -> Result<(), Fault> {
        let single_metric = [
            ("MetricName", self.metric_name.is_some()),
            ("Namespace", self.namespace.is_some()),
            ("Dimensions", self.dimensions.as_ref().is_some_and(|dimensions| !dimensions.is_empty())),
            ("Period", self.period.is_some()),
            ("Unit", self.unit.is_some()),
            ("Statistic", self.statistic.is_some()),
            ("ExtendedStatistic", self.extended_statistic.is_some()),
        ];
        if let Some((member, _)) = single_metric.iter().find(|(_, given)| *given) {
            return refuse(format!("{member} should not be set if list of Metrics is set."));
        }
        sent.iter().flat_map(Sent::periods).try_for_each(|seconds| period(seconds, periods))?;
        // CloudWatch does not say what is wrong with the list.
        let read = |query: Sent| query.read("", &mut Vec::new());
        let queries: Option<Vec<Query>> = sent.into_iter().map(read).collect();
        let queries = queries.ok_or_else(invalid_list)?;
        // A band is the business of a model that nothing here learns.
        let (bands, queries): (Vec<_>, Vec<_>) =
            queries.into_iter().partition(|query| Some(&query.id) == self.threshold_metric_id.as_ref());
        let is_repeated = |(place, query): (usize, &Query)| {
            queries[..place].iter().chain(&bands).any(|other| other.id == query.id)
        };
        if bands.len() != usize::from(self.threshold_metric_id.is_some())
            || queries.iter().enumerate().any(is_repeated)
        {
            return Err(invalid_list());
        }
        if queries.iter().filter(|query| query.returns_data()).count() != 1 {
            return refuse("Exactly one element of the metrics list should return data.");
        }
        if Plan::of(&queries)?.check()? == 1 { Ok(()) } else { refuse(NOT_SINGLE) }
    }

    fn check_metric(&self, periods: i64) -> Result<(), Fault> {
        if self.metric_name.is_none() {
            return Err(null("MetricName"));
        }
        if self.namespace.is_none() {
            return Err(null("Namespace"));
        }
        match (&self.statistic, &self.extended_statistic) {
            (Some(_), Some(_)) => {
                return refuse(
                    "PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. \
                     Only one of them should be present",
                );
            }
            (None, None) => return refuse("PutMetricAlarm request should have a Statistic parameter"),
            (None, Some(extended)) if !is_extended_statistic(extended) => {
                let sentence =
                    format!("The value {extended} for parameter ExtendedStatistic is not supported.");
                return Err(Fault::new("InvalidParameterValue", sentence, 400));
            }
            _ => {}
        }
        if self.threshold_metric_id.is_some() {
            return refuse("ThresholdMetricId should only be set if list of Metrics is set.");
        }
        period(self.period.ok_or_else(|| null("Period"))?, periods)
    }

    fn check_threshold(&self) -> Result<(), Fault> {
        let operator = self.comparison_operator.as_deref().ok_or_else(|| null("ComparisonOperator"))?;
        let is_band = matches!(
            operator,
            "LessThanLowerOrGreaterThanUpperThreshold"
                | "LessThanLowerThreshold"
                | "GreaterThanUpperThreshold"
        );
        match (self.threshold, &self.threshold_metric_id) {
            (Some(_), Some(_)) => refuse("Threshold and ThresholdMetricId cannot both be set"),
            (None, None) => Err(null(if is_band { "ThresholdMetricId" } else { "Threshold" })),
            (Some(_), None) if is_band => {
                refuse(format!("{operator} can only be used with ThresholdMetricId"))
            }
            (None, Some(_)) if !is_band => {
                refuse(format!("{operator} can not be used with ThresholdMetricId"))
            }
            (Some(threshold), None) if !threshold.is_finite() => refuse("Threshold must be a finite number"),
            _ => Ok(()),
        }
    }

    fn check_options(&self) -> Result<(), Fault> {
        if let Some(option) = &self.treat_missing_data
            && !matches!(option.as_str(), "breaching" | "notBreaching" | "ignore" | "missing")
        {
            return refuse(format!(
                "Option {option} is not supported. Supported options for parameter TreatMissingData are breaching, \
                 notBreaching, ignore and missing."
            ));
        }
        let Some(option) = &self.evaluate_low_sample_count_percentile else { return Ok(()) };
        if !matches!(option.as_str(), "evaluate" | "ignore") {
            return refuse(format!(
                "Option {option} is not supported. Supported options for parameter \
                 EvaluateLowSampleCountPercentile are evaluate and ignore."
            ));
        }
        match &self.statistic {
            Some(statistic) => refuse(format!(
                "Option evaluateLowSampleCountPercentile can not be applied with statistic {statistic}. This option \
                 is enabled only for percentile statistics."
            )),
            None => Ok(()),
        }
    }
}

fn refuse<T>(sentence: impl Into<String>) -> Result<T, Fault> {
    Err(Fault::validation(sentence))
}

fn invalid_list() -> Fault {
    Fault::validation("Invalid metrics list")
}

fn null(member: &str) -> Fault {
    Fault::validation(format!("{member} must not be null"))
}

fn period(seconds: i64, periods: i64) -> Result<(), Fault> {
    if !matches!(seconds, 10 | 20 | 30) && (seconds < 60 || seconds % 60 != 0) {
        return refuse("Period must be 10, 20, 30 or a multiple of 60");
    }
    let longest = if seconds < 3600 { DAY } else { WEEK };
    if seconds.saturating_mul(periods) > longest {
        return refuse(format!("EvaluationPeriods * Period must be <= {longest}"));
    }
    Ok(())
}

fn is_extended_statistic(stat: &str) -> bool {
    Statistic::parse(stat).is_some_and(Statistic::is_extended)
}

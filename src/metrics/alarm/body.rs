//! The stored body of `PutMetricAlarm`, and the alarm that it describes.
//!
//! What is refused here was let through when the alarm was put: the sentence is for the log.

use serde::{Deserialize, Deserializer};

use super::{Comparison, Limit, LowSamples, MetricAlarm, Source, TreatMissingData};
use crate::metrics::metric::{Dimensions, Metric};
use crate::metrics::query::{self, Query};
use crate::metrics::statistic::Statistic;

/// `PutMetricAlarmInput`, as far as the evaluation needs it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Body {
    metric_name: Option<String>,
    namespace: Option<String>,
    #[serde(default)]
    dimensions: Dimensions,
    #[serde(default, deserialize_with = "statistic")]
    statistic: Option<Statistic>,
    #[serde(default, deserialize_with = "statistic")]
    extended_statistic: Option<Statistic>,
    period: Option<i64>,
    unit: Option<String>,
    metrics: Option<Vec<Query>>,
    evaluation_periods: Option<usize>,
    datapoints_to_alarm: Option<usize>,
    threshold: Option<f64>,
    threshold_metric_id: Option<String>,
    comparison_operator: Option<String>,
    treat_missing_data: Option<TreatMissingData>,
    evaluate_low_sample_count_percentile: Option<LowSamples>,
}

fn statistic<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Statistic>, D::Error> {
    Ok(Option::<Named>::deserialize(deserializer)?.map(|Named(statistic)| statistic))
}

/// A statistic by its name.
#[derive(Deserialize)]
struct Named(#[serde(deserialize_with = "query::statistic")] Statistic);

impl TryFrom<Body> for MetricAlarm {
    type Error = String;

    fn try_from(body: Body) -> Result<Self, String> {
        let evaluation_periods = body.evaluation_periods.unwrap_or(0);
        if evaluation_periods == 0 {
            return Err("EvaluationPeriods must be at least 1".into());
        }
        if body.datapoints_to_alarm.is_some_and(|given| !(1..=evaluation_periods).contains(&given)) {
            return Err("DatapointsToAlarm must be from 1 to EvaluationPeriods".into());
        }
        Ok(Self {
            limit: limit(body.comparison_operator.as_deref(), body.threshold, body.threshold_metric_id)?,
            evaluation_periods,
            given_datapoints_to_alarm: body.datapoints_to_alarm,
            treat_missing_data: body.treat_missing_data.unwrap_or_default(),
            low_samples: body.evaluate_low_sample_count_percentile.unwrap_or_default(),
            source: match body.metrics {
                Some(queries) if !queries.is_empty() => Source::Queries(queries),
                _ => Source::Metric {
                    metric: Metric {
                        namespace: body.namespace.ok_or("an alarm needs Namespace or Metrics")?,
                        name: body.metric_name.ok_or("an alarm needs MetricName or Metrics")?,
                        dimensions: body.dimensions,
                    },
                    unit: body.unit,
                    statistic: body
                        .statistic
                        .or(body.extended_statistic)
                        .ok_or("an alarm over one metric needs Statistic or ExtendedStatistic")?,
                    period: body.period.ok_or("an alarm over one metric needs Period")?,
                },
            },
        })
    }
}

fn limit(operator: Option<&str>, threshold: Option<f64>, band: Option<String>) -> Result<Limit, String> {
    let operator = match operator {
        Some("GreaterThanOrEqualToThreshold") => Comparison::GreaterOrEqual,
        Some("GreaterThanThreshold") => Comparison::Greater,
        Some("LessThanThreshold") => Comparison::Less,
        Some("LessThanOrEqualToThreshold") => Comparison::LessOrEqual,
        _ => {
            let threshold_metric_id = band.ok_or("a band's operator needs ThresholdMetricId")?;
            return Ok(Limit::Band { threshold_metric_id });
        }
    };
    let threshold = threshold.ok_or("an alarm with a threshold's operator needs Threshold")?;
    Ok(Limit::Threshold { operator, threshold })
}

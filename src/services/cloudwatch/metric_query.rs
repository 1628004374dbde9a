//! A `MetricDataQuery` as it is sent, before it is known to make sense.

use serde::Deserialize;

use super::parameter::{exclusive, required};
use super::window::{is_period, no_period};
use crate::metrics::metric::{Dimensions, Metric};
use crate::metrics::query::{MetricStat, Query};
use crate::metrics::statistic::Statistic;

/// `MetricDataQuery`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Sent {
    /// `Id`.
    pub id: String,
    metric_stat: Option<SentStat>,
    expression: Option<String>,
    label: Option<String>,
    return_data: Option<bool>,
    period: Option<i64>,
}

/// `MetricStat`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SentStat {
    metric: SentMetric,
    period: i64,
    stat: String,
    unit: Option<String>,
}

/// `Metric`, of which the shape requires nothing.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SentMetric {
    namespace: Option<String>,
    metric_name: Option<String>,
    #[serde(default)]
    dimensions: Dimensions,
}

impl Sent {
    /// The periods that it names, in seconds.
    pub fn periods(&self) -> impl Iterator<Item = i64> {
        self.metric_stat.as_ref().map(|stat| stat.period).into_iter().chain(self.period)
    }

    /// The query that it is, if it is one. What is wrong with it is added to `faults` as sentences.
    pub fn read(self, path: &str, faults: &mut Vec<String>) -> Option<Query> {
        let before = faults.len();
        if !is_id(&self.id) {
            faults.push(format!(
                "The value {} for parameter {path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.",
                self.id
            ));
        }
        match (&self.metric_stat, &self.expression) {
            (None, None) => faults.push(required(&format!("{path}.MetricStat"))),
            (Some(_), Some(_)) => {
                faults.push(exclusive(&format!("{path}.Expression"), &format!("{path}.MetricStat")));
            }
            _ => {}
        }
        if self.period.is_some_and(|seconds| !is_period(seconds)) {
            faults.push(no_period(&format!("{path}.Period")));
        }
        let metric_stat = self.metric_stat.map(|stat| stat.read(&format!("{path}.MetricStat"), faults));
        let query = Query {
            id: self.id,
            expression: self.expression,
            metric_stat: metric_stat.flatten(),
            return_data: self.return_data,
            period: self.period,
            label: self.label,
        };
        (faults.len() == before).then_some(query)
    }
}

impl SentStat {
    fn read(self, path: &str, faults: &mut Vec<String>) -> Option<MetricStat> {
        let stat = Statistic::parse(&self.stat);
        if self.metric.namespace.is_none() {
            faults.push(required(&format!("{path}.Metric.Namespace")));
        }
        if self.metric.metric_name.is_none() {
            faults.push(required(&format!("{path}.Metric.MetricName")));
        }
        if !is_period(self.period) {
            faults.push(no_period(&format!("{path}.Period")));
        }
        if stat.is_none() {
            let stat = &self.stat;
            faults.push(format!("The value {stat} for parameter {path}.Stat is not a valid statistic."));
        }
        let SentMetric { namespace, metric_name, dimensions } = self.metric;
        let metric = Metric { namespace: namespace?, name: metric_name?, dimensions };
        Some(MetricStat { metric, period: self.period, stat: stat?, unit: self.unit })
    }
}

/// A lower-case letter, then letters, digits and underscores.
fn is_id(id: &str) -> bool {
    id.starts_with(|sign: char| sign.is_ascii_lowercase())
        && id.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_')
}

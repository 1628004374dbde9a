//! A metric to look up, or an expression over others: what metric math alarms and `GetMetricData` are
//! made of.
//!
//! Which of the two a query is, and whether its names make sense, was checked when it was put. What several
//! of them come to is a [`Plan`].
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataQuery.html>.

use serde::{Deserialize, Deserializer, de};

use super::metric::Metric;
use super::statistic::Statistic;

mod plan;

pub use plan::{Plan, QueryError, Returned};

/// `MetricDataQuery`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Query {
    /// `Id`.
    pub id: String,
    /// `Expression`; `None` where there is a `MetricStat`.
    pub expression: Option<String>,
    /// `MetricStat`; `None` where there is an `Expression`.
    pub metric_stat: Option<MetricStat>,
    /// `ReturnData`, see [`Query::returns_data`].
    pub return_data: Option<bool>,
    /// `Period` in seconds, for an expression.
    pub period: Option<i64>,
    /// `Label`.
    pub label: Option<String>,
}

/// `MetricStat`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MetricStat {
    /// `Metric`.
    pub metric: Metric,
    /// `Period` in seconds.
    pub period: i64,
    /// `Stat`.
    #[serde(deserialize_with = "statistic")]
    pub stat: Statistic,
    /// `Unit`; any if absent.
    pub unit: Option<String>,
}

impl Query {
    /// Whether its values are part of the answer: yes, if it does not say otherwise.
    pub fn returns_data(&self) -> bool {
        self.return_data.unwrap_or(true)
    }

    /// What its series is called: its own label, or else the metric's name or the expression's id.
    pub fn title(&self) -> &str {
        let metric = self.metric_stat.as_ref().map(|stat| stat.metric.name.as_str());
        self.label.as_deref().or(metric).unwrap_or(&self.id)
    }
}

/// A statistic as it stands in JSON.
pub(super) fn statistic<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Statistic, D::Error> {
    let text = String::deserialize(deserializer)?;
    let refusal = || de::Error::custom(format!("{text} is no statistic; p99 or Average would be one"));
    Statistic::parse(&text).ok_or_else(refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_as_aws_writes_it() {
        let query: Query = serde_json::from_str(
            r#"{"Id": "m1", "Label": "errors", "ReturnData": false, "MetricStat": {
                "Metric": {"Namespace": "n", "MetricName": "m", "Dimensions": [{"Name": "a", "Value": "1"}]},
                "Period": 60, "Stat": "p90", "Unit": "Count"}}"#,
        )
        .unwrap();
        let stat = query.metric_stat.clone().unwrap();
        assert_eq!(stat.metric, Metric::new("n", "m", [("a", "1")]));
        assert_eq!(
            (stat.period, stat.stat, stat.unit.as_deref()),
            (60, Statistic::Percentile(90.0), Some("Count"))
        );
        assert!(!query.returns_data());
        let sum: Query =
            serde_json::from_str(r#"{"Id": "e", "Expression": "m1 * 2", "Period": 300}"#).unwrap();
        assert!(sum.returns_data() && sum.metric_stat.is_none());
    }

    #[test]
    fn a_query_with_an_unknown_statistic_is_refused_in_a_sentence() {
        let text = r#"{"Id": "m", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "best"}}"#;
        let refusal = serde_json::from_str::<Query>(text).unwrap_err().to_string();
        assert!(refusal.starts_with("best is no statistic; p99 or Average would be one"), "{refusal}");
    }
}

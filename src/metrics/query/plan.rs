//! Queries that refer to one another: their expressions are read and put in order, and once the metrics are
//! there everything is computed.
//!
//! `GetMetricData` and alarms over a list of metrics mean the same by the same queries, because both go
//! through here. A plan that could be made has no unknown names and no circles; what is still wrong when it
//! is computed (a number where a series must be) is wrong whatever the values are, so computing it with
//! no values at all tells. Where the metrics come from is not known here.

use std::collections::BTreeMap;

use super::{MetricStat, Query};
use crate::clock::Timestamp;
use crate::metrics::math::{Env, Expression, Line, MathError, Value, order, parse};

/// The period of an expression that reads no metric and names none.
const MINUTE_MS: i64 = 60_000;

/// Queries whose expressions were read and put in order.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    queries: &'a [Query],
    /// The expression of each query that is one.
    expressions: Vec<Option<Expression>>,
    /// The places of the queries, each after all that it refers to.
    order: Vec<usize>,
}

/// One series of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Returned {
    /// The place of the query; several series have the same one where an expression is an array.
    pub query: usize,
    /// What it is called.
    pub label: String,
    /// The series.
    pub line: Line,
}

/// Why queries have no values, in CloudWatch's form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{error}", .id.as_ref().map(|id| format!("Error in expression '{id}': ")).unwrap_or_default())]
pub struct QueryError {
    /// The expression that is to blame; none where it is several.
    pub id: Option<String>,
    /// What is wrong with it.
    pub error: MathError,
}

impl QueryError {
    fn of(query: &Query) -> impl FnOnce(MathError) -> Self {
        |error| Self { id: Some(query.id.clone()), error }
    }

    /// Whether CloudWatch could do it and only this server cannot.
    pub fn is_unsupported(&self) -> bool {
        matches!(self.error, MathError::NotImplemented { .. })
    }
}

impl<'a> Plan<'a> {
    /// Reads the expressions and puts the queries in order.
    pub fn of(queries: &'a [Query]) -> Result<Self, QueryError> {
        let read = |query: &Query| {
            let expression = query.expression.as_deref().map(parse).transpose();
            expression.map_err(QueryError::of(query))
        };
        let expressions = queries.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let known: Vec<_> =
            queries.iter().zip(&expressions).map(|(query, it)| (query.id.as_str(), it.as_ref())).collect();
        let order = order(&known).map_err(|error| match error {
            MathError::UnknownReference { by, id } => {
                QueryError { id: Some(by), error: MathError::UnknownId { id } }
            }
            error => QueryError { id: None, error },
        })?;
        Ok(Self { queries, expressions, order })
    }

    /// The metrics that have to be looked up, with the places of their queries.
    pub fn metrics(&self) -> impl Iterator<Item = (usize, &'a MetricStat)> {
        let queries = self.queries.iter().enumerate();
        queries.filter_map(|(place, query)| Some((place, query.metric_stat.as_ref()?)))
    }

    /// The shortest period that is asked for: of the metrics, or where there is none of the expressions.
    pub fn period_ms(&self) -> i64 {
        let metrics = self.metrics().map(|(_, stat)| stat.period).min();
        let seconds = metrics.or_else(|| self.queries.iter().filter_map(|query| query.period).min());
        seconds.map_or(MINUTE_MS, |seconds| seconds.saturating_mul(1000))
    }

    /// The series that are returned, in the order of the queries. `lines` holds what the metrics were from
    /// `from` until before `until`, by the places of their queries; what is not in it is empty.
    pub fn evaluate(
        &self,
        mut lines: BTreeMap<usize, Line>,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Returned>, QueryError> {
        let mut env = Env::new(from, until, self.period_ms());
        let mut returned = Vec::new();
        for &place in &self.order {
            let query = &self.queries[place];
            let value = match &self.expressions[place] {
                None => {
                    let line = lines.remove(&place).unwrap_or_default();
                    let seconds = query.metric_stat.as_ref().map_or(0, |stat| stat.period);
                    env.metric(&query.id, query.title(), seconds.saturating_mul(1000), line.clone());
                    Value::Series(line)
                }
                Some(expression) => {
                    let value = expression.evaluate(&env).map_err(QueryError::of(query))?;
                    let period_ms = expression.period_ms(&env);
                    env.expression(&query.id, query.title(), period_ms, value.clone());
                    value
                }
            };
            if query.returns_data() {
                let lines = value.into_lines().map_err(QueryError::of(query))?;
                returned.extend(lines.into_iter().map(|(member, line)| {
                    let label = match (member, &query.label) {
                        (None, _) => query.title().to_owned(),
                        (Some(member), None) => member,
                        (Some(member), Some(label)) => format!("{label} {member}"),
                    };
                    Returned { query: place, label, line }
                }));
            }
        }
        returned.sort_by_key(|series| series.query);
        Ok(returned)
    }

    /// How many series would be returned, or what is wrong whatever the metrics are.
    pub fn check(&self) -> Result<usize, QueryError> {
        let nowhere = Timestamp(0);
        self.evaluate(BTreeMap::new(), nowhere, nowhere).map(|returned| returned.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queries(text: &str) -> Vec<Query> {
        serde_json::from_str(text).unwrap()
    }

    fn minutes(values: &[f64]) -> Line {
        (0..).map(|minute| Timestamp(minute * MINUTE_MS)).zip(values.iter().copied()).collect()
    }

    const REQUESTS: &str = r#"{"Id": "m1", "ReturnData": false, "MetricStat":
        {"Metric": {"Namespace": "n", "MetricName": "Requests"}, "Period": 60, "Stat": "Sum"}}"#;
    const ERRORS: &str = r#"{"Id": "m2", "Label": "bad", "MetricStat":
        {"Metric": {"Namespace": "n", "MetricName": "Errors"}, "Period": 60, "Stat": "Sum"}}"#;

    #[test]
    fn series_come_in_the_order_of_their_queries_each_with_its_label() {
        let all = queries(&format!(
            r#"[{{"Id": "e1", "Expression": "100 * e2"}}, {{"Id": "e2", "Expression": "m2 / m1", "ReturnData": false}},
                {{"Id": "e3", "Label": "twice", "Expression": "METRICS() * 2"}}, {REQUESTS}, {ERRORS}]"#
        ));
        let plan = Plan::of(&all).unwrap();
        let lines = BTreeMap::from([(3, minutes(&[10.0, 20.0])), (4, minutes(&[1.0, 4.0]))]);
        let returned = plan.evaluate(lines, Timestamp(0), Timestamp(2 * MINUTE_MS)).unwrap();
        let shown: Vec<_> = returned
            .iter()
            .map(|series| (series.query, series.label.as_str(), series.line.values().collect::<Vec<_>>()))
            .collect();
        assert_eq!(
            shown,
            [
                (0, "e1", vec![10.0, 20.0]),
                (2, "twice Requests", vec![20.0, 40.0]),
                (2, "twice bad", vec![2.0, 8.0]),
                (4, "bad", vec![1.0, 4.0]),
            ]
        );
    }

    #[test]
    fn a_fault_names_the_expression_that_it_is_in() {
        for (list, sentence) in [
            (
                r#"[{"Id": "e1", "Expression": "m9 * 2"}]"#,
                "Error in expression 'e1': 'm9' is not the Id of a metric or an expression in the request",
            ),
            (
                r#"[{"Id": "e1", "Expression": "7"}]"#,
                "Error in expression 'e1': The result is a number; it must be a time series or an array of time series",
            ),
            (
                r#"[{"Id": "a", "Expression": "b"}, {"Id": "b", "Expression": "a"}]"#,
                "Expressions refer to one another in a circle, or wait for one that does: 'a', 'b'",
            ),
            (
                r#"[{"Id": "e1", "Expression": "SEARCH('x', 'Sum')"}]"#,
                "Error in expression 'e1': Function 'SEARCH' is not implemented by sagebrush",
            ),
        ] {
            let all = queries(list);
            let refusal = Plan::of(&all).and_then(|plan| plan.check()).unwrap_err();
            assert_eq!(refusal.to_string(), sentence);
            assert_eq!(refusal.is_unsupported(), list.contains("SEARCH"));
        }
    }

    #[test]
    fn how_many_series_there_will_be_is_known_without_any_value() {
        for (expression, count) in
            [("m1 / m2", 1), ("METRICS()", 2), ("SUM(METRICS())", 1), ("FILL(m1, 0)", 1)]
        {
            let expression = format!(r#"{{"Id": "e", "Expression": "{expression}"}}"#);
            let hidden = ERRORS.replace(r#""Id": "m2","#, r#""Id": "m2", "ReturnData": false,"#);
            let all = queries(&format!("[{expression}, {REQUESTS}, {hidden}]"));
            assert_eq!(Plan::of(&all).unwrap().check(), Ok(count), "{expression}");
        }
    }

    #[test]
    fn an_expression_without_metrics_has_the_period_that_it_names() {
        for (period, ms) in [("", 60_000), (r#", "Period": 300"#, 300_000)] {
            let all = queries(&format!(r#"[{{"Id": "e", "Expression": "TIME_SERIES(1)"{period}}}]"#));
            assert_eq!(Plan::of(&all).unwrap().period_ms(), ms);
        }
    }
}

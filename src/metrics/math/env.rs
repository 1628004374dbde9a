//! What the ids of an expression stand for, and the range of time in which it is evaluated.
//!
//! Filled in by whoever has read the metrics: first the metrics, then one expression after another in the
//! order of [`super::order()`]. Points lie on a grid that begins at `from`; each series has its own period.

use std::collections::BTreeMap;

use super::{Line, MathError, Member, Value};
use crate::clock::Timestamp;

/// As many instants may a range have: more than `GetMetricData` returns datapoints in one answer is never
/// asked for.
pub const MAX_INSTANTS: i64 = 100_800;

/// The surroundings of an expression.
#[derive(Clone, Debug)]
pub struct Env {
    from: Timestamp,
    until: Timestamp,
    period_ms: i64,
    known: BTreeMap<String, Known>,
    /// Ids, as `METRICS()` lists them.
    metrics: Vec<String>,
}

#[derive(Clone, Debug)]
struct Known {
    label: String,
    period_ms: i64,
    value: Value,
}

impl Env {
    /// The range `[from, until)`; the period is that of an expression that reads no metric.
    pub fn new(from: Timestamp, until: Timestamp, period_ms: i64) -> Self {
        Self { from, until, period_ms: period_ms.max(1), known: BTreeMap::new(), metrics: Vec::new() }
    }

    /// Adds a metric. `METRICS()` lists metrics in the order of their adding.
    pub fn metric(&mut self, id: &str, label: &str, period_ms: i64, line: Line) {
        self.metrics.push(id.to_owned());
        self.expression(id, label, period_ms, Value::Series(line));
    }

    /// Adds the value of an expression, with the period that [`super::Expression::period_ms`] tells.
    pub fn expression(&mut self, id: &str, label: &str, period_ms: i64, value: Value) {
        let known = Known { label: label.to_owned(), period_ms: period_ms.max(1), value };
        self.known.insert(id.to_owned(), known);
    }

    fn known(&self, id: &str) -> Result<&Known, MathError> {
        self.known.get(id).ok_or_else(|| MathError::UnknownId { id: id.to_owned() })
    }

    pub(super) fn value(&self, id: &str) -> Result<&Value, MathError> {
        Ok(&self.known(id)?.value)
    }

    pub(super) fn label(&self, id: &str) -> Option<&str> {
        Some(&self.known.get(id)?.label)
    }

    pub(super) fn period_of(&self, id: &str) -> Option<i64> {
        Some(self.known.get(id)?.period_ms)
    }

    pub(super) fn is_metric(&self, id: &str) -> bool {
        self.metrics.iter().any(|metric| metric == id)
    }

    pub(super) fn period_ms(&self) -> i64 {
        self.period_ms
    }

    /// The ids of the metrics that have this text in their id; all without a text.
    pub(super) fn metric_ids<'a>(&'a self, text: Option<&'a str>) -> impl Iterator<Item = &'a str> {
        let ids = self.metrics.iter().map(String::as_str);
        ids.filter(move |id| text.is_none_or(|text| id.contains(text)))
    }

    pub(super) fn metrics(&self, text: Option<&str>) -> Vec<Member> {
        let known = self.metric_ids(text).filter_map(|id| self.known.get(id));
        let members = known.filter_map(|known| match &known.value {
            Value::Series(line) => Some(Member { label: known.label.clone(), line: line.clone() }),
            Value::Number(_) | Value::Array(_) => None,
        });
        members.collect()
    }

    /// The instants of the range at this period.
    pub(super) fn grid(&self, period_ms: i64) -> Result<Vec<Timestamp>, MathError> {
        let range_ms = self.until.ms_since(self.from).max(0);
        let instants = range_ms / period_ms + i64::from(range_ms % period_ms > 0);
        if instants > MAX_INSTANTS {
            return Err(MathError::TooManyPoints);
        }
        Ok((0..instants).map(|step| self.from.plus_ms(step * period_ms)).collect())
    }
}

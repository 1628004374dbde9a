//! `PutMetricData`: clients publish measurements of their own.

use serde::Deserialize;

use super::parameter::{combination, exclusive, invalid, invalid_value, missing, too_long};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::measure;
use crate::metrics::datapoint::Datapoint;
use crate::metrics::metric::{Dimensions, Metric, Series};
use crate::metrics::series::Point;
use crate::schema::{Fault, Value, java_double};
use crate::services::{Context, input};
use crate::store::NewPoint;

/// Metrics in one request.
const MOST_METRICS: usize = 1000;
/// Different values of one metric.
const MOST_VALUES: usize = 150;
/// How old a measurement may be.
const OLDEST_MS: i64 = 14 * 24 * 3_600_000;
/// How far ahead of now it may be.
const NEWEST_MS: i64 = 2 * 3_600_000;

/// `PutMetricDataInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    namespace: String,
    #[serde(default)]
    metric_data: Vec<Datum>,
    #[serde(default)]
    entity_metric_data: Vec<OfEntity>,
}

/// `EntityMetricData`; which entity it is makes no difference to a metric.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OfEntity {
    #[serde(default)]
    metric_data: Vec<Datum>,
}

/// `MetricDatum`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datum {
    metric_name: String,
    #[serde(default)]
    dimensions: Dimensions,
    timestamp: Option<Timestamp>,
    value: Option<f64>,
    #[serde(default)]
    values: Vec<f64>,
    #[serde(default)]
    counts: Vec<f64>,
    statistic_values: Option<Set>,
    unit: Option<String>,
    storage_resolution: Option<i64>,
}

/// `StatisticSet`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Set {
    sample_count: f64,
    sum: f64,
    minimum: f64,
    maximum: f64,
}

/// Adds measurements to their metrics, all or none. Alarms that wait for them are evaluated next.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html>
pub(super) async fn put_metric_data(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let request: Request = input(value)?;
    request.check()?;
    let mut tx = context.begin(world).await?;
    let now = tx.now();
    let read = |sent| context.settings.client_times.read(sent, tx.world(), tx.begun_at());
    let mut measured = Vec::new();
    for (path, datum) in request.all() {
        let at = datum.timestamp.map_or(now, read);
        check_time(at, now, &path)?;
        let span_ms = datum.span_ms(&path)?;
        let metric = Metric {
            namespace: request.namespace.clone(),
            name: datum.metric_name.clone(),
            dimensions: datum.dimensions.clone(),
        };
        let (at, datapoint) = (at.plus_ms(-at.0.rem_euclid(span_ms)), datum.datapoint(&path)?);
        let series = Series::new(metric, datum.unit.clone());
        measured.push(NewPoint { series, point: Point { at, span_ms, datapoint } });
    }
    measure::add(&mut tx, &measured, now).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

fn check_time(at: Timestamp, now: Timestamp, path: &str) -> Result<(), Fault> {
    let ahead_ms = at.ms_since(now);
    let must = |words: &str| invalid(format!("The parameter {path}.Timestamp must specify a time {words}."));
    if ahead_ms < -OLDEST_MS {
        return Err(must("within the past two weeks"));
    }
    if ahead_ms > NEWEST_MS {
        return Err(must("no more than two hours in the future"));
    }
    Ok(())
}

impl Request {
    /// Every measurement with the path under which a fault names it.
    fn all(&self) -> impl Iterator<Item = (String, &Datum)> {
        let of_entities = self.entity_metric_data.iter().zip(1..).flat_map(|(of, entity)| {
            let path = move |place| format!("EntityMetricData.member.{entity}.MetricData.member.{place}");
            of.metric_data.iter().zip(1..).map(move |(datum, place)| (path(place), datum))
        });
        let own = self.metric_data.iter().zip(1..);
        own.map(|(datum, place)| (format!("MetricData.member.{place}"), datum)).chain(of_entities)
    }

    fn check(&self) -> Result<(), Fault> {
        // AWS keeps these names for itself.
        if self.namespace.starts_with("AWS/") {
            return Err(invalid_value(&self.namespace, "Namespace"));
        }
        if self.metric_data.is_empty() && self.entity_metric_data.is_empty() {
            return Err(missing("MetricData"));
        }
        let of_entities: usize = self.entity_metric_data.iter().map(|of| of.metric_data.len()).sum();
        if self.metric_data.len() > MOST_METRICS {
            return Err(invalid(too_long("MetricData", MOST_METRICS)));
        }
        if self.metric_data.len() + of_entities > MOST_METRICS {
            return Err(invalid(too_long("EntityMetricData", MOST_METRICS - self.metric_data.len())));
        }
        Ok(())
    }
}

impl Datum {
    fn span_ms(&self, path: &str) -> Result<i64, Fault> {
        match self.storage_resolution {
            None | Some(60) => Ok(60_000),
            Some(1) => Ok(1000),
            Some(other) => Err(invalid_value(other, &format!("{path}.StorageResolution"))),
        }
    }

    /// What was measured, in whichever of the three forms it was given.
    fn datapoint(&self, path: &str) -> Result<Datapoint, Fault> {
        let forms = [
            ("Value", self.value.is_some()),
            ("Values", !self.values.is_empty()),
            ("StatisticValues", self.statistic_values.is_some()),
        ];
        let mut given = forms.iter().filter(|(_, given)| *given).map(|(form, _)| format!("{path}.{form}"));
        if let (Some(one), Some(other)) = (given.next(), given.next()) {
            return Err(combination(exclusive(&one, &other)));
        }
        if !self.counts.is_empty() && self.counts.len() != self.values.len() {
            return Err(invalid(format!(
                "The parameters {path}.Values and {path}.Counts must be of the same size."
            )));
        }
        match (self.value, &self.statistic_values) {
            (Some(value), _) => Ok(Datapoint::of(number(value, || format!("{path}.Value"))?, 1.0)),
            (None, Some(set)) => set.datapoint(&format!("{path}.StatisticValues")),
            (None, None) => self.of_values(path),
        }
    }

    fn of_values(&self, path: &str) -> Result<Datapoint, Fault> {
        if self.values.len() > MOST_VALUES {
            return Err(invalid(too_long(&format!("{path}.Values"), MOST_VALUES)));
        }
        let mut sum: Option<Datapoint> = None;
        for (place, &value) in self.values.iter().enumerate() {
            let member = |list: &str| format!("{path}.{list}.member.{}", place + 1);
            let value = number(value, || member("Values"))?;
            let times = self.counts.get(place).copied().unwrap_or(1.0);
            let times = positive(times, || member("Counts"))?;
            match &mut sum {
                Some(sum) => sum.add(value, times),
                None => sum = Some(Datapoint::of(value, times)),
            }
        }
        sum.ok_or_else(|| {
            combination(format!(
                "At least one of the parameters {path}.Value and {path}.StatisticValues must be specified."
            ))
        })
    }
}

impl Set {
    fn datapoint(&self, path: &str) -> Result<Datapoint, Fault> {
        let member = |name: &'static str| move || format!("{path}.{name}");
        let count = positive(self.sample_count, member("SampleCount"))?;
        let sum = number(self.sum, member("Sum"))?;
        let (min, max) = (number(self.minimum, member("Minimum"))?, number(self.maximum, member("Maximum"))?);
        if min > max {
            return Err(invalid(format!(
                "The parameter {path}.Maximum must be greater than or equal to {path}.Minimum."
            )));
        }
        Ok(Datapoint::of_set(count, sum, min, max))
    }
}

/// A value that CloudWatch takes: from -2^360 to 2^360.
fn number(value: f64, path: impl FnOnce() -> String) -> Result<f64, Fault> {
    if value.abs() <= 2_f64.powi(360) { Ok(value) } else { Err(invalid_value(java_double(value), &path())) }
}

/// How often something was measured.
fn positive(value: f64, path: impl FnOnce() -> String) -> Result<f64, Fault> {
    if value > 0.0 { number(value, path) } else { Err(invalid_value(java_double(value), &path())) }
}

//! `GetMetricStatistics`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::parameter::{combination, invalid};
use super::window::{Window, is_period, no_period};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::measure::{Wanted, points};
use crate::metrics::datapoint::Datapoint;
use crate::metrics::metric::{Dimensions, Metric};
use crate::metrics::series::{Point, bucketed};
use crate::metrics::statistic::Statistic;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input};

/// Datapoints in one answer.
const MOST_DATAPOINTS: i64 = 1440;

/// `GetMetricStatisticsInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    namespace: String,
    metric_name: String,
    #[serde(default)]
    dimensions: Dimensions,
    start_time: Timestamp,
    end_time: Timestamp,
    period: i64,
    #[serde(default)]
    statistics: Vec<String>,
    #[serde(default)]
    extended_statistics: Vec<String>,
    unit: Option<String>,
}

/// The statistics of a request, each under the name that it was asked for.
struct Asked {
    simple: Vec<(String, Statistic)>,
    extended: Vec<(String, Statistic)>,
}

/// Statistics of one metric, a datapoint for each period and unit, old to new.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html>
pub(super) async fn get_metric_statistics(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    let asked = request.check()?;
    let mut session = context.store.session();
    let times = (request.start_time, request.end_time);
    let window = Window::read(context, &mut session, world, times, [request.period]).await?;
    let period_ms = request.period.saturating_mul(1000);
    let (from, until) = (window.from, window.until.min(window.horizon(period_ms)));
    let label = request.metric_name.clone();
    let metric =
        Metric { namespace: request.namespace, name: request.metric_name, dimensions: request.dimensions };
    let (unit, with_bins) = (request.unit.as_deref(), !asked.extended.is_empty());
    let wanted = Wanted { metric: &metric, unit, from, until, now: window.now, period_ms, with_bins };
    let mut by_unit: BTreeMap<String, Vec<Point>> = BTreeMap::new();
    for (unit, point) in points(&mut session, world, &wanted).await? {
        by_unit.entry(unit).or_default().push(point);
    }
    let mut shown: Vec<(Timestamp, Value)> = Vec::new();
    for (unit, points) in &by_unit {
        let buckets = bucketed(points, from, until, period_ms);
        shown.extend(buckets.iter().map(|(at, datapoint)| (*at, asked.show(*at, datapoint, unit))));
    }
    shown.sort_by_key(|(at, _)| *at);
    let shown: Vec<Value> = shown.into_iter().map(|(_, datapoint)| datapoint).collect();
    Ok(Fields::from_iter([("Label", label.into()), ("Datapoints", shown.into())]).into())
}

impl Request {
    fn check(&self) -> Result<Asked, Fault> {
        if self.statistics.is_empty() && self.extended_statistics.is_empty() {
            return Err(combination(
                "At least one of the parameters Statistics and ExtendedStatistics must be specified.",
            ));
        }
        if !is_period(self.period) {
            return Err(invalid(no_period("Period")));
        }
        if self.start_time >= self.end_time {
            return Err(invalid("The parameter StartTime must be less than the parameter EndTime."));
        }
        let range_ms = self.end_time.ms_since(self.start_time);
        let datapoints = range_ms / self.period.saturating_mul(1000);
        if datapoints > MOST_DATAPOINTS {
            return Err(combination(format!(
                "You have requested up to {datapoints} datapoints, which exceeds the limit of {MOST_DATAPOINTS}. \
                 You may reduce the datapoints requested by increasing Period, or decreasing the time range."
            )));
        }
        let read = |names: &[String], list: &str, is_extended: bool| {
            let one = |(name, place): (&String, usize)| {
                let statistic = Statistic::parse(name).filter(|it| it.is_extended() == is_extended);
                let path = format!("{list}.member.{place}");
                let refusal =
                    || invalid(format!("The value {name} for parameter {path} is not a valid statistic."));
                Ok((name.clone(), statistic.ok_or_else(refusal)?))
            };
            names.iter().zip(1..).map(one).collect::<Result<Vec<_>, Fault>>()
        };
        Ok(Asked {
            simple: read(&self.statistics, "Statistics", false)?,
            extended: read(&self.extended_statistics, "ExtendedStatistics", true)?,
        })
    }
}

impl Asked {
    /// `Datapoint`; a statistic that it does not have is left out.
    fn show(&self, at: Timestamp, datapoint: &Datapoint, unit: &str) -> Value {
        let of = |asked: &[(String, Statistic)]| -> Fields {
            let value = |(name, statistic): &(String, Statistic)| {
                Some((name.clone(), Value::Float(statistic.of(datapoint)?)))
            };
            asked.iter().filter_map(value).collect()
        };
        let mut shown = Fields::from_iter([("Timestamp", Value::Timestamp(at))]);
        for (name, value) in of(&self.simple) {
            shown.insert(name, value);
        }
        if !self.extended.is_empty() {
            shown.insert("ExtendedStatistics", of(&self.extended).into());
        }
        shown.insert("Unit", unit.into());
        shown.into()
    }
}

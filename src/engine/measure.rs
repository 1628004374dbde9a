//! Measurements: written from what was counted, read by alarms and by clients.
//!
//! Who reads sees the same, whoever asks: what was stored, and what instances report of themselves, which
//! is computed from how many there were. When a datapoint becomes visible is for the reader to say.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::metrics::bins::Bins;
use crate::metrics::datapoint::Datapoint;
use crate::metrics::delay::Delay;
use crate::metrics::metric::{Metric, Series};
use crate::metrics::series::{Point, bucketed};
use crate::metrics::usage::{INVOCATIONS, Invoked, Usage};
use crate::metrics::utilization::{self, Gauge, INSTANCES, Running};
use crate::store::{Error, NewPoint, NewSeries, PointQuery, PointsOf, Session, StoredDatapoint, Tx};

pub mod query;

/// Alarms are evaluated at multiples of this at the most often.
const EVALUATION_MS: i64 = 10_000;

/// CloudWatch forgets a datapoint after 455 days.
const KEPT_MS: i64 = 455 * 86_400_000;

/// It is looked for datapoints to forget when the first one of such a span is added.
const FORGETTING_MS: i64 = 3_600_000;

/// How late datapoints are seen under these rules.
pub fn delay(rules: &Rules) -> Delay {
    Delay::for_setting(rules.metric_delay_ms)
}

/// A datapoint to be added to its series.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Of what, in which unit.
    pub series: Series,
    /// Where its span begins.
    pub at: Timestamp,
    /// How long its span is.
    pub span_ms: i64,
    /// What was measured in it.
    pub datapoint: Datapoint,
}

/// Adds datapoints at `now`. Alarms that sleep and read them are evaluated next.
pub async fn add(tx: &mut Tx, measured: &[Measured], now: Timestamp) -> Result<(), Error> {
    if measured.is_empty() {
        return Ok(());
    }
    let texts: Vec<_> = measured
        .iter()
        .map(|measured| {
            let Series { metric, .. } = &measured.series;
            (measured.series.key(), metric.key(), metric.dimensions.to_text())
        })
        .collect();
    let points: Vec<_> = measured
        .iter()
        .zip(&texts)
        .map(|(measured, (key, metric_key, dimensions))| {
            let Series { metric, unit } = &measured.series;
            let (namespace, name) = (metric.namespace.as_str(), metric.name.as_str());
            NewPoint {
                series: NewSeries { key, metric_key, namespace, name, dimensions, unit },
                at: measured.at,
                span_ms: measured.span_ms,
                datapoint: to_stored(&measured.datapoint),
            }
        })
        .collect();
    let wake_at = now.plus_ms((-now.0).rem_euclid(EVALUATION_MS));
    tx.add_points(&points, wake_at, |old, new| {
        let mut merged = from_stored(old);
        merged.merge(&from_stored(new));
        to_stored(&merged)
    })
    .await?;
    if measured.iter().any(|measured| measured.at.0.rem_euclid(FORGETTING_MS) == 0) {
        tx.forget_points(now.plus_ms(-KEPT_MS), None).await?;
    }
    Ok(())
}

/// The invocation metrics of what was counted: who, the span, and the requests in it.
pub(super) fn measured<'a>(
    spans: impl Iterator<Item = (&'a Invoked, Timestamp, i64, &'a Usage)>,
) -> Vec<Measured> {
    let of_span = |(who, at, span_ms, usage): (&Invoked, Timestamp, i64, &Usage)| {
        let measured = move |(series, datapoint)| Measured { series, at, span_ms, datapoint };
        usage.datapoints(who).into_iter().map(measured)
    };
    spans.flat_map(of_span).collect()
}

/// Which points of a metric are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The metric.
    pub metric: &'a Metric,
    /// Only those of this unit.
    pub unit: Option<&'a str>,
    /// Beginning at this instant or later.
    pub from: Timestamp,
    /// Beginning before this instant.
    pub until: Timestamp,
    /// From which instant one looks: what instances report of themselves, they have reported until then.
    pub now: Timestamp,
    /// The period into which they are to be put; points with longer spans do not fit.
    pub period_ms: i64,
    /// Whether percentiles are asked for.
    pub with_bins: bool,
}

/// The points of a metric with their units, in the order of their instants.
pub async fn points(
    session: &mut Session,
    world: &WorldId,
    wanted: &Wanted<'_>,
) -> Result<Vec<(String, Point)>, Error> {
    let key = wanted.metric.key();
    let query = PointQuery {
        of: PointsOf::Metric(&key),
        from: wanted.from,
        until: wanted.until,
        max_span_ms: (wanted.period_ms < 60_000).then_some(wanted.period_ms),
        with_bins: wanted.with_bins,
    };
    let stored = session.points(world, &query).await?;
    let mut points: Vec<_> = stored
        .into_iter()
        .map(|row| {
            let datapoint = from_stored(row.datapoint);
            (row.unit, Point { at: row.at, span_ms: row.span_ms, datapoint })
        })
        .collect();
    let reported = reported(session, world, wanted).await?;
    points.extend(reported.into_iter().map(|point| ("Percent".to_owned(), point)));
    points.retain(|(unit, _)| wanted.unit.is_none_or(|wanted| wanted == unit));
    points.sort_by_key(|(_, point)| point.at);
    Ok(points)
}

/// The points of a metric, of all its units, put into the periods that are wanted.
pub async fn buckets(
    session: &mut Session,
    world: &WorldId,
    wanted: &Wanted<'_>,
) -> Result<BTreeMap<Timestamp, Datapoint>, Error> {
    let points: Vec<_> = points(session, world, wanted).await?.into_iter().map(|(_, point)| point).collect();
    Ok(bucketed(&points, wanted.from, wanted.until, wanted.period_ms))
}

/// What instances report of themselves, if that is what is wanted.
async fn reported(session: &mut Session, world: &WorldId, wanted: &Wanted<'_>) -> Result<Vec<Point>, Error> {
    let metric = wanted.metric;
    let gauge = Gauge::named(&metric.name).filter(|_| metric.namespace == INSTANCES);
    let dimensions: Vec<_> = metric.dimensions.iter().collect();
    let (Some(gauge), [endpoint, variant]) = (gauge, dimensions.as_slice()) else { return Ok(Vec::new()) };
    if (endpoint.name.as_str(), variant.name.as_str()) != ("EndpointName", "VariantName") {
        return Ok(Vec::new());
    }
    let (from, until) = (wanted.from, wanted.until.min(wanted.now));
    let running = session
        .instance_spans(world, &endpoint.value, Some(&variant.value), from, until)
        .await?
        .into_iter()
        .map(|span| Running {
            instance_type: span.count.instance_type,
            instances: span.count.instances,
            report_ms: span.count.report_ms,
            from: span.from,
            until: span.until,
        })
        // As for what is stored: a report of a longer time does not fit into a short period.
        .filter(|running| wanted.period_ms >= 60_000 || running.report_ms <= wanted.period_ms)
        .collect::<Vec<_>>();
    let Some(longest_ms) = running.iter().map(|running| running.report_ms).max() else {
        return Ok(Vec::new());
    };
    let latency =
        Metric { name: "ModelLatency".to_owned(), namespace: INVOCATIONS.to_owned(), ..metric.clone() };
    let key = latency.key();
    let from = from.plus_ms(-longest_ms);
    let query = PointQuery { of: PointsOf::Metric(&key), from, until, max_span_ms: None, with_bins: false };
    let busy: Vec<_> = session
        .points(world, &query)
        .await?
        .into_iter()
        .map(|row| (row.at, row.span_ms, row.datapoint.sum))
        .collect();
    Ok(utilization::reported(gauge, &running, &busy, wanted.from, until))
}

fn to_stored(datapoint: &Datapoint) -> StoredDatapoint {
    let Datapoint { count, sum, min, max, bins } = datapoint;
    StoredDatapoint { count: *count, sum: *sum, min: *min, max: *max, bins: bins.as_ref().map(Bins::to_text) }
}

/// Bins that cannot be read are no bins: the other statistics do not need them.
fn from_stored(stored: StoredDatapoint) -> Datapoint {
    let StoredDatapoint { count, sum, min, max, bins } = stored;
    Datapoint { count, sum, min, max, bins: bins.as_deref().and_then(Bins::from_text) }
}

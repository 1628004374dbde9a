//! Measurements: written from what was counted, read by alarms and by clients.
//!
//! Who reads sees the same, whoever asks: what was stored, and what instances report of themselves, which
//! is computed from how many there were. When a datapoint becomes visible is for the reader to say.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::component::key;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::metrics::datapoint::Datapoint;
use crate::metrics::delay::Delay;
use crate::metrics::invoked::{INVOCATIONS, Invoked, Subject, Tracked};
use crate::metrics::metric::Metric;
use crate::metrics::series::{Point, bucketed};
use crate::metrics::usage::{SLOT_MS, Usage};
use crate::metrics::utilization::{self, Gauge, Running};
use crate::store::{Error, NewPoint, PointQuery, PointRow, Session, Tx};

mod idle;
pub mod query;

pub use idle::begin_zeros;
pub(super) use idle::is_steady;

/// Alarms are evaluated at multiples of this at the most often.
const EVALUATION_MS: i64 = 10_000;

/// How late datapoints are seen under these rules.
pub fn delay(rules: &Rules) -> Delay {
    Delay::for_setting(rules.metric_delay_ms)
}

/// Adds points at `now`. Alarms that sleep and read them are evaluated next.
pub async fn add(tx: &mut Tx, points: &[NewPoint], now: Timestamp) -> Result<(), Error> {
    tx.add_points(points, now.plus_ms((-now.0).rem_euclid(EVALUATION_MS))).await
}

/// The invocation metrics of what was counted: who, the span, and the requests in it.
pub(super) fn measured<'a>(
    spans: impl Iterator<Item = (&'a Invoked, Timestamp, i64, &'a Usage)>,
) -> Vec<NewPoint> {
    let of_span = |(who, at, span_ms, usage): (&Invoked, Timestamp, i64, &Usage)| {
        let new = move |(series, datapoint)| NewPoint { series, point: Point { at, span_ms, datapoint } };
        let slot =
            |(at, series, datapoint)| NewPoint { series, point: Point { at, span_ms: SLOT_MS, datapoint } };
        usage.datapoints(who).into_iter().map(new).chain(usage.slots(who).into_iter().map(slot))
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
    let query = PointQuery {
        metric: wanted.metric,
        from: wanted.from,
        until: wanted.until,
        max_span_ms: (wanted.period_ms < 60_000).then_some(wanted.period_ms),
        with_bins: wanted.with_bins,
    };
    let stored = session.points(world, &query).await?;
    let mut points: Vec<_> = stored.into_iter().map(|row| (row.unit, row.point)).collect();
    if Tracked::is_summed(wanted.metric) {
        for (_, point) in &mut points {
            point.datapoint = Datapoint::of(point.datapoint.sum, 1.0);
        }
    }
    let zeros = idle::zeros(session, world, wanted, &points).await?;
    points.extend(zeros.into_iter().map(|point| ("None".to_owned(), point)));
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

/// The name under which instances, or copies, are counted, and the variant.
fn counted(subject: Subject<'_>) -> (Cow<'_, str>, Option<&str>) {
    match subject {
        Subject::Variant(endpoint, variant) => (Cow::Borrowed(endpoint), Some(variant)),
        Subject::Component(name) => (Cow::Owned(key(name)), None),
    }
}

/// What instances report of themselves, if that is what is wanted.
async fn reported(session: &mut Session, world: &WorldId, wanted: &Wanted<'_>) -> Result<Vec<Point>, Error> {
    let metric = wanted.metric;
    let Some((gauge, subject)) = Gauge::read(metric) else { return Ok(Vec::new()) };
    let (counted, variant) = counted(subject);
    let (from, until) = (wanted.from, wanted.until.min(wanted.now));
    let running = session
        .instance_spans(world, &counted, variant, from, until)
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
    let from = from.plus_ms(-longest_ms);
    let query = PointQuery { metric: &latency, from, until, max_span_ms: None, with_bins: false };
    let busy: Vec<_> = session
        .points(world, &query)
        .await?
        .into_iter()
        .map(|PointRow { point, .. }| (point.at, point.span_ms, point.datapoint.sum))
        .collect();
    Ok(utilization::reported(gauge, &running, &busy, wanted.from, until))
}

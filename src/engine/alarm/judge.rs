//! A metric alarm is evaluated: its datapoints are read, the metrics room judges, and a new state is entered.
//!
//! An alarm sleeps while nothing that it reads has a datapoint that it could still see: its verdict would stay
//! what it is. A datapoint wakes it. So time without traffic passes at no cost, however many alarms there are.

use super::transition::enter;
use crate::clock::Timestamp;
use crate::domain::rules::Rules;
use crate::engine::measure::query::{self, run};
use crate::engine::measure::{Wanted, delay, points};
use crate::metrics::alarm::{MetricAlarm, Source};
use crate::metrics::evaluate::{Sample, evaluate};
use crate::metrics::metric::Metric;
use crate::metrics::series::{Point, bucketed};
use crate::metrics::utilization::INSTANCES;
use crate::store::{Alarm, Error, Tx};

/// What an evaluation came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) struct Judged {
    /// Whether it is in another state now.
    pub moved: bool,
    /// When it is evaluated next; it sleeps without that.
    pub next: Option<Timestamp>,
}

/// The datapoints of an alarm.
struct Range {
    /// Old to new, as many as the evaluation looks at.
    samples: Vec<Option<Sample>>,
    /// Whether there is one that it sees now or may see later.
    is_alive: bool,
}

/// Evaluates `alarm` at `at`. One whose body this version cannot read sleeps: it stops nobody else.
pub(in crate::engine) async fn judge(
    tx: &mut Tx,
    alarm: &mut Alarm,
    at: Timestamp,
    rules: &Rules,
) -> Result<Judged, Error> {
    let definition: MetricAlarm = match alarm.read() {
        Ok(definition) => definition,
        Err(error) => {
            tracing::warn!(alarm = alarm.name, %error, "an alarm cannot be evaluated");
            tx.wake_alarm(&alarm.name, None).await?;
            return Ok(Judged { moved: false, next: None });
        }
    };
    let range = range(tx, &definition, at, rules).await?;
    let verdict = evaluate(&definition, &range.samples, alarm.state, at);
    let moved = verdict.state != alarm.state;
    if moved {
        let (reason, reason_data) = (verdict.reason, Some(verdict.reason_data));
        enter(tx, alarm, verdict.state, reason, reason_data, at).await?;
    }
    let reports = |metric: &Metric| metric.namespace == INSTANCES;
    let is_awake = range.is_alive || definition.metrics().iter().any(reports);
    let next = is_awake.then(|| definition.next_evaluation(at));
    tx.wake_alarm(&alarm.name, next).await?;
    Ok(Judged { moved, next })
}

async fn range(tx: &mut Tx, definition: &MetricAlarm, at: Timestamp, rules: &Rules) -> Result<Range, Error> {
    let period_ms = definition.period_ms();
    let slots = i64::try_from(definition.range()).unwrap_or(i64::MAX);
    let until = delay(rules).horizon(period_ms, at);
    let from = until.plus_ms(period_ms.saturating_mul(slots).saturating_neg());
    let starts = (0..slots).map(|slot| from.plus_ms(slot.saturating_mul(period_ms)));
    match &definition.source {
        Source::Metric { metric, unit, statistic, .. } => {
            let (unit, with_bins) = (unit.as_deref(), statistic.is_extended());
            let end = Timestamp(i64::MAX);
            let wanted = Wanted { metric, unit, from, until: end, now: at, period_ms, with_bins };
            let points = read(tx, &wanted).await?;
            let buckets = bucketed(&points, from, until, period_ms);
            let sample = |at: Timestamp| {
                let datapoint = buckets.get(&at)?;
                Some(Sample { at, value: statistic.of(datapoint)?, count: datapoint.count })
            };
            Ok(Range { samples: starts.map(sample).collect(), is_alive: !points.is_empty() })
        }
        Source::Queries(queries) => {
            let visible = |period_ms| delay(rules).horizon(period_ms, at);
            let world = tx.id().clone();
            let line = match run(tx, &world, queries, from, until, visible).await {
                Ok(returned) => returned.into_iter().next().map(|returned| returned.line),
                Err(query::Error::Store(error)) => return Err(error),
                Err(query::Error::Query(error)) => {
                    tracing::warn!(%error, "the expressions of an alarm have no values");
                    None
                }
            };
            let sample = |at| Some(Sample { at, value: line.as_ref()?.at(at)?, count: 1.0 });
            let samples = starts.map(sample).collect();
            Ok(Range { samples, is_alive: is_alive(tx, definition, (from, at), period_ms).await? })
        }
    }
}

/// Whether one of the alarm's metrics has a datapoint from `from` on, seen at `now`.
async fn is_alive(
    tx: &mut Tx,
    definition: &MetricAlarm,
    (from, now): (Timestamp, Timestamp),
    period_ms: i64,
) -> Result<bool, Error> {
    for metric in &definition.metrics() {
        let until = Timestamp(i64::MAX);
        let wanted = Wanted { metric, unit: None, from, until, now, period_ms, with_bins: false };
        if !read(tx, &wanted).await?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn read(tx: &mut Tx, wanted: &Wanted<'_>) -> Result<Vec<Point>, Error> {
    let world = tx.id().clone();
    Ok(points(tx, &world, wanted).await?.into_iter().map(|(_, point)| point).collect())
}

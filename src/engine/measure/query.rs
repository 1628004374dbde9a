//! Queries over what was measured: metrics are looked up, expressions over them computed.
//!
//! `GetMetricData` asks so, and so does an alarm over a list of metrics. What is not visible yet is
//! not there, neither for a metric nor for an expression that would fill its gaps.

use std::collections::BTreeMap;

use super::{Wanted, buckets};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::metrics::math::Line;
use crate::metrics::query::{MetricStat, Plan, Query, QueryError, Returned};
use crate::store::{self, Session};

/// Why queries have no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The queries make no sense.
    #[error(transparent)]
    Query(#[from] QueryError),
}

/// The series that `queries` return of the time from `from` until before `until`, in periods that begin at
/// `from`. Nothing is seen from the instant on that `visible` names for a period in milliseconds.
pub async fn run(
    session: &mut Session,
    world: &WorldId,
    queries: &[Query],
    from: Timestamp,
    until: Timestamp,
    visible: impl Fn(i64) -> Timestamp,
) -> Result<Vec<Returned>, Error> {
    let plan = Plan::of(queries)?;
    let mut lines = BTreeMap::new();
    for (place, stat) in plan.metrics() {
        let until = until.min(visible(stat.period.saturating_mul(1000)));
        lines.insert(place, line(session, world, stat, from, until).await?);
    }
    Ok(plan.evaluate(lines, from, until.min(visible(plan.period_ms())))?)
}

async fn line(
    session: &mut Session,
    world: &WorldId,
    stat: &MetricStat,
    from: Timestamp,
    until: Timestamp,
) -> Result<Line, store::Error> {
    let period_ms = stat.period.saturating_mul(1000);
    let (unit, with_bins) = (stat.unit.as_deref(), stat.stat.is_extended());
    let wanted = Wanted { metric: &stat.metric, unit, from, until, now: until, period_ms, with_bins };
    let buckets = buckets(session, world, &wanted).await?;
    Ok(buckets.iter().filter_map(|(at, datapoint)| Some((*at, stat.stat.of(datapoint)?))).collect())
}

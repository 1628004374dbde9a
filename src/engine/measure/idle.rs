//! What is measured of a variant or an inference component that is scaled automatically in a minute without traffic:
//! nothing, and that is told.
//!
//! AWS documents that it sends zeros then, so that a variant is scaled in. Like what instances report of themselves
//! this is not stored but computed, of the minutes since the variant was registered in which it had instances.

use super::{Wanted, counted};
use crate::clock::Timestamp;
use crate::domain::component::key;
use crate::domain::world::WorldId;
use crate::metrics::datapoint::Datapoint;
use crate::metrics::invoked::{Subject, Tracked};
use crate::metrics::metric::Metric;
use crate::metrics::series::Point;
use crate::store::scaling::TargetRow;
use crate::store::{Error, Session, Tx};

const MINUTE_MS: i64 = 60_000;

/// What is registered of which this is the metric, and whose it is.
async fn registered<'a>(
    session: &mut Session,
    world: &WorldId,
    metric: &'a Metric,
) -> Result<Option<(TargetRow, Subject<'a>)>, Error> {
    let Some((_, subject)) = Tracked::read(metric) else { return Ok(None) };
    let resource = match subject {
        Subject::Variant(endpoint, variant) => format!("endpoint/{endpoint}/variant/{variant}"),
        Subject::Component(name) => key(name),
    };
    let target = session.scalable_target(world, &resource).await?;
    Ok(target.map(|target| (target, subject)))
}

/// Whether the metric has a datapoint for every minute in which there are instances.
pub(in crate::engine) async fn is_steady(
    session: &mut Session,
    world: &WorldId,
    metric: &Metric,
) -> Result<bool, Error> {
    Ok(registered(session, world, metric).await?.is_some())
}

/// It was registered at `now`: alarms that sleep and read its metrics have something to judge with the next minute.
pub async fn begin_zeros(tx: &mut Tx, of: Subject<'_>, now: Timestamp) -> Result<(), Error> {
    for tracked in Tracked::ALL {
        tx.rouse_readers(&tracked.metric(of).key(), now.next_minute()).await?;
    }
    Ok(())
}

/// The zeros among what is wanted, where `stored` is there.
pub(super) async fn zeros(
    session: &mut Session,
    world: &WorldId,
    wanted: &Wanted<'_>,
    stored: &[(String, Point)],
) -> Result<Vec<Point>, Error> {
    if wanted.period_ms < MINUTE_MS {
        return Ok(Vec::new());
    }
    let Some((target, subject)) = registered(session, world, wanted.metric).await? else {
        return Ok(Vec::new());
    };
    let (counted, variant) = counted(subject);
    let (from, until) = (wanted.from.max(target.created), wanted.until.min(wanted.now));
    let spans = session.instance_spans(world, &counted, variant, from, until).await?;
    let runs = |at: Timestamp, end: Timestamp| {
        let mut there = spans.iter().filter(|span| span.count.instances > 0 && span.from < end);
        there.any(|span| span.until.is_none_or(|until| until > at))
    };
    let mut at = from.plus_ms((-from.0).rem_euclid(MINUTE_MS));
    let mut stored: Vec<_> = stored.iter().map(|(_, point)| point).collect();
    stored.sort_by_key(|point| point.at);
    let mut stored = stored.into_iter().peekable();
    let mut zeros = Vec::new();
    while at.plus_ms(MINUTE_MS) <= until {
        let end = at.plus_ms(MINUTE_MS);
        while stored.next_if(|point| point.at.plus_ms(point.span_ms) <= at).is_some() {}
        if stored.peek().is_none_or(|point| point.at >= end) && runs(at, end) {
            zeros.push(Point { at, span_ms: MINUTE_MS, datapoint: Datapoint::of(0.0, 1.0) });
        }
        at = end;
    }
    Ok(zeros)
}

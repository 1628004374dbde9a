//! What the requests of a config met while it was deployed, as far as its metrics say so.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::measure::{Wanted, buckets};
use crate::metrics::datapoint::Datapoint;
use crate::metrics::invoked::INVOCATIONS;
use crate::metrics::metric::{Dimensions, Metric};
use crate::store::{Error, Session};

/// What the requests of a config, or of an inference component, met, period by period.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// `EndpointConfigName`, or the component.
    pub config: String,
    /// The part of the requests that failed, from 0 to 1, by the beginning of the period.
    pub error_rate: Vec<(Timestamp, f64)>,
    /// The average of `ModelLatency` in milliseconds.
    pub latency_ms: Vec<(Timestamp, f64)>,
}

/// The time that is measured, and how long its parts are.
#[derive(Clone, Copy)]
pub(super) struct Period {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) ms: i64,
}

/// What requests met that were counted under these dimensions.
pub(super) async fn measured(
    session: &mut Session,
    world: &WorldId,
    config: &str,
    counted: &[Dimensions],
    period: Period,
) -> Result<Measured, Error> {
    let (mut errors, mut latency) = (BTreeMap::new(), BTreeMap::new());
    for dimensions in counted {
        for (name, sums) in [("InvocationModelErrors", &mut errors), ("ModelLatency", &mut latency)] {
            let metric = Metric {
                namespace: INVOCATIONS.to_owned(),
                name: name.to_owned(),
                dimensions: dimensions.clone(),
            };
            add(session, world, &metric, period, sums).await?;
        }
    }
    let average = |sums: BTreeMap<Timestamp, Datapoint>, by: f64| {
        let average = |(at, sum): (Timestamp, Datapoint)| (at, sum.sum / sum.count / by);
        sums.into_iter().map(average).collect()
    };
    let (error_rate, latency_ms) = (average(errors, 1.0), average(latency, 1_000.0));
    Ok(Measured { config: config.to_owned(), error_rate, latency_ms })
}

/// Adds what was measured of a metric to its sums.
async fn add(
    session: &mut Session,
    world: &WorldId,
    metric: &Metric,
    Period { from, until, ms }: Period,
    sums: &mut BTreeMap<Timestamp, Datapoint>,
) -> Result<(), Error> {
    let from = from.plus_ms(-from.0.rem_euclid(ms));
    let wanted = Wanted { metric, unit: None, from, until, now: until, period_ms: ms, with_bins: false };
    for (at, datapoint) in buckets(session, world, &wanted).await? {
        match sums.entry(at) {
            Entry::Vacant(empty) => drop(empty.insert(datapoint)),
            Entry::Occupied(mut sum) => sum.get_mut().merge(&datapoint),
        }
    }
    Ok(())
}

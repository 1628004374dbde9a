//! Synthetic traffic: requests that are computed and not sent.
//!
//! Every one goes the way of a client's request, [`Route::pick`] and [`Target::serve`]. The n-th request of
//! an endpoint draws from the n-th chance of its stream, so that a span gives the same whether it is run
//! whole or in slices, as long as the slices are cut where the route changes.

use super::arrivals::arrivals;
use super::chance::Chance;
use super::load::Load;
use super::route::Route;
use super::serve::Served;
use super::target::Target;
use crate::clock::Timestamp;
use crate::domain::demand::Demand;

/// From when to when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When the demand began; its requests are counted from here.
    pub since: Timestamp,
    /// The first instant of the span.
    pub from: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

/// Runs the requests of a demand in a span in which `route` holds, and has each one recorded with the instant
/// of its arrival, and of those that find no instance that instant.
pub fn run(
    route: &Route,
    demand: &Demand,
    span: Span,
    seed: u64,
    load: &mut Load,
    mut record: impl FnMut(&Target, Timestamp, Served),
    mut lost: impl FnMut(Timestamp),
) {
    for (n, at_us) in arrivals(demand, span.since, span.from, span.until) {
        let (at, mut chance) = (Timestamp(at_us.div_euclid(1000)), Chance::new(seed, route.stream(), n));
        match route.pick(None, &mut chance) {
            Ok(target) => {
                let served = target.serve(at_us, &mut chance, load);
                record(target, at, served);
            }
            Err(_) => lost(at),
        }
    }
}

#[cfg(test)]
mod tests;

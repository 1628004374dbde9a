//! Several outcomes at a glance.

use super::length::Length;
use super::shown::{Outcome, Quantiles, Spread};
use crate::domain::deployment::record::Status;

/// What these outcomes come to; there is at least one.
pub(super) fn of(outcomes: &[Outcome]) -> Spread {
    let ended = |status| count(outcomes.iter().filter(|outcome| outcome.course.status == status).count());
    let detected: Vec<Length> = outcomes.iter().filter_map(|outcome| outcome.detected_after).collect();
    let all = |value: fn(&Outcome) -> u64| quantiles(outcomes.iter().map(value).collect());
    Spread {
        runs: count(outcomes.len()),
        detected: count(detected.len()),
        succeeded: ended(Status::Succeeded),
        rolled_back: ended(Status::RolledBack),
        detected_after: quantiles(detected),
        traffic_back_after: quantiles(
            outcomes.iter().filter_map(|outcome| outcome.traffic_back_after).collect(),
        ),
        requests_met: all(|outcome| outcome.requests_met).expect("there is an outcome"),
        requests_failed: all(|outcome| outcome.requests_failed).expect("there is an outcome"),
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).expect("runs are at most a million")
}

/// Where the values lie; none without a value.
fn quantiles<T: Ord + Copy>(mut values: Vec<T>) -> Option<Quantiles<T>> {
    values.sort_unstable();
    let at = |percent| nearest(&values, values.len(), percent);
    Some(Quantiles { min: at(0)?, p5: at(5)?, p50: at(50)?, p95: at(95)?, max: at(100)? })
}

/// The value that so many percent of all are not above, by nearest rank, where those that are missing are above all.
pub(super) fn rank<T: Ord + Copy>(mut values: Vec<T>, all: usize, percent: usize) -> Option<T> {
    values.sort_unstable();
    nearest(&values, all, percent)
}

/// The nearest rank among all, of which the smallest are there, rising.
fn nearest<T: Copy>(rising: &[T], all: usize, percent: usize) -> Option<T> {
    rising.get((all * percent).div_ceil(100).max(1) - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_by_nearest_rank() {
        let wanted = Quantiles { min: 1, p5: 1, p50: 10, p95: 19, max: 20 };
        assert_eq!(quantiles((1..=20).rev().collect()), Some(wanted));
        assert_eq!(quantiles(vec![7]), Some(Quantiles { min: 7, p5: 7, p50: 7, p95: 7, max: 7 }));
        assert_eq!(quantiles::<u64>(Vec::new()), None);
    }

    #[test]
    fn a_rank_beyond_what_came_is_none() {
        assert_eq!(rank(vec![3, 1, 2], 3, 95), Some(3));
        assert_eq!((rank((1..=19).collect(), 20, 95), rank((1..=18).collect(), 20, 95)), (Some(19), None));
    }
}

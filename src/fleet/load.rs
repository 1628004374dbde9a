//! What instances are busy with: when each request in work or in line will end.
//!
//! Only what is needed is noted, and only where it is needed: instances with a limited concurrency, and those
//! of which the least busy is wanted. What has ended is forgotten. What is noted is bounded: beyond
//! [`NOTED_MAX`] requests further ones are served as if they left no trace.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::chance::Chance;
use super::serve::TIMEOUT_US;
use super::target::Target;

/// The most requests that are noted: two megabytes.
const NOTED_MAX: usize = 1 << 18;

/// The fewest noted requests at which it is worth looking for those that have ended.
const SWEEP_MIN: usize = 1 << 10;

/// At least so long passes from one such look at everything to the next.
const SWEEP_EVERY_US: i64 = 1_000_000;

/// The instances of which the least busy is found by asking all; of more, so many are asked.
const ASKED_MAX: u64 = 64;

/// Requests in work, instance by instance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Ends", into = "Ends")]
pub struct Load {
    ends: Ends,
    noted: usize,
    sweep_at: usize,
    swept_us: i64,
}

/// By instance the ends of its requests, in order.
type Ends = BTreeMap<u64, VecDeque<i64>>;

impl From<Ends> for Load {
    fn from(ends: Ends) -> Self {
        let noted = ends.values().map(VecDeque::len).sum();
        Self { ends, noted, ..Self::default() }
    }
}

impl From<Load> for Ends {
    fn from(load: Load) -> Self {
        load.ends
    }
}

impl Load {
    /// The index of an instance that has the fewest requests in work; any of those.
    pub(super) fn least(&self, target: &Target, at_us: i64, chance: &mut Chance) -> u64 {
        let count = target.count();
        let first = chance.below(count);
        let (mut best, mut fewest) = (first, usize::MAX);
        for asked in 0..count.min(ASKED_MAX) {
            let index = if count <= ASKED_MAX { (first + asked) % count } else { chance.below(count) };
            let outstanding = self.outstanding(target.instance(index).0, at_us);
            if outstanding < fewest {
                (best, fewest) = (index, outstanding);
            }
            if fewest == 0 {
                break;
            }
        }
        best
    }

    /// Requests that an instance has not answered at `at_us`.
    fn outstanding(&self, instance: u64, at_us: i64) -> usize {
        self.ends.get(&instance).map_or(0, |ends| ends.len() - ends.partition_point(|end| *end <= at_us))
    }

    /// Gives an instance a request that it works on for `service_us`; how long the request stands in line
    /// before, where no more than `concurrency` are worked on at once. One that would stand there until it
    /// times out is not taken.
    pub(super) fn take(
        &mut self,
        instance: u64,
        at_us: i64,
        service_us: i64,
        concurrency: Option<u32>,
    ) -> Option<i64> {
        self.sweep(at_us);
        let mut begin = at_us;
        if let Some(ends) = self.ends.get_mut(&instance) {
            let ended = ends.partition_point(|end| *end <= at_us);
            ends.drain(..ended);
            self.noted -= ended;
            let limit = concurrency.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
            // It begins when only one less than the limit of those before it are left.
            if let Some(turn) = ends.len().checked_sub(limit.max(1)) {
                begin = ends[turn];
            }
        }
        let wait_us = begin - at_us;
        if wait_us >= TIMEOUT_US {
            return None;
        }
        let end = begin.saturating_add(service_us);
        if end > at_us && self.noted < NOTED_MAX {
            let ends = self.ends.entry(instance).or_default();
            ends.insert(ends.partition_point(|other| *other <= end), end);
            self.noted += 1;
        }
        Some(wait_us)
    }

    /// Forgets all that has ended, when much is noted.
    fn sweep(&mut self, at_us: i64) {
        let due = self.noted >= self.sweep_at.clamp(SWEEP_MIN, NOTED_MAX);
        if !due || at_us < self.swept_us.saturating_add(SWEEP_EVERY_US) {
            return;
        }
        self.ends.retain(|_, ends| {
            ends.retain(|end| *end > at_us);
            !ends.is_empty()
        });
        self.noted = self.ends.values().map(VecDeque::len).sum();
        self.sweep_at = self.noted.saturating_mul(2);
        self.swept_us = at_us;
    }
}

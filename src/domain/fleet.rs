//! A fleet: the instances that run one [`Spec`], in groups that were launched together.
//!
//! A group carries the instant at which its fate is settled, so "is it up?" is arithmetic and no
//! deployment needs to be told. Groups, not instances: an absurd count costs nothing.

use serde::{Deserialize, Serialize};

use super::variant::Spec;
use crate::clock::Timestamp;

/// Instances of one variant that were launched together and share a fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// How many.
    pub count: u32,
    /// When they were launched.
    pub launched_at: Timestamp,
    /// What becomes of them.
    pub outcome: Outcome,
}

/// What becomes of a launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They pass their ping at this instant.
    Ready(Timestamp),
    /// They never do, and are given up at this instant.
    Unhealthy(Timestamp),
}

/// The instances of one variant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// In the order of their launch.
    pub groups: Vec<Group>,
}

impl Pool {
    /// Instances that exist, healthy or not.
    pub fn existing(&self) -> u32 {
        self.groups.iter().map(|group| group.count).fold(0, u32::saturating_add)
    }

    /// Instances that passed their ping by `now`.
    pub fn healthy(&self, now: Timestamp) -> u32 {
        let ready = self.groups.iter().filter(|group| is_healthy(group, now));
        ready.map(|group| group.count).fold(0, u32::saturating_add)
    }

    /// Takes away so many of the instances that are healthy at `now`, those launched first.
    pub fn lose(&mut self, count: u32, now: Timestamp) {
        let mut left = count;
        let healthy = self.groups.iter_mut().filter(|group| is_healthy(group, now));
        for group in healthy {
            let gone = group.count.min(left);
            group.count -= gone;
            left -= gone;
        }
        self.groups.retain(|group| group.count > 0);
    }

    /// Brings the pool down to `keep` instances: those that are not healthy go first, then the oldest.
    pub fn shrink_to(&mut self, keep: u32, now: Timestamp) {
        let mut surplus = self.existing().saturating_sub(keep);
        self.groups.sort_by_key(|group| (is_healthy(group, now), group.launched_at));
        for group in &mut self.groups {
            let gone = group.count.min(surplus);
            group.count -= gone;
            surplus -= gone;
        }
        self.groups.retain(|group| group.count > 0);
    }
}

fn is_healthy(group: &Group, now: Timestamp) -> bool {
    matches!(group.outcome, Outcome::Ready(at) if at <= now)
}

/// The instances of an endpoint that run one spec; `pools[i]` belongs to `spec.variants[i]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fleet {
    /// What they run.
    pub spec: Spec,
    /// The instances, variant by variant.
    pub pools: Vec<Pool>,
}

/// How the launches of a fleet stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Launch<'a> {
    /// Everything launched is up.
    Up,
    /// Something is still starting; the next instant that settles the launch.
    Starting(Timestamp),
    /// This variant has instances that were given up.
    Failed(&'a str),
}

impl Fleet {
    /// A fleet without instances.
    pub fn empty(spec: Spec) -> Self {
        let pools = vec![Pool::default(); spec.variants.len()];
        Self { spec, pools }
    }

    /// The instances of the variant of that name.
    pub fn pool(&self, variant: &str) -> Option<&Pool> {
        self.spec.position(variant).map(|index| &self.pools[index])
    }

    /// Existing instances of the variant of that name; none if it has no such variant.
    pub fn existing(&self, variant: &str) -> u32 {
        self.pool(variant).map_or(0, Pool::existing)
    }

    /// Instances of all variants that passed their ping by `now`.
    pub fn healthy(&self, now: Timestamp) -> u32 {
        self.pools.iter().map(|pool| pool.healthy(now)).fold(0, u32::saturating_add)
    }

    /// How its launches stand at `now`. One group that is given up fails the launch, at the instant it is
    /// given up, whatever the others do.
    pub fn launch(&self, now: Timestamp) -> Launch<'_> {
        let mut up_at = now;
        let mut fails: Option<(Timestamp, &str)> = None;
        for (variant, pool) in self.spec.variants.iter().zip(&self.pools) {
            for group in &pool.groups {
                match group.outcome {
                    Outcome::Ready(at) => up_at = up_at.max(at),
                    Outcome::Unhealthy(at) if fails.is_none_or(|(first, _)| at < first) => {
                        fails = Some((at, &variant.name));
                    }
                    Outcome::Unhealthy(_) => {}
                }
            }
        }
        match fails {
            Some((at, variant)) if at <= now => Launch::Failed(variant),
            Some((at, _)) => Launch::Starting(at),
            None if up_at > now => Launch::Starting(up_at),
            None => Launch::Up,
        }
    }

    /// Gives every variant its pool, also where a fault of the server has lost one.
    pub fn make_whole(&mut self) {
        self.pools.resize_with(self.spec.variants.len(), Pool::default);
    }

    /// Takes away what is not healthy at `now`: a batch that was given up.
    pub fn drop_unhealthy(&mut self, now: Timestamp) {
        for pool in &mut self.pools {
            let healthy = pool.healthy(now);
            pool.shrink_to(healthy, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::endpoint::tests::{spec, variant};
    use crate::domain::variant::Health;

    fn group(count: u32, outcome: Outcome) -> Group {
        Group { count, launched_at: Timestamp(0), outcome }
    }

    #[test]
    fn a_pool_gives_up_what_is_not_healthy_first() {
        let mut pool = Pool {
            groups: vec![
                group(3, Outcome::Ready(Timestamp(10))),
                group(2, Outcome::Ready(Timestamp(90))),
                group(1, Outcome::Unhealthy(Timestamp(50))),
            ],
        };
        assert_eq!((pool.existing(), pool.healthy(Timestamp(20))), (6, 3));
        pool.shrink_to(3, Timestamp(20));
        assert_eq!(pool.groups, [group(3, Outcome::Ready(Timestamp(10)))]);
        pool.shrink_to(1, Timestamp(20));
        assert_eq!(pool.existing(), 1);
    }

    #[test]
    fn a_launch_fails_at_the_instant_of_the_first_group_that_is_given_up() {
        let variants = ["a", "b", "c"].map(|name| variant(name, 1, Health::Failing)).to_vec();
        let unhealthy = |at| Pool { groups: vec![group(1, Outcome::Unhealthy(Timestamp(at)))] };
        let fleet = Fleet {
            spec: spec("config", variants),
            pools: vec![unhealthy(50), unhealthy(40), unhealthy(40)],
        };
        assert_eq!(fleet.launch(Timestamp(39)), Launch::Starting(Timestamp(40)));
        assert_eq!(fleet.launch(Timestamp(60)), Launch::Failed("b"), "the first in the config's order");
    }
}

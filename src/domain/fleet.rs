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
    /// There is no room for them: they wait for it, and are given up at this instant.
    NoCapacity(Timestamp),
}

/// The instances of one variant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// In the order of their launch.
    pub groups: Vec<Group>,
}

impl Pool {
    /// Instances that exist, healthy or not, and those that wait for room.
    pub fn existing(&self) -> u32 {
        self.groups.iter().map(|group| group.count).fold(0, u32::saturating_add)
    }

    /// Instances that exist; without those that wait for room.
    pub fn running(&self) -> u32 {
        self.existing() - self.waiting()
    }

    /// Instances that wait for room, or waited in vain.
    pub fn waiting(&self) -> u32 {
        let waiting = self.groups.iter().filter(|group| matches!(group.outcome, Outcome::NoCapacity(_)));
        waiting.map(|group| group.count).fold(0, u32::saturating_add)
    }

    /// Instances that wait for room at `now`, each lot with the instant since when it has.
    pub fn waits(&self, now: Timestamp) -> impl Iterator<Item = (Timestamp, u32)> {
        let waiting = self.groups.iter().filter(move |group| group.waits(now));
        waiting.map(|group| (group.launched_at, group.count))
    }

    /// Lets so many wait no longer, those first that have waited longest: others are launched for them.
    pub fn stop_waiting(&mut self, count: u32, now: Timestamp) {
        take_from(self.groups.iter_mut().filter(|group| group.waits(now)), count);
        self.groups.retain(|group| group.count > 0);
    }

    /// Lets nobody wait for room any more.
    pub fn want_no_more(&mut self) {
        self.groups.retain(|group| !matches!(group.outcome, Outcome::NoCapacity(_)));
    }

    /// Takes away what was given up by `now`: what was launched in place of the dead, and failed.
    pub fn bury(&mut self, now: Timestamp) {
        let given_up = |group: &Group| match group.outcome {
            Outcome::Ready(_) => false,
            Outcome::Unhealthy(at) | Outcome::NoCapacity(at) => at <= now,
        };
        self.groups.retain(|group| !given_up(group));
    }

    /// Instances that passed their ping by `now`.
    pub fn healthy(&self, now: Timestamp) -> u32 {
        let ready = self.groups.iter().filter(|group| group.is_healthy(now));
        ready.map(|group| group.count).fold(0, u32::saturating_add)
    }

    /// Takes away so many of the instances that are healthy at `now`, those launched first.
    pub fn lose(&mut self, count: u32, now: Timestamp) {
        take_from(self.groups.iter_mut().filter(|group| group.is_healthy(now)), count);
        self.groups.retain(|group| group.count > 0);
    }

    /// Takes away so many of those that run, whatever they run on is gone: first of those that are not healthy at `now`.
    pub fn evict(&mut self, count: u32, now: Timestamp) {
        let runs = |group: &Group| !matches!(group.outcome, Outcome::NoCapacity(_));
        self.groups.sort_by_key(|group| (group.is_healthy(now), group.launched_at));
        take_from(self.groups.iter_mut().filter(|group| runs(group)), count);
        self.groups.retain(|group| group.count > 0);
    }

    /// Brings the pool down to `keep` instances: those that are not healthy go first, then the oldest.
    pub fn shrink_to(&mut self, keep: u32, now: Timestamp) {
        let surplus = self.existing().saturating_sub(keep);
        self.groups.sort_by_key(|group| (group.is_healthy(now), group.launched_at));
        take_from(self.groups.iter_mut(), surplus);
        self.groups.retain(|group| group.count > 0);
    }
}

/// Takes so many instances away, of these groups in their order.
fn take_from<'a>(groups: impl Iterator<Item = &'a mut Group>, count: u32) {
    let mut left = count;
    for group in groups {
        let gone = group.count.min(left);
        group.count -= gone;
        left -= gone;
    }
}

impl Group {
    /// When it is known what becomes of them.
    pub fn settled_at(&self) -> Timestamp {
        match self.outcome {
            Outcome::Ready(at) | Outcome::Unhealthy(at) | Outcome::NoCapacity(at) => at,
        }
    }

    fn is_healthy(&self, now: Timestamp) -> bool {
        matches!(self.outcome, Outcome::Ready(at) if at <= now)
    }

    fn waits(&self, now: Timestamp) -> bool {
        matches!(self.outcome, Outcome::NoCapacity(until) if until > now)
    }
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
    /// Instances were given up.
    Failed(Failure<'a>),
}

/// Why instances were given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure<'a> {
    /// Those of this variant did not pass their ping.
    Ping(&'a str),
    /// There was no room for them.
    Capacity,
}

impl Failure<'_> {
    /// AWS's text for it.
    pub fn reason(self) -> String {
        match self {
            Self::Ping(variant) => format!(
                "The primary container for production variant {variant} did not pass the ping health check. Please \
                 check CloudWatch logs for this endpoint."
            ),
            Self::Capacity => {
                "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity \
                               error. Please retry using a different ML instance type or after some time."
                    .to_owned()
            }
        }
    }
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

    /// How the launch that began at `since` stands at `now`. One group of it that is given up fails it, at the instant
    /// it is given up, whatever the others do. What was launched before is not its business.
    pub fn launch(&self, since: Timestamp, now: Timestamp) -> Launch<'_> {
        let mut up_at = now;
        let mut fails: Option<(Timestamp, Failure<'_>)> = None;
        for (variant, pool) in self.spec.variants.iter().zip(&self.pools) {
            for group in pool.groups.iter().filter(|group| group.launched_at >= since) {
                let (at, failure) = match group.outcome {
                    Outcome::Ready(at) => {
                        up_at = up_at.max(at);
                        continue;
                    }
                    Outcome::Unhealthy(at) => (at, Failure::Ping(&variant.name)),
                    Outcome::NoCapacity(at) => (at, Failure::Capacity),
                };
                if fails.is_none_or(|(first, _)| at < first) {
                    fails = Some((at, failure));
                }
            }
        }
        match fails {
            Some((at, failure)) if at <= now => Launch::Failed(failure),
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
        assert_eq!(fleet.launch(Timestamp(0), Timestamp(39)), Launch::Starting(Timestamp(40)));
        assert_eq!(
            fleet.launch(Timestamp(0), Timestamp(60)),
            Launch::Failed(Failure::Ping("b")),
            "the first in the config's order"
        );
    }
}

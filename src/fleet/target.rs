//! Instances that can take a request: those of one variant in one fleet that have a part of the traffic.
//!
//! They are counted in groups, as the core has them; one of them is an index, and its identity is arithmetic
//! over its launch. So an instance keeps its identity while others come and go, and two billion cost as much
//! as two.

use super::chance::{Chance, stream_of};
use super::exact;
use crate::clock::Timestamp;
use crate::domain::fleet::{Fleet, Outcome, Pool};
use crate::domain::serving::{Latency, Publish, Routing, Serving};
use crate::domain::tuning::Tuning;
use crate::domain::variant::Variant;

/// Instances of one variant in one fleet that have a part of the endpoint's traffic.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// Its place among the targets of its route.
    pub place: usize,
    /// `VariantName`.
    pub variant: String,
    /// `EndpointConfigName` of their fleet.
    pub config_name: String,
    /// `InstanceType`.
    pub instance_type: String,
    /// The container's name in the text of a `ModelError`.
    pub container: String,
    /// How they serve, with what was changed at run time.
    pub serving: Serving,
    /// Which of them takes a request.
    pub routing: Routing,
    /// How often the fleet's metrics are published.
    pub publish: Publish,
    /// The instances; at least one.
    pub instances: Vec<Active>,
    /// Their part of the endpoint's requests; all parts sum to 1.
    pub share: f64,
    /// Their part of the requests that name the variant; those of a variant sum to 1.
    pub share_of_variant: f64,
    /// Instances of the variant that have traffic, here and in other fleets.
    pub variant_instances: u64,
    /// Deviation of the latency's logarithm.
    pub(super) sigma: f64,
}

/// Instances that were launched together and have traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    /// How many.
    pub count: u32,
    /// When they were launched.
    pub launched_at: Timestamp,
    /// When they passed their ping: their age counts from here.
    pub up_at: Timestamp,
    /// The identity of the first; the others count on.
    pub(super) first: u64,
}

/// Which instances of a pool have traffic where not all do: those that would be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    /// The first launched.
    Oldest,
    /// The last launched: what [`Pool::shrink_to`] leaves.
    Newest,
}

impl Target {
    pub(super) fn new(fleet: &Fleet, variant: &Variant, instances: Vec<Active>, tuning: &Tuning) -> Self {
        let serving = tuning.applied_to_serving(&variant.serving);
        let sigma = match serving.latency {
            Latency::LogNormal { p50_us, p99_us } if p99_us > p50_us && p50_us > 0 => {
                exact::ln(p99_us as f64 / p50_us as f64) / exact::Z99
            }
            _ => 0.0,
        };
        Self {
            place: 0,
            variant: variant.name.clone(),
            config_name: fleet.spec.config_name.clone(),
            instance_type: variant.instance_type.clone(),
            container: variant.container.clone(),
            serving,
            routing: variant.routing,
            publish: fleet.spec.publish,
            variant_instances: count(&instances),
            instances,
            share: 0.0,
            share_of_variant: 0.0,
            sigma,
        }
    }

    /// How many instances.
    pub fn count(&self) -> u64 {
        count(&self.instances)
    }

    /// Identity of the instance at `index`, less than [`count`](Self::count), and when it was up.
    pub(super) fn instance(&self, index: u64) -> (u64, Timestamp) {
        let mut left = index;
        for group in &self.instances {
            if left < u64::from(group.count) {
                return (group.first.wrapping_add(left), group.up_at);
            }
            left -= u64::from(group.count);
        }
        unreachable!("the index is less than the number of instances")
    }
}

/// How many instances.
pub(super) fn count(instances: &[Active]) -> u64 {
    instances.iter().map(|group| u64::from(group.count)).sum()
}

/// At most `most` instances of a pool that passed their ping by `now`.
pub(super) fn active(fleet: &Fleet, index: usize, now: Timestamp, most: u32, keep: Keep) -> Vec<Active> {
    let mut up = healthy(&fleet.pools[index], now);
    if keep == Keep::Newest {
        up.reverse();
    }
    let mut left = most;
    for group in &mut up {
        group.count = group.count.min(left);
        left -= group.count;
        let own = [fleet.spec.config_name.as_str(), &fleet.spec.variants[index].name].map(stream_of);
        let launch = group.launched_at.0.cast_unsigned() ^ group.up_at.0.cast_unsigned().rotate_left(32);
        group.first = Chance::new(own[0], own[1], launch).below(u64::MAX);
    }
    up.retain(|group| group.count > 0);
    up
}

/// The healthy instances of a pool, the oldest first. Groups of the same launch are one, so that no two
/// instances share an identity.
fn healthy(pool: &Pool, now: Timestamp) -> Vec<Active> {
    let mut up: Vec<Active> = Vec::with_capacity(pool.groups.len());
    for group in &pool.groups {
        let Outcome::Ready(up_at) = group.outcome else { continue };
        if up_at > now {
            continue;
        }
        let same = |other: &&mut Active| (other.launched_at, other.up_at) == (group.launched_at, up_at);
        match up.iter_mut().find(same) {
            Some(other) => other.count = other.count.saturating_add(group.count),
            None => up.push(Active { count: group.count, launched_at: group.launched_at, up_at, first: 0 }),
        }
    }
    up.sort_by_key(|group| (group.launched_at, group.up_at));
    up
}

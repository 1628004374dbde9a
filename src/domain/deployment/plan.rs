//! The plan of an update: a deployment config resolved against the two fleets, in instances and
//! milliseconds. After this nothing asks for percentages again.

use serde::{Deserialize, Serialize};

use super::config::{DeploymentConfig, TrafficRoutingConfig, TrafficRoutingType};
use crate::domain::capacity::{CapacitySize, Share};
use crate::domain::fleet::Fleet;
use crate::domain::variant::Spec;

/// How traffic and capacity move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Strategy {
    /// Blue/green in one step.
    AllAtOnce,
    /// Blue/green in two steps.
    Canary,
    /// Blue/green in equal steps.
    Linear,
    /// Batch by batch.
    Rolling,
}

impl Strategy {
    /// AWS's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::AllAtOnce => "ALL_AT_ONCE",
            Self::Canary => "CANARY",
            Self::Linear => "LINEAR",
            Self::Rolling => "ROLLING",
        }
    }
}

/// Everything that was decided when the update was accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// How it moves.
    pub strategy: Strategy,
    /// The new config's variants, in its order.
    pub variants: Vec<VariantPlan>,
    /// The bake of every step.
    pub wait_ms: i64,
    /// The bake after the last step's, before the old fleet goes.
    pub termination_wait_ms: i64,
    /// From the update's acceptance to the end of the last step's bake.
    pub timeout_ms: i64,
    /// Alarms that end it; none when nothing is watched.
    pub alarms: Vec<String>,
    /// Batch of a rolling rollback; all at once without it.
    pub rollback_size: Option<CapacitySize>,
}

/// One variant's way from blue to green.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VariantPlan {
    /// Its name.
    pub name: String,
    /// M: instances in service when the update began.
    pub blue: u32,
    /// N: instances to be in service when it ends.
    pub green: u32,
    /// Green instances with traffic after each step; rising, the last is N.
    pub steps: Vec<u32>,
}

impl VariantPlan {
    /// Green instances with traffic after step `step` (from 0). A variant that is full stays full.
    pub fn green_after(&self, step: usize) -> u32 {
        self.steps.get(step).copied().unwrap_or(self.green)
    }

    /// Green's share after step `step` (from 0).
    pub fn share_after(&self, step: usize) -> Share {
        Share::of_fleet(self.green_after(step), self.green)
    }
}

impl Plan {
    /// The timeout of an update that names none, unless its waits need more.
    pub const DEFAULT_TIMEOUT_SECS: i64 = 14_400;
    /// What the default leaves beside the waits for launching and shifting.
    const TIMEOUT_MARGIN_SECS: i64 = 3_600;

    /// Resolves `config` for an update from `blue` (the fleets in service) to `green`.
    pub fn resolve(config: &DeploymentConfig, blue: &[Fleet], green: &Spec) -> Self {
        let rolling = config.rolling_update_policy.as_ref();
        let blue_green = config.blue_green_update_policy.as_ref();
        let routing = blue_green.map(|policy| &policy.traffic_routing_configuration);
        let size = rolling.map(|policy| policy.maximum_batch_size).or_else(|| routing.and_then(step_size));
        let strategy = match (rolling, routing.map(|routing| routing.kind)) {
            (Some(_), _) => Strategy::Rolling,
            (None, Some(TrafficRoutingType::Canary)) => Strategy::Canary,
            (None, Some(TrafficRoutingType::Linear)) => Strategy::Linear,
            (None, Some(TrafficRoutingType::AllAtOnce) | None) => Strategy::AllAtOnce,
        };
        let wait = rolling.map(|policy| policy.wait_interval_in_seconds);
        let wait = wait.or(routing.map(|routing| routing.wait_interval_in_seconds)).unwrap_or(0);
        let timeout = rolling.and_then(|policy| policy.maximum_execution_timeout_in_seconds);
        let timeout = timeout.or(blue_green.and_then(|policy| policy.maximum_execution_timeout_in_seconds));
        let mut plan = Self {
            strategy,
            variants: variants(strategy, size, blue, green),
            wait_ms: i64::from(wait) * 1000,
            termination_wait_ms: blue_green
                .map_or(0, |policy| i64::from(policy.termination_wait_in_seconds.unwrap_or(0)) * 1000),
            timeout_ms: 0,
            alarms: config.alarm_names(),
            rollback_size: rolling.and_then(|policy| policy.rollback_maximum_batch_size),
        };
        let roomy = (plan.waits_secs() + Self::TIMEOUT_MARGIN_SECS).max(Self::DEFAULT_TIMEOUT_SECS);
        plan.timeout_ms = timeout.map_or(roomy, i64::from) * 1000;
        plan
    }

    /// Number of steps; at least 1.
    pub fn steps(&self) -> usize {
        self.variants.iter().map(|variant| variant.steps.len()).max().unwrap_or(1)
    }

    /// Whether `step` (from 0) is the last.
    pub fn is_last(&self, step: usize) -> bool {
        step + 1 >= self.steps()
    }

    /// Whether the fleet is replaced batch by batch.
    pub fn is_rolling(&self) -> bool {
        self.strategy == Strategy::Rolling
    }

    /// Sum of the bakes of all steps and the termination wait, seconds.
    pub fn waits_secs(&self) -> i64 {
        let steps = i64::try_from(self.steps()).unwrap_or(i64::MAX);
        (self.wait_ms / 1000).saturating_mul(steps).saturating_add(self.termination_wait_ms / 1000)
    }

    /// The plan of the variant of that name.
    pub fn variant(&self, name: &str) -> Option<&VariantPlan> {
        self.variants.iter().find(|variant| variant.name == name)
    }
}

/// The size that the policy's type uses.
fn step_size(routing: &TrafficRoutingConfig) -> Option<CapacitySize> {
    match routing.kind {
        TrafficRoutingType::AllAtOnce => None,
        TrafficRoutingType::Canary => routing.canary_size,
        TrafficRoutingType::Linear => routing.linear_step_size,
    }
}

fn variants(
    strategy: Strategy,
    size: Option<CapacitySize>,
    blue: &[Fleet],
    green: &Spec,
) -> Vec<VariantPlan> {
    let resolved = green.variants.iter().map(|variant| {
        let existing = blue.iter().map(|fleet| fleet.existing(&variant.name)).fold(0, u32::saturating_add);
        // Nothing can hold the rest of the traffic where blue has no instance.
        let strategy = if existing == 0 { Strategy::AllAtOnce } else { strategy };
        VariantPlan {
            name: variant.name.clone(),
            blue: existing,
            green: variant.instances,
            steps: steps(strategy, size, variant.instances),
        }
    });
    resolved.collect()
}

/// Green instances with traffic after each step, rising without repeats to `fleet`.
fn steps(strategy: Strategy, size: Option<CapacitySize>, fleet: u32) -> Vec<u32> {
    let size = size.map_or(fleet, |size| size.instances_of(fleet)).max(1);
    match strategy {
        Strategy::Canary if size < fleet => vec![size, fleet],
        Strategy::AllAtOnce | Strategy::Canary => vec![fleet],
        Strategy::Linear | Strategy::Rolling => {
            let whole = (1..fleet.div_ceil(size)).map(|step| step * size);
            whole.chain([fleet]).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::domain::capacity::CapacityType;
    use crate::domain::endpoint::tests::{blue_green, one, spec, variant};
    use crate::domain::fleet::{Group, Outcome};
    use crate::domain::variant::Health;

    fn size(kind: CapacityType, value: u32) -> CapacitySize {
        CapacitySize { kind, value }
    }

    #[test]
    fn a_list_of_steps_never_repeats_a_value_and_ends_with_the_fleet() {
        let percent = CapacityType::CapacityPercent;
        assert_eq!(steps(Strategy::AllAtOnce, None, 4), [4]);
        assert_eq!(steps(Strategy::Canary, Some(size(percent, 33)), 3), [1, 3]);
        assert_eq!(steps(Strategy::Canary, Some(size(percent, 50)), 1), [1]);
        assert_eq!(steps(Strategy::Linear, Some(size(percent, 33)), 3), [1, 2, 3]);
        assert_eq!(steps(Strategy::Linear, Some(size(CapacityType::InstanceCount, 3)), 10), [3, 6, 9, 10]);
        assert_eq!(steps(Strategy::Rolling, Some(size(percent, 50)), 4), [2, 4]);
        assert_eq!(steps(Strategy::Rolling, Some(size(percent, 5)), 0), [0]);
    }

    #[test]
    fn a_timeout_that_nobody_gave_leaves_room_beside_the_waits() {
        for (wait, timeout_secs) in [(0, 14_400), (1_000, 14_400), (3_000, 33_600)] {
            let linear =
                blue_green(TrafficRoutingType::Linear, Some(size(CapacityType::CapacityPercent, 10)), wait);
            let mut blue = Fleet::empty(one("old", 10));
            let outcome = Outcome::Ready(Timestamp(0));
            blue.pools[0].groups.push(Group { count: 10, launched_at: Timestamp(0), outcome });
            let plan = Plan::resolve(&linear, &[blue], &one("new", 10));
            assert_eq!((plan.steps(), plan.timeout_ms), (10, timeout_secs * 1000), "{wait} s");
        }
    }

    #[test]
    fn a_plan_names_its_strategy_and_finds_a_variant_by_its_name() {
        let words =
            [Strategy::AllAtOnce, Strategy::Canary, Strategy::Linear, Strategy::Rolling].map(Strategy::word);
        assert_eq!(words, ["ALL_AT_ONCE", "CANARY", "LINEAR", "ROLLING"]);
        let variants = ["a", "b"].map(|name| variant(name, 1, Health::Passing)).to_vec();
        let plan = Plan::resolve(&DeploymentConfig::default(), &[], &spec("new", variants));
        assert_eq!(plan.variant("b").map(|plan| plan.name.as_str()), Some("b"));
        assert_eq!(plan.variant("c"), None);
    }
}

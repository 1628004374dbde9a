//! A case: an update of one to three variants, drawn so that it is legal, with alarms and sick instances.
//!
//! The ranges of the sizes are AWS's words, said here once more: a case that the core refuses is a fault
//! of one of the two, and fails the property.

use proptest::prelude::*;
use proptest::sample::Index;

use super::capacity;
use crate::domain::endpoint::tests::*;

/// AWS's largest `MaximumExecutionTimeoutInSeconds`.
const LONGEST_TIMEOUT_SECS: u32 = 28_800;

/// An update, where it begins, and what goes on around it. Seconds count from the update.
#[derive(Clone, Debug)]
pub struct Case {
    /// Instances in service, variant by variant.
    pub old: Vec<u32>,
    /// Instances and weight wanted, in the same order.
    pub new: Vec<(u32, f64)>,
    /// Whether the new config names its variants from the last to the first.
    pub turned: bool,
    /// The instances of an update before, whose rollback failed; none where the endpoint is in service.
    pub stranded: Option<Vec<u32>>,
    pub config: DeploymentConfig,
    pub old_health: Health,
    pub new_health: Health,
    /// Second and state: 0 is OK, 1 is ALARM, 2 is `INSUFFICIENT_DATA`.
    pub alarms: Vec<(i64, u8)>,
}

/// What a policy is drawn from before the fleet is known.
#[derive(Clone, Debug)]
struct Policy {
    kind: Option<TrafficRoutingType>,
    by_count: bool,
    size: Index,
    back: Option<CapacitySize>,
    wait: u32,
    termination: u32,
    timeout: Option<u32>,
}

/// Any legal case.
pub fn case() -> impl Strategy<Value = Case> {
    let variants = proptest::collection::vec((0u32..12, 1u32..12, 0u32..4, 1u32..12), 1..=3);
    let health = prop_oneof![4 => Just(Health::Passing), 1 => Just(Health::Failing), 2 => (0u64..20).prop_map(Health::FailingAfter)];
    let spare = prop_oneof![3 => Just(None), 1 => (0u64..18).prop_map(Some)];
    let alarms = proptest::collection::vec((0i64..3000, 0u8..3), 0..4);
    let starts = (proptest::bool::weighted(0.25), any::<bool>());
    (variants, policy(), spare, health, alarms, starts).prop_map(
        |(variants, policy, spare, new_health, mut alarms, (recovers, turned))| {
            alarms.sort_unstable();
            let mut old: Vec<u32> = variants.iter().map(|(old, ..)| *old).collect();
            let new: Vec<_> = variants.iter().map(|(_, new, weight, _)| (*new, f64::from(*weight))).collect();
            let stranded = recovers.then(|| variants.iter().map(|(.., stranded)| *stranded).collect());
            if recovers && !strands_in_the_middle(&old) {
                old.fill(0);
            }
            let launched = u64::from(old.iter().sum::<u32>());
            let spare = if recovers { Some(0) } else { spare };
            let old_health = spare.map_or(Health::Passing, |spare| Health::FailingAfter(launched + spare));
            let config = policy.legal_for(&new);
            Case { old, new, turned, stranded, config, old_health, new_health, alarms }
        },
    )
}

/// Only cases that nothing but their own timeout can end early.
pub fn calm() -> impl Strategy<Value = Case> {
    case().prop_map(|case| Case {
        new_health: Health::Passing,
        alarms: case.alarms.into_iter().filter(|(_, state)| *state != 1).collect(),
        ..case
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let kind = prop_oneof![
        Just(None),
        Just(Some(TrafficRoutingType::AllAtOnce)),
        Just(Some(TrafficRoutingType::Canary)),
        Just(Some(TrafficRoutingType::Linear))
    ];
    let back = prop_oneof![(5u32..=100).prop_map(percent), (1u32..5).prop_map(count)];
    let times = (0u32..400, 0u32..200, proptest::option::of(600u32..4000));
    (kind, any::<bool>(), any::<Index>(), proptest::option::of(back), times).prop_map(
        |(kind, by_count, size, back, (wait, termination, timeout))| Policy {
            kind,
            by_count,
            size,
            back,
            wait,
            termination,
            timeout,
        },
    )
}

impl Policy {
    /// The policy with a size within its range of every fleet; only one variant can roll.
    fn legal_for(self, fleets: &[(u32, f64)]) -> DeploymentConfig {
        let kind = self.kind.or((fleets.len() > 1).then_some(TrafficRoutingType::Linear));
        let (low, high) = match kind {
            None => (5, 50),
            Some(TrafficRoutingType::Linear) => (10, 50),
            Some(TrafficRoutingType::Canary | TrafficRoutingType::AllAtOnce) => (1, 50),
        };
        let low_count = if kind == Some(TrafficRoutingType::Canary) { 0 } else { low };
        let legal = |size: u32, fleet: u32| {
            (size * 100 >= low_count * fleet && size * 100 <= high * fleet) || (size == 1 && fleet <= 2)
        };
        let counts: Vec<u32> =
            (1..=5).filter(|size| fleets.iter().all(|(fleet, _)| legal(*size, *fleet))).collect();
        let size = if self.by_count && !counts.is_empty() {
            count(*self.size.get(&counts))
        } else {
            percent(low + u32::try_from(self.size.index(51 - low as usize)).expect("it is at most 50"))
        };
        let Some(kind) = kind else {
            let mut config = rolling(size, self.wait, self.back);
            let policy = config.rolling_update_policy.as_mut().expect("it rolls");
            policy.maximum_execution_timeout_in_seconds = self.timeout;
            return config;
        };
        let mut config = blue_green(kind, Some(size), self.wait);
        let policy = config.blue_green_update_policy.as_mut().expect("it is blue/green");
        policy.termination_wait_in_seconds = Some(self.termination);
        policy.maximum_execution_timeout_in_seconds = self.timeout;
        config
    }
}

/// Whether a rolling update can be left in the middle: only one variant rolls, and not in a single batch.
fn strands_in_the_middle(old: &[u32]) -> bool {
    matches!(old, [2..=u32::MAX])
}

impl Case {
    /// The endpoint just before the update.
    pub fn begin(&self) -> Life {
        let named =
            |(index, instances): (usize, &u32)| variant(&format!("v{index}"), *instances, self.old_health);
        let mut life = Life::serving(spec("old", self.old.iter().enumerate().map(named).collect()));
        life.check = capacity::covers_traffic;
        if let Some(stranded) = &self.stranded {
            self.strand(&mut life, stranded);
        }
        life
    }

    /// The life of the update from its acceptance.
    pub fn accepted(&self) -> Life {
        let mut life = self.begin();
        let named = |(index, (instances, weight)): (usize, &(u32, f64))| {
            let named = variant(&format!("v{index}"), *instances, self.new_health);
            Variant { weight: *weight, ..named }
        };
        let mut variants: Vec<Variant> = self.new.iter().enumerate().map(named).collect();
        if self.turned {
            variants.reverse();
        }
        life.update(spec("new", variants), Some(self.config.clone())).expect("only legal cases are drawn");
        life
    }

    /// The whole life of the update, and the second at which it began.
    pub fn play(&self) -> (Life, i64) {
        self.play_checking(capacity::covers_traffic)
    }

    /// The same, with every state of the update held to something else.
    pub fn play_checking(&self, check: fn(&Endpoint, Timestamp)) -> (Life, i64) {
        let mut life = self.accepted();
        let began = life.now;
        life.check = check;
        check(life.endpoint.as_ref().expect("it was just updated"), at(began));
        for (secs, state) in &self.alarms {
            let states = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];
            life.alarm("latency", Some(states[usize::from(*state)]), began + secs);
        }
        life.run();
        (life, began)
    }

    /// The same update with the longest timeout that AWS allows.
    pub fn unhurried(&self) -> Self {
        let mut case = self.clone();
        if let Some(policy) = &mut case.config.blue_green_update_policy {
            policy.maximum_execution_timeout_in_seconds = Some(LONGEST_TIMEOUT_SECS);
        }
        if let Some(policy) = &mut case.config.rolling_update_policy {
            policy.maximum_execution_timeout_in_seconds = Some(LONGEST_TIMEOUT_SECS);
        }
        case
    }

    /// Whether the variant at `index` has instances when the update begins.
    pub fn serves(&self, index: usize) -> bool {
        self.stranded.is_some() || self.old[index] > 0
    }

    /// Leaves the endpoint `UpdateRollbackFailed`: in the middle of a rolling update whose old model no
    /// longer comes up, or after a shift away from a fleet of none.
    fn strand(&self, life: &mut Life, stranded: &[u32]) {
        let rolls = strands_in_the_middle(&self.old);
        let config = if rolls {
            rolling(percent(50), 100, None)
        } else {
            blue_green(TrafficRoutingType::AllAtOnce, None, 100)
        };
        let instances = |index: usize| if rolls { self.old[index] } else { stranded[index] };
        let variants =
            (0..self.old.len()).map(|index| variant(&format!("v{index}"), instances(index), Health::Passing));
        life.update(spec("middle", variants.collect()), Some(config)).expect("it is in service");
        life.alarm("latency", Some(AlarmState::Alarm), if rolls { 200 } else { 100 });
        life.run();
        assert_eq!(life.status(), "UpdateRollbackFailed");
        life.alarm("latency", Some(AlarmState::Ok), life.now);
        life.events.clear();
        life.records.clear();
    }
}

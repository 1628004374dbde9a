//! `UpdateEndpointWeightsAndCapacities`: weights change at once, more instances serve when they are up,
//! fewer stop serving at once.
//!
//! Surplus instances are terminated only after what is to be launched is up, so a launch that fails finds
//! everything as it was.

use serde::{Deserialize, Serialize};

use super::command::ScaleTarget;
use crate::clock::Timestamp;
use crate::domain::deployment::{INTERNAL_FAULT, LaunchOrder, Side};
use crate::domain::fleet::{Fleet, Launch, Pool};
use crate::domain::refusal::Refusal;
use crate::domain::rules::Rules;

/// A change of weights and counts on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scaling {
    /// The fleet, with the weights and counts that are wanted.
    pub fleet: Fleet,
    /// Count and weight of each variant before.
    pub before: Vec<(u32, f64)>,
    /// Where it stands.
    pub phase: ScalingPhase,
    /// Since when.
    pub since: Timestamp,
}

/// Where a scaling stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScalingPhase {
    /// More instances are starting; with none to start it is over at once.
    Launching,
    /// Surplus instances are being terminated.
    Terminating {
        /// Its end.
        until: Timestamp,
    },
    /// A launch, or the server, failed; what was launched is being terminated.
    RollingBack {
        /// Its end.
        until: Timestamp,
        /// `FailureReason` afterwards.
        reason: String,
    },
}

/// A scaling after a step.
pub(super) enum Scaled {
    /// It goes on; `true` if something changed.
    Running(Scaling, bool),
    /// The fleet is in service; with a reason if the scaling failed.
    Ended(Fleet, Option<String>),
}

impl Scaling {
    /// Begins to scale `fleet` to `targets`.
    pub(super) fn begin(
        mut fleet: Fleet,
        targets: &[ScaleTarget],
        now: Timestamp,
    ) -> Result<(Self, Vec<LaunchOrder>), Refusal> {
        refuse_names(&fleet, targets)?;
        fleet.pools.iter_mut().for_each(|pool| pool.bury(now));
        let variants = &fleet.spec.variants;
        let before = variants.iter().map(|variant| (variant.instances, variant.weight)).collect();
        let mut launches = Vec::new();
        for target in targets {
            let index = fleet.spec.position(&target.name).expect("unknown names are refused");
            let variant = &mut fleet.spec.variants[index];
            variant.weight = target.weight.unwrap_or(variant.weight);
            variant.instances = target.instances.unwrap_or(variant.instances);
            let count = variant.instances.saturating_sub(fleet.pools[index].existing());
            if count > 0 {
                launches.push(LaunchOrder { side: Side::Blue, variant: index, count });
            }
        }
        Ok((Self { fleet, before, phase: ScalingPhase::Launching, since: now }, launches))
    }

    /// The next instant at which something changes.
    pub fn wake_at(&self) -> Timestamp {
        match &self.phase {
            ScalingPhase::Launching => match self.fleet.launch(self.since, self.since) {
                Launch::Starting(at) => at,
                Launch::Up | Launch::Failed(_) => self.since,
            },
            ScalingPhase::Terminating { until } | ScalingPhase::RollingBack { until, .. } => *until,
        }
    }

    /// What has come by `now`.
    pub(super) fn step(mut self, now: Timestamp, rules: &Rules) -> Scaled {
        match &self.phase {
            ScalingPhase::Launching => match self.fleet.launch(self.since, now) {
                Launch::Starting(_) => return Scaled::Running(self, false),
                Launch::Failed(failure) => {
                    let reason = failure.reason();
                    return self.go_back(reason, now, rules);
                }
                Launch::Up if self.has_surplus() => {
                    self.phase = ScalingPhase::Terminating { until: now.plus_ms(rules.terminate_ms) };
                }
                Launch::Up => return Scaled::Ended(self.fleet, None),
            },
            ScalingPhase::Terminating { until } | ScalingPhase::RollingBack { until, .. } if *until > now => {
                return Scaled::Running(self, false);
            }
            ScalingPhase::Terminating { .. } => return Scaled::Ended(self.shrunk(now), None),
            ScalingPhase::RollingBack { reason, .. } => {
                let reason = Some(reason.clone());
                return Scaled::Ended(self.shrunk(now), reason);
            }
        }
        self.since = now;
        Scaled::Running(self, true)
    }

    /// Ends it because its steps fail inside the server: it goes back; one that does so already stays where
    /// it is.
    pub(super) fn give_up(self, now: Timestamp, rules: &Rules) -> Scaled {
        match self.phase {
            ScalingPhase::RollingBack { .. } => self.strand(now),
            _ => self.go_back(INTERNAL_FAULT.to_owned(), now, rules),
        }
    }

    /// Ends it with the instances that it has. This must not fail whatever is wrong with it.
    pub(super) fn strand(mut self, now: Timestamp) -> Scaled {
        self.restore();
        self.fleet.make_whole();
        self.fleet.drop_unhealthy(now);
        let reason = match self.phase {
            ScalingPhase::RollingBack { reason, .. } => reason,
            _ => INTERNAL_FAULT.to_owned(),
        };
        Scaled::Ended(self.fleet, Some(reason))
    }

    /// The weights and counts from before hold again; what was launched is terminated.
    fn go_back(mut self, reason: String, now: Timestamp, rules: &Rules) -> Scaled {
        self.phase = ScalingPhase::RollingBack { until: now.plus_ms(rules.terminate_ms), reason };
        self.fleet.pools.iter_mut().for_each(Pool::want_no_more);
        self.restore();
        self.since = now;
        Scaled::Running(self, true)
    }

    fn has_surplus(&self) -> bool {
        let mut pools = self.fleet.spec.variants.iter().zip(&self.fleet.pools);
        pools.any(|(variant, pool)| pool.existing() > variant.instances)
    }

    /// The weights and counts from before.
    fn restore(&mut self) {
        for (variant, (instances, weight)) in self.fleet.spec.variants.iter_mut().zip(&self.before) {
            (variant.instances, variant.weight) = (*instances, *weight);
        }
    }

    fn shrunk(mut self, now: Timestamp) -> Fleet {
        for (variant, pool) in self.fleet.spec.variants.iter().zip(&mut self.fleet.pools) {
            pool.shrink_to(variant.instances, now);
        }
        self.fleet
    }
}

fn refuse_names(fleet: &Fleet, targets: &[ScaleTarget]) -> Result<(), Refusal> {
    for (index, target) in targets.iter().enumerate() {
        if targets[..index].iter().any(|earlier| earlier.name == target.name) {
            return Err(Refusal::invalid(format!(
                "The variant name \"{}\" was non-unique within the request.",
                target.name
            )));
        }
    }
    let unknown = targets.iter().filter(|target| fleet.spec.position(&target.name).is_none());
    let unknown: Vec<&str> = unknown.map(|target| target.name.as_str()).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    Err(Refusal::invalid(format!(
        "The variant name(s) \"{}\" is/are not present within endpoint configuration \"{}\".",
        unknown.join(", "),
        fleet.spec.config_name
    )))
}

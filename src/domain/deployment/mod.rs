//! A deployment: one endpoint update on its way from the old fleet (blue) to the new one (green).
//!
//! ```text
//!   Launching ─▶ Shifting ─▶ Baking ─┬─ blue/green: next step ─▶ Shifting
//!      ▲            │           │    ├─ blue/green: last step ─▶ TerminationWait ─▶ Terminating ─▶ succeeded
//!      │            │           │    └─ rolling ─▶ Terminating ─┬─ last batch ─▶ succeeded
//!      └────────────┼───────────┼─────────── next batch ────────┘
//!                   ▼           ▼
//!   alarm · timeout · health · fault · operator ─▶ RollingBack(leg)
//!         blue/green, or all of blue still up:  Terminating ─▶ rolled back
//!         rolling: Launching ─▶ Shifting ─▶ Terminating ─┬─ all of blue up ─▶ rolled back
//!                     │  ▲──────────────── next batch ───┘
//!                     └─ cannot be launched ─▶ rollback failed
//! ```
//!
//! Green's share of each variant's traffic is the one fact that moves; which instances are busy, what
//! may be terminated and what AWS's status words say follow from it. A phase holds the instant at which
//! it ends, so that time can pass at any pace. Nothing here knows how an instance is launched: a launch
//! is an order in the [`Log`], and its outcome is in the fleet at the next step.

pub mod check;
pub mod config;
mod pace;
pub mod plan;
pub mod record;
mod rollback;
mod steer;
mod step;
pub(in crate::domain) mod warning;
mod why;

pub use pace::Pace;
pub use steer::Steer;
pub(in crate::domain) use step::INTERNAL_FAULT;
pub use why::waits_for_room;

use serde::{Deserialize, Serialize};

use super::alarm::{Observed, Watch};
use super::capacity::{Share, Traffic};
use super::event::{CauseKind, Event, EventKind};
use super::fleet::{Fleet, Launch};
use super::rules::Rules;
use super::variant::Unit;
use crate::clock::Timestamp;
use plan::{Plan, VariantPlan};

/// An update on its way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// Its identity.
    pub id: String,
    /// Its place among the endpoint's deployments, from 1.
    pub sequence: u64,
    /// When the update was accepted; the timeout counts from here.
    pub started_at: Timestamp,
    /// What was decided then.
    pub plan: Plan,
    /// What is in service: first the fleet of the endpoint's config, then what an unfinished rollback
    /// has left of another.
    pub blue: Vec<Fleet>,
    /// What is to be in service.
    pub green: Fleet,
    /// Green's share of each of the plan's variants.
    pub shares: Vec<Share>,
    /// Where it stands.
    pub phase: Phase,
    /// Since when.
    pub since: Timestamp,
    /// The alarms' window while it is open.
    pub watch: Option<Watch>,
    /// How its bakes pass.
    #[serde(default)]
    pub pace: Pace,
}

/// Where a deployment stands. Steps count from 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The green fleet, or the step's batch of it, is starting.
    Launching {
        /// The step.
        step: usize,
    },
    /// The step's traffic has moved.
    Shifting {
        /// The step.
        step: usize,
        /// Its end.
        until: Timestamp,
    },
    /// The step bakes.
    Baking {
        /// The step.
        step: usize,
        /// Its end.
        until: Timestamp,
    },
    /// The last bake of blue/green, with the old fleet still there.
    TerminationWait {
        /// Its end.
        until: Timestamp,
    },
    /// The old fleet, or the step's batch of it, is being terminated.
    Terminating {
        /// The step.
        step: usize,
        /// Its end.
        until: Timestamp,
    },
    /// It goes back to blue.
    RollingBack {
        /// Why.
        cause: Cause,
        /// Where the rollback stands.
        leg: Leg,
    },
}

impl Phase {
    /// Every word that [`Phase::word`] has.
    pub const WORDS: [&str; 5] = ["launching", "activating_traffic", "baking", "terminating", "rolling_back"];

    /// The word for it of histories, metrics and summaries. To AWS too the `TerminationWait` is a bake.
    pub fn word(&self) -> &'static str {
        let [launching, shifting, baking, terminating, rolling_back] = Self::WORDS;
        match self {
            Self::Launching { .. } => launching,
            Self::Shifting { .. } => shifting,
            Self::Baking { .. } | Self::TerminationWait { .. } => baking,
            Self::Terminating { .. } => terminating,
            Self::RollingBack { .. } => rolling_back,
        }
    }

    /// The step it belongs to, from 0; none outside the steps.
    pub fn step(&self) -> Option<usize> {
        match self {
            Self::Launching { step }
            | Self::Shifting { step, .. }
            | Self::Baking { step, .. }
            | Self::Terminating { step, .. } => Some(*step),
            Self::TerminationWait { .. } | Self::RollingBack { .. } => None,
        }
    }
}

/// Where a rollback stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Leg {
    /// A batch of the old config is starting.
    Launching,
    /// Its traffic has moved back.
    Shifting {
        /// Its end.
        until: Timestamp,
    },
    /// The green instances that have no traffic any more are being terminated.
    Terminating {
        /// Its end.
        until: Timestamp,
    },
}

/// Why a deployment rolls back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// In a word.
    pub kind: CauseKind,
    /// The alarms that tripped.
    pub alarms: Vec<String>,
    /// `FailureReason`.
    pub reason: String,
}

/// How a deployment ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// Green is in service.
    Succeeded(Fleet),
    /// Blue is in service again.
    RolledBack(Vec<Fleet>, String),
    /// Both stay as they are.
    RollbackFailed(Vec<Fleet>, String),
}

/// A deployment after a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// It goes on.
    Running(Box<Deployment>),
    /// It is over.
    Ended(Ending),
}

/// What a command or a step made happen, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// Lines for the history.
    pub events: Vec<Event>,
    /// Instances to be launched.
    pub launches: Vec<LaunchOrder>,
}

/// The instant of a step: its time, what was seen, what holds, and where what happens is noted.
#[derive(Debug)]
pub struct Moment<'a> {
    /// The world's time.
    pub now: Timestamp,
    /// The deployment's alarms.
    pub observed: &'a Observed,
    /// Durations and switches.
    pub rules: &'a Rules,
    /// What happens is added here.
    pub log: &'a mut Log,
}

/// An order to launch instances; the engine lets the fleet simulator decide what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchOrder {
    /// For which fleet.
    pub side: Side,
    /// For which of its variants.
    pub variant: usize,
    /// How many.
    pub count: u32,
}

/// A fleet of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The fleet in service.
    Blue,
    /// The fleet to be in service.
    Green,
}

impl Deployment {
    /// The traffic between the two fleets.
    pub fn traffic(&self) -> Traffic {
        let weights = self.green.spec.variants.iter().map(|variant| variant.weight);
        Traffic::weighted(weights.zip(self.shares.iter().copied()))
    }

    /// The instant at which the update has taken too long; none once the last step has baked.
    pub fn deadline(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Launching { .. } | Phase::Shifting { .. } | Phase::Baking { .. } => {}
            Phase::Terminating { step, .. } if !self.plan.is_last(step) => {}
            _ => return None,
        }
        Some(self.started_at.plus_ms(self.plan.timeout_ms))
    }

    /// The next instant at which time alone changes something; none while it is paused in a bake that no
    /// timeout ends.
    pub fn wake_at(&self) -> Option<Timestamp> {
        let natural = match &self.phase {
            Phase::Launching { .. } => Some(self.settles_at(&self.green)),
            Phase::RollingBack { leg: Leg::Launching, .. } => {
                let settles_at = || self.blue.first().map_or(self.since, |fleet| self.settles_at(fleet));
                Some(self.awaited().unwrap_or_else(settles_at))
            }
            Phase::Baking { .. } | Phase::TerminationWait { .. } => self.bake_ends_at(),
            Phase::Shifting { until, .. }
            | Phase::Terminating { until, .. }
            | Phase::RollingBack { leg: Leg::Shifting { until } | Leg::Terminating { until }, .. } => {
                Some(*until)
            }
        };
        [natural, self.deadline()].into_iter().flatten().min()
    }

    /// Instances of a variant that exist on blue.
    pub fn blue_existing(&self, variant: &str) -> u32 {
        self.blue.iter().map(|fleet| fleet.existing(variant)).fold(0, u32::saturating_add)
    }

    /// Instances of a variant on blue that passed their ping by `now`.
    pub fn blue_up(&self, variant: &str, now: Timestamp) -> u32 {
        let up = |fleet: &Fleet| fleet.pool(variant).map_or(0, |pool| pool.healthy(now));
        self.blue.iter().map(up).fold(0, u32::saturating_add)
    }

    fn settles_at(&self, fleet: &Fleet) -> Timestamp {
        match fleet.launch(self.since, self.since) {
            Launch::Starting(at) => at,
            Launch::Up | Launch::Failed(_) => self.since,
        }
    }

    /// What its fleets consist of.
    pub(in crate::domain) fn unit(&self) -> Unit {
        self.green.spec.unit()
    }

    /// The plan's variants with their shares.
    fn shared(&self) -> impl Iterator<Item = (&VariantPlan, Share)> {
        self.plan.variants.iter().zip(self.shares.iter().copied())
    }

    /// What is planned of a variant, and its share; none of one that the new config does not have.
    pub fn planned(&self, variant: &str) -> Option<(&VariantPlan, Share)> {
        self.shared().find(|(plan, _)| plan.name == variant)
    }

    /// A line of its history.
    pub(in crate::domain) fn event(
        &self,
        at: Timestamp,
        kind: EventKind,
        step: Option<usize>,
        message: String,
    ) -> Event {
        let step = step.map(|step| u32::try_from(step + 1).unwrap_or(u32::MAX));
        Event { at, kind, step, traffic: self.traffic(), message, cause: None, alarms: Vec::new() }
    }
}

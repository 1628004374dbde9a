//! An endpoint: the state machine around its deployments.
//!
//! ```text
//!   create ─▶ Creating ─▶ InService ◀──▶ Updating ──▶ Mixed (UpdateRollbackFailed) ──▶ Updating
//!                │            ▲ ▲
//!                ▼            │ └──▶ Scaling
//!              Failed ─────── ┴ ──▶ Deleting ─▶ gone
//! ```
//!
//! There are three doors: [`accept`](Endpoint::accept) for a client's command, [`steer`](Endpoint::steer) for an
//! operator's and [`step`](Endpoint::step) for time; a fault may [`strike`](Endpoint::strike) it, and room that has
//! come free may [`provision`](Endpoint::provision) it. All are total: the same endpoint, time and observation always
//! give the same transition. Should a step fail all the same, there is a way out:
//! [`give_up`](Endpoint::give_up).
//!
//! An inference component is one too, with a [`Host`]: its copies are launched, replaced batch by batch, watched and
//! brought back like instances. What is different about it is said in [`component`](super::component).

mod accept;
mod command;
mod create;
mod fault;
mod invariant;
mod provision;
mod scaling;
mod steer;
mod step;
mod strike;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::component::Host;
use super::deployment::config::DeploymentConfig;
use super::deployment::record::Record;
use super::deployment::{Deployment, LaunchOrder, Leg, Phase, Side};
use super::event::Event;
use super::fleet::{Fleet, Group, Launch, Outcome};
use crate::clock::Timestamp;

pub use command::{Command, Create, Retain, ScaleTarget, Update, Verb};
pub use scaling::{Scaling, ScalingPhase};

/// An endpoint, whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Endpoint {
    /// `EndpointName`, as it was given; of an inference component what [`component::key`](super::component::key) makes of its name.
    pub name: String,
    /// Where an inference component is hosted, whose copies are the instances here; none of an endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// `CreationTime`.
    pub created_at: Timestamp,
    /// `LastModifiedTime`: moves with the status and with every stage.
    pub modified_at: Timestamp,
    /// Number of deployments so far.
    pub deployments: u64,
    /// `LastDeploymentConfig`.
    pub last_deployment_config: Option<DeploymentConfig>,
    /// `FailureReason`, at most [`FAILURE_REASON_MAX`] characters.
    pub failure_reason: Option<String>,
    /// Where it stands.
    pub state: State,
}

/// AWS's limit for `FailureReason`, characters.
pub const FAILURE_REASON_MAX: usize = 1024;

/// Where an endpoint stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its first fleet is starting.
    Creating {
        /// Identity of this deployment.
        id: String,
        /// The fleet.
        green: Fleet,
        /// Since when.
        since: Timestamp,
    },
    /// It serves.
    InService(Fleet),
    /// It serves while a deployment replaces its fleet.
    Updating(Box<Deployment>),
    /// It serves while its weights or counts change.
    Scaling(Box<Scaling>),
    /// A rollback could not be finished: it serves with fleets of more than one config.
    Mixed(Vec<Fleet>),
    /// Its creation failed.
    Failed {
        /// The config it was to run.
        config_name: String,
    },
    /// It is being deleted.
    Deleting {
        /// What is being terminated; nothing after a failed creation.
        fleets: Vec<Fleet>,
        /// The config it ran.
        config_name: String,
        /// Since when.
        since: Timestamp,
        /// When it is gone.
        until: Timestamp,
    },
}

/// The order of what is due at one instant; within a rank the name decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A step of a creation, an update or a deletion.
    Deployment,
    /// A step of a scaling.
    Scaling,
}

/// What a command or a step makes of an endpoint; committed as one.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// The endpoint from now on; `None` when it is gone.
    pub next: Option<Endpoint>,
    /// The deployment's row as it is now, where one is concerned.
    pub record: Option<Record>,
    /// New lines of that deployment's history.
    pub events: Vec<Event>,
    /// Instances to be launched; see [`Endpoint::admit`].
    pub launches: Vec<LaunchOrder>,
}

impl Transition {
    /// The endpoint from now on, with what became of each of the launches that were ordered.
    pub fn admitted(&self, fates: &[Vec<Group>]) -> Option<Endpoint> {
        let mut endpoint = self.next.clone()?;
        for (order, groups) in self.launches.iter().zip(fates) {
            endpoint.admit(order, groups.clone());
        }
        Some(endpoint)
    }
}

impl Endpoint {
    /// `EndpointConfigName`: the config in service, the old one until an update has succeeded.
    pub fn config_name(&self) -> &str {
        match &self.state {
            State::Creating { green, .. } => &green.spec.config_name,
            State::InService(fleet) => &fleet.spec.config_name,
            State::Updating(deployment) => {
                &deployment.blue.first().unwrap_or(&deployment.green).spec.config_name
            }
            State::Scaling(scaling) => &scaling.fleet.spec.config_name,
            State::Mixed(fleets) => &fleets[0].spec.config_name,
            State::Failed { config_name } | State::Deleting { config_name, .. } => config_name,
        }
    }

    /// The next instant at which time alone changes something; none when it rests.
    pub fn wake_at(&self) -> Option<Timestamp> {
        match &self.state {
            State::Creating { green, since, .. } => Some(match green.launch(*since, *since) {
                Launch::Starting(at) => at,
                Launch::Up | Launch::Failed(_) => *since,
            }),
            State::Updating(deployment) => deployment.wake_at(),
            State::Scaling(scaling) => Some(scaling.wake_at()),
            State::Deleting { until, .. } => Some(*until),
            State::InService(_) | State::Mixed(_) | State::Failed { .. } => None,
        }
    }

    /// Its turn among what is due at the same instant.
    pub fn rank(&self) -> Rank {
        if matches!(self.state, State::Scaling(_)) { Rank::Scaling } else { Rank::Deployment }
    }

    /// Since when it is in transition; none while it rests.
    pub fn in_transition_since(&self) -> Option<Timestamp> {
        match &self.state {
            State::Creating { since, .. } | State::Deleting { since, .. } => Some(*since),
            State::Updating(deployment) => Some(deployment.started_at),
            State::Scaling(scaling) => Some(scaling.since),
            State::InService(_) | State::Mixed(_) | State::Failed { .. } => None,
        }
    }

    /// The deployment on its way, if one is.
    pub fn deployment(&self) -> Option<&Deployment> {
        match &self.state {
            State::Updating(deployment) => Some(deployment),
            _ => None,
        }
    }

    /// Whether its deployment goes back.
    pub fn is_rolling_back(&self) -> bool {
        self.deployment().is_some_and(|deployment| matches!(deployment.phase, Phase::RollingBack { .. }))
    }

    /// Whether it waits for instances: its next step tells when they are up.
    pub fn is_launching(&self) -> bool {
        match &self.state {
            State::Creating { .. } => true,
            State::Updating(deployment) => matches!(
                deployment.phase,
                Phase::Launching { .. } | Phase::RollingBack { leg: Leg::Launching, .. }
            ),
            State::Scaling(scaling) => scaling.phase == ScalingPhase::Launching,
            State::InService(_) | State::Mixed(_) | State::Failed { .. } | State::Deleting { .. } => false,
        }
    }

    /// Its fleets, those in service first.
    pub fn fleets(&self) -> Vec<&Fleet> {
        match &self.state {
            State::Creating { green, .. } => vec![green],
            State::InService(fleet) => vec![fleet],
            State::Updating(deployment) => deployment.blue.iter().chain([&deployment.green]).collect(),
            State::Scaling(scaling) => vec![&scaling.fleet],
            State::Mixed(fleets) | State::Deleting { fleets, .. } => fleets.iter().collect(),
            State::Failed { .. } => Vec::new(),
        }
    }

    /// Identities of the models that it runs, in order.
    pub fn model_ids(&self) -> Vec<String> {
        let fleets = self.fleets();
        let variants = fleets.iter().flat_map(|fleet| &fleet.spec.variants);
        variants.map(|variant| variant.model_id.clone()).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// The instants after `now` at which instances of it come up, in order.
    pub fn comes_up_at(&self, now: Timestamp) -> BTreeSet<Timestamp> {
        let groups = self.fleets().into_iter().flat_map(|fleet| &fleet.pools).flat_map(|pool| &pool.groups);
        let ready = groups.filter_map(|group| match group.outcome {
            Outcome::Ready(at) => Some(at),
            Outcome::Unhealthy(_) | Outcome::NoCapacity(_) => None,
        });
        ready.filter(|at| *at > now).collect()
    }

    /// The variant that an order launches instances of.
    pub fn ordered(&self, order: &LaunchOrder) -> Option<&super::variant::Variant> {
        self.fleet(order.side).and_then(|fleet| fleet.spec.variants.get(order.variant))
    }

    /// Takes in the instances of an order, as the fleet simulator decided their fate.
    pub fn admit(&mut self, order: &LaunchOrder, groups: Vec<Group>) {
        let fleet = self.fleet_mut(order.side).expect("only a state that launches orders instances");
        fleet.pools[order.variant].groups.extend(groups);
    }

    fn fleet(&self, side: Side) -> Option<&Fleet> {
        match (&self.state, side) {
            (State::Creating { green, .. }, _) => Some(green),
            (State::Updating(deployment), Side::Blue) => deployment.blue.first(),
            (State::Updating(deployment), Side::Green) => Some(&deployment.green),
            (State::Scaling(scaling), _) => Some(&scaling.fleet),
            (State::InService(fleet), _) => Some(fleet),
            (State::Mixed(fleets), _) => fleets.first(),
            (State::Failed { .. } | State::Deleting { .. }, _) => None,
        }
    }
}

/// The text as `FailureReason` can hold it.
fn failure_reason(text: &str) -> String {
    text.chars().take(FAILURE_REASON_MAX).collect()
}

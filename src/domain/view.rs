//! What clients are shown: AWS's status words as views of the state, never stored beside it.
//!
//! See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpoint.html>; where the
//! page is silent, section "What is shown" of `docs/fidelity.md` decides.

use std::cmp::Ordering;

use super::deployment::{Deployment, Leg, Phase};
use super::endpoint::{Endpoint, Scaling, ScalingPhase, State};
use super::fleet::Fleet;
use super::rules::{RollbackStatus, Rules};
use super::variant::{Spec, Variant};
use crate::clock::Timestamp;

/// `EndpointStatus`, as far as this server's endpoints can get into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointStatus {
    /// Its first fleet is starting.
    Creating,
    /// It changes.
    Updating,
    /// A scaling, or with the switch a deployment, goes back.
    RollingBack,
    /// It rests.
    InService,
    /// It is being deleted.
    Deleting,
    /// Its creation failed.
    Failed,
    /// A rollback could not be finished.
    UpdateRollbackFailed,
}

impl EndpointStatus {
    /// Every status.
    pub const ALL: [Self; 7] = [
        Self::Creating,
        Self::Updating,
        Self::RollingBack,
        Self::InService,
        Self::Deleting,
        Self::Failed,
        Self::UpdateRollbackFailed,
    ];

    /// AWS's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Creating => "Creating",
            Self::Updating => "Updating",
            Self::RollingBack => "RollingBack",
            Self::InService => "InService",
            Self::Deleting => "Deleting",
            Self::Failed => "Failed",
            Self::UpdateRollbackFailed => "UpdateRollbackFailed",
        }
    }
}

/// `VariantStatus`: what is being done to a variant, since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// `Status`.
    pub status: &'static str,
    /// `StatusMessage`.
    pub message: String,
    /// `StartTime`.
    pub since: Timestamp,
}

/// A variant as `DescribeEndpoint` shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct VariantView<'a> {
    /// Its desired weight and count, and what is repeated of it.
    pub variant: &'a Variant,
    /// `CurrentWeight`.
    pub weight: f64,
    /// `CurrentInstanceCount`.
    pub instances: u32,
    /// `VariantStatus`; absent while nothing happens to it.
    pub activity: Option<Activity>,
}

/// Variants that run, or are to run, one spec.
#[derive(Clone, Debug, PartialEq)]
pub struct FleetView<'a> {
    /// What they run.
    pub spec: &'a Spec,
    /// The variants, in the config's order.
    pub variants: Vec<VariantView<'a>>,
}

/// An endpoint as `DescribeEndpoint` shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointView<'a> {
    /// `EndpointStatus`.
    pub status: EndpointStatus,
    /// `ProductionVariants`, with the config they run.
    pub serving: Option<FleetView<'a>>,
    /// `PendingDeploymentSummary`, with its `StartTime`.
    pub pending: Option<(FleetView<'a>, Timestamp)>,
}

impl Endpoint {
    /// `EndpointStatus`, or `InferenceComponentStatus`.
    pub fn status(&self, rules: &Rules) -> EndpointStatus {
        match (self.endpoint_status(rules), &self.host) {
            // AWS has no other words for inference components.
            (EndpointStatus::RollingBack, Some(_)) => EndpointStatus::Updating,
            (EndpointStatus::UpdateRollbackFailed, Some(_)) => EndpointStatus::Failed,
            (status, _) => status,
        }
    }

    fn endpoint_status(&self, rules: &Rules) -> EndpointStatus {
        match &self.state {
            State::Creating { .. } => EndpointStatus::Creating,
            State::InService(_) => EndpointStatus::InService,
            State::Updating(deployment) => match deployment.phase {
                Phase::RollingBack { .. } if rules.rollback_status == RollbackStatus::RollingBack => {
                    EndpointStatus::RollingBack
                }
                _ => EndpointStatus::Updating,
            },
            State::Scaling(scaling) => match scaling.phase {
                ScalingPhase::RollingBack { .. } => EndpointStatus::RollingBack,
                _ => EndpointStatus::Updating,
            },
            State::Mixed(_) => EndpointStatus::UpdateRollbackFailed,
            State::Failed { .. } => EndpointStatus::Failed,
            State::Deleting { .. } => EndpointStatus::Deleting,
        }
    }

    /// What `DescribeEndpoint` shows.
    pub fn view(&self, rules: &Rules) -> EndpointView<'_> {
        let (serving, pending) = match &self.state {
            State::Creating { green, since, .. } => (None, Some((creating(green, *since), *since))),
            State::InService(fleet) => (Some(at_rest(std::slice::from_ref(fleet))), None),
            State::Updating(deployment) => {
                let pending = (green(deployment), deployment.started_at);
                (Some(blue(deployment)), Some(pending))
            }
            State::Scaling(scaling) => (Some(scaled(scaling)), None),
            State::Mixed(fleets) => (Some(at_rest(fleets)), None),
            State::Failed { .. } => (None, None),
            State::Deleting { fleets, since, .. } => {
                ((!fleets.is_empty()).then(|| deleting(fleets, *since)), None)
            }
        };
        EndpointView { status: self.status(rules), serving, pending }
    }
}

fn view<'a>(fleet: &'a Fleet, mut each: impl FnMut(usize, &'a Variant) -> VariantView<'a>) -> FleetView<'a> {
    let variants = fleet.spec.variants.iter().enumerate();
    FleetView { spec: &fleet.spec, variants: variants.map(|(index, variant)| each(index, variant)).collect() }
}

/// The endpoint's variants, with the instances that an unfinished rollback has left of another config.
fn at_rest(fleets: &[Fleet]) -> FleetView<'_> {
    view(&fleets[0], |_, variant| VariantView {
        variant,
        weight: variant.weight,
        instances: existing(fleets, variant),
        activity: None,
    })
}

fn existing(fleets: &[Fleet], variant: &Variant) -> u32 {
    fleets.iter().map(|fleet| fleet.existing(&variant.name)).fold(0, u32::saturating_add)
}

fn creating(fleet: &Fleet, since: Timestamp) -> FleetView<'_> {
    view(fleet, |_, variant| {
        let message = format!("Launching {} instance(s).", variant.instances);
        VariantView {
            variant,
            weight: 0.0,
            instances: 0,
            activity: Some(Activity { status: "Creating", message, since }),
        }
    })
}

fn deleting(fleets: &[Fleet], since: Timestamp) -> FleetView<'_> {
    view(&fleets[0], |_, variant| {
        let instances = existing(fleets, variant);
        let activity = Some(Activity { status: "Deleting", message: terminating(instances), since });
        VariantView { variant, weight: variant.weight, instances, activity }
    })
}

fn scaled(scaling: &Scaling) -> FleetView<'_> {
    let fleet = &scaling.fleet;
    view(fleet, |index, variant| {
        let instances = fleet.pools[index].healthy(scaling.since);
        let (before, wanted) = (scaling.before[index].0, variant.instances);
        let way = match before.cmp(&wanted) {
            Ordering::Less => Some("out"),
            Ordering::Greater => Some("in"),
            // A scaling that goes back wants what was before, and has more, be it healthy or not.
            Ordering::Equal => (fleet.pools[index].existing() > wanted).then_some("in"),
        };
        let activity = way.map(|way| {
            let message = format!("Scaling {way} desired instance count to {wanted}.");
            Activity { status: "Updating", message, since: scaling.since }
        });
        VariantView { variant, weight: variant.weight, instances, activity }
    })
}

/// The old config's variants during an update: instances that are up, the weight between variants.
fn blue(deployment: &Deployment) -> FleetView<'_> {
    let fleet = &deployment.blue[0];
    view(fleet, |_, variant| {
        let instances = deployment.blue_up(&variant.name, deployment.since);
        let status = match &deployment.phase {
            Phase::Terminating { .. } => {
                let planned = deployment.planned(&variant.name);
                let kept = planned.map_or(0, |(plan, share)| share.blue_active(plan.blue));
                Some(("Deleting", terminating(instances.saturating_sub(kept))))
            }
            Phase::RollingBack { leg: Leg::Launching, .. } => {
                let starting = deployment.blue_existing(&variant.name).saturating_sub(instances);
                Some(("Creating", format!("Launching {starting} instance(s).")))
            }
            Phase::RollingBack { leg: Leg::Shifting { .. }, .. } => {
                Some(("ActivatingTraffic", activating(instances, variant.instances)))
            }
            _ => None,
        };
        let since = deployment.since;
        let activity = status.map(|(status, message)| Activity { status, message, since });
        VariantView { variant, weight: variant.weight, instances, activity }
    })
}

/// The new config's variants during an update: instances with traffic, no weight before the first.
fn green(deployment: &Deployment) -> FleetView<'_> {
    view(&deployment.green, |index, variant| {
        let (plan, share) = (&deployment.plan.variants[index], deployment.shares[index]);
        let active = share.green_active(plan.green);
        let exists = deployment.green.pools[index].existing();
        let wait = |ms: i64| {
            format!(
                "Baking for {} seconds (TerminationWaitInSeconds) with traffic enabled on {} capacity of \
                 {active} instance(s).",
                ms / 1000,
                extent(active, plan.green)
            )
        };
        let status = match &deployment.phase {
            Phase::Launching { .. } => {
                let starting = exists.saturating_sub(active);
                Some(("Creating", format!("Launching {starting} instance(s).")))
            }
            Phase::Shifting { .. } => Some(("ActivatingTraffic", activating(active, plan.green))),
            Phase::Baking { .. } => Some(("Baking", wait(deployment.plan.wait_ms))),
            Phase::TerminationWait { .. } => Some(("Baking", wait(deployment.plan.termination_wait_ms))),
            Phase::Terminating { .. } => None,
            Phase::RollingBack { .. } => Some(("Deleting", terminating(exists.saturating_sub(active)))),
        };
        let since = deployment.since;
        let activity = status.map(|(status, message)| Activity { status, message, since });
        let weight = if active == 0 { 0.0 } else { variant.weight };
        VariantView { variant, weight, instances: active, activity }
    })
}

fn terminating(instances: u32) -> String {
    format!("Terminating {instances} instance(s).")
}

fn activating(active: u32, fleet: u32) -> String {
    format!("Activating traffic on {} capacity of {active} instance(s).", extent(active, fleet))
}

fn extent(active: u32, fleet: u32) -> &'static str {
    if active < fleet { "canary" } else { "full" }
}

#[cfg(test)]
mod tests;

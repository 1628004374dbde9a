//! What an endpoint wants somebody to look at it for.

use crate::clock::Timestamp;
use crate::domain::deployment::{Deployment, Phase};
use crate::domain::endpoint::{Endpoint, ScalingPhase, State};
use crate::domain::event::CauseKind;

/// Why somebody should look, in a few words; none where all is as it should be. A rolled-back update is in service
/// again, and to most tools a success: that is the first thing to be seen here.
pub(super) fn attention(endpoint: &Endpoint, now: Timestamp) -> Option<&'static str> {
    match &endpoint.state {
        State::Failed { .. } => Some("its creation failed"),
        State::Mixed(_) => Some("its rollback failed: two configs serve"),
        State::Updating(deployment) => of_update(deployment).or_else(|| waiting(endpoint, now)),
        State::Scaling(scaling) if matches!(scaling.phase, ScalingPhase::RollingBack { .. }) => {
            Some("it rolls back")
        }
        State::InService(_) if endpoint.failure_reason.is_some() => Some("its last change was rolled back"),
        _ => waiting(endpoint, now),
    }
}

fn of_update(deployment: &Deployment) -> Option<&'static str> {
    match &deployment.phase {
        Phase::RollingBack { cause, .. } if cause.kind == CauseKind::Alarm => Some("an alarm rolls it back"),
        Phase::RollingBack { .. } => Some("it rolls back"),
        _ if deployment.paused_since().is_some() => Some("it is paused"),
        _ => None,
    }
}

fn waiting(endpoint: &Endpoint, now: Timestamp) -> Option<&'static str> {
    let fleets = endpoint.fleets();
    let mut pools = fleets.iter().flat_map(|fleet| &fleet.pools);
    pools.any(|pool| pool.waits(now).next().is_some()).then_some("it waits for capacity")
}

//! The alarms of a guardrail as pages show them.

use super::answer::Trouble;
use super::moment::time_of_day;
use super::number::number;
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::endpoint::Endpoint;
use crate::domain::world::WorldId;
use crate::engine::{Engine, Guard, Outlook};

/// An alarm of its guardrail.
pub(super) struct Guarding {
    pub(super) name: String,
    pub(super) state: &'static str,
    pub(super) since: String,
    pub(super) value: String,
    pub(super) limit: String,
    pub(super) reason: String,
}

/// The alarms of these names, as they are shown.
pub(super) async fn guarding(
    engine: &Engine,
    world: &WorldId,
    names: &[String],
) -> Result<Vec<Guarding>, Trouble> {
    let guards = engine.guards(world, names).await?;
    Ok(guards.into_iter().map(Guarding::from).collect())
}

impl From<Guard> for Guarding {
    fn from(guard: Guard) -> Self {
        Self {
            state: guard.state.map_or("does not exist", |state| state.word()),
            since: guard.since.map(time_of_day).unwrap_or_default(),
            value: guard.value.map_or_else(|| "–".to_owned(), number),
            limit: guard.limit.map_or_else(
                || "–".to_owned(),
                |limit| format!("{} {}", limit.words, number(limit.threshold)),
            ),
            name: guard.name,
            reason: guard.reason,
        }
    }
}

/// The alarms of the deployment that is under way, or else of the last one's config.
pub(super) fn watched(endpoint: &Endpoint, outlook: Option<&Outlook>) -> Vec<String> {
    let of_last = || endpoint.last_deployment_config.as_ref().map(DeploymentConfig::alarm_names);
    let of_present = outlook.and_then(|outlook| outlook.prospect.alarms.clone());
    of_present.or_else(of_last).unwrap_or_default()
}

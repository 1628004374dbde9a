//! What there is to be seen of an endpoint and of its latest deployment, by whoever carries the story out.

use sagebrush::clock::Timestamp;
use sagebrush::domain::deployment::record::Record;
use sagebrush::domain::deployment::{Deployment, Phase};
use sagebrush::domain::endpoint::{Endpoint, State};
use sagebrush::domain::event::Event;
use sagebrush::domain::fleet::{Fleet, Pool};
use sagebrush::domain::rules::Rules;
use serde::Serialize;

/// What there is to be seen.
pub struct Seen {
    pub endpoint: Option<Shown>,
    /// When it is due, as the driver keeps it.
    pub wake: Option<Timestamp>,
    /// Its latest deployment.
    pub history: Option<Told>,
    /// Whose steps the last advance had.
    pub order: Vec<String>,
}

/// An endpoint.
pub struct Shown {
    pub status: String,
    pub config: String,
    pub reason: Option<String>,
    /// `none` outside of a deployment.
    pub phase: String,
    /// From 1.
    pub step: Option<usize>,
    /// Hundredths of a percent on blue and on green.
    pub traffic: (u16, u16),
    /// Instances that exist on blue and on green.
    pub instances: (u32, u32),
    /// Instances that its first variant is to have, where that is settled.
    pub fleet: Option<u32>,
}

/// A deployment's row and its lines.
pub struct Told {
    pub status: String,
    pub lines: Vec<Line>,
}

/// A line of a history.
pub struct Line {
    pub kind: String,
    pub step: Option<u64>,
    pub at: Timestamp,
    pub message: String,
}

impl Seen {
    pub fn told(&self) -> Result<&Told, String> {
        self.history.as_ref().ok_or_else(|| "there is no deployment".to_owned())
    }
}

impl Shown {
    pub fn of(endpoint: &Endpoint, rules: &Rules) -> Self {
        let deployment = endpoint.deployment();
        let phase = deployment.map(|deployment| &deployment.phase);
        let traffic = deployment.map(Deployment::traffic);
        Self {
            status: endpoint.status(rules).word().to_owned(),
            config: endpoint.config_name().to_owned(),
            reason: endpoint.failure_reason.clone(),
            phase: phase.map_or("none", |phase| phase.word()).to_owned(),
            step: phase.and_then(Phase::step).map(|step| step + 1),
            traffic: traffic.map_or((10_000, 0), |traffic| (traffic.blue_bp(), traffic.green_bp())),
            instances: instances(endpoint),
            fleet: fleet(endpoint),
        }
    }
}

impl Told {
    pub fn of(record: &Record, events: &[Event]) -> Self {
        let lines = events.iter().map(|event| Line {
            kind: word(event.kind),
            step: event.step.map(u64::from),
            at: event.at,
            message: event.message.clone(),
        });
        Self { status: word(record.status), lines: lines.collect() }
    }
}

/// The word that a unit variant is written as.
fn word(value: impl Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

fn fleet(endpoint: &Endpoint) -> Option<u32> {
    match &endpoint.state {
        State::InService(fleet) => Some(fleet.spec.variants[0].instances),
        State::Mixed(fleets) => Some(fleets[0].spec.variants[0].instances),
        _ => None,
    }
}

/// Instances that exist on blue and on green; at rest everything is blue.
fn instances(endpoint: &Endpoint) -> (u32, u32) {
    let all =
        |fleets: &[Fleet]| -> u32 { fleets.iter().flat_map(|fleet| &fleet.pools).map(Pool::existing).sum() };
    match &endpoint.state {
        State::Creating { green, .. } => (0, all(std::slice::from_ref(green))),
        State::InService(fleet) => (all(std::slice::from_ref(fleet)), 0),
        State::Updating(deployment) => (all(&deployment.blue), all(std::slice::from_ref(&deployment.green))),
        State::Scaling(scaling) => (all(std::slice::from_ref(&scaling.fleet)), 0),
        State::Mixed(fleets) => (all(&fleets[..1]), all(&fleets[1..])),
        State::Deleting { fleets, .. } => (all(fleets), 0),
        State::Failed { .. } => (0, 0),
    }
}

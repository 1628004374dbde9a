//! What clients ask of an endpoint.

use serde::{Deserialize, Serialize};

use crate::domain::component::Host;
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::variant::Spec;

/// `CreateEndpoint`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Create {
    /// `EndpointName`.
    pub name: String,
    /// Identity for the creation's row in the history.
    pub deployment_id: String,
    /// The endpoint's own copy of its config.
    pub spec: Spec,
    /// Stored for later updates.
    pub deployment_config: Option<DeploymentConfig>,
    /// Where it is hosted, if it is an inference component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
}

/// `UpdateEndpoint`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// Identity for the deployment's row in the history.
    pub deployment_id: String,
    /// The endpoint's own copy of the new config.
    pub spec: Spec,
    /// How to carry it out.
    pub deployment_config: Option<DeploymentConfig>,
    /// Whether to reuse the last one where none is given.
    pub retain_deployment_config: bool,
    /// Which properties of the variants in service to keep.
    pub retain: Retain,
    /// Alarms of the deployment config that do not exist.
    pub missing_alarms: Vec<String>,
    /// What is wrong with the other alarms of the deployment config, in sentences for the history.
    pub warnings: Vec<String>,
}

/// `RetainAllVariantProperties` with its exceptions: which properties of a variant in service, found by
/// its name, win over the new config's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retain {
    /// `DesiredInstanceCount`.
    pub instances: bool,
    /// `DesiredWeight`.
    pub weight: bool,
}

/// One variant of `UpdateEndpointWeightsAndCapacities`.
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleTarget {
    /// `VariantName`.
    pub name: String,
    /// `DesiredWeight`.
    pub weight: Option<f64>,
    /// `DesiredInstanceCount`.
    pub instances: Option<u32>,
}

/// What a client asks of an endpoint that exists.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// `UpdateEndpoint`.
    Update(Box<Update>),
    /// `UpdateEndpointWeightsAndCapacities`.
    Scale(Vec<ScaleTarget>),
    /// `DeleteEndpoint`.
    Delete,
}

/// What a client asks for, without how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `UpdateEndpoint`.
    Update,
    /// `UpdateEndpointWeightsAndCapacities`.
    Scale,
    /// `DeleteEndpoint`.
    Delete,
}

impl Command {
    /// What it asks for.
    pub fn verb(&self) -> Verb {
        match self {
            Self::Update(_) => Verb::Update,
            Self::Scale(_) => Verb::Scale,
            Self::Delete => Verb::Delete,
        }
    }
}

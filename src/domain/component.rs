//! Inference components: models that share the instances of an endpoint's variant.
//!
//! A component is an [`Endpoint`] with a [`Host`]. Its one variant is called like the one that hosts it, its instances
//! are the component's copies, and an update replaces them as a rolling update replaces instances. Only what clients
//! are shown is different, and the words.
//! See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeInferenceComponent.html>.

use serde::{Deserialize, Serialize};

use super::endpoint::{Endpoint, State};
use super::rules::Rules;
use super::variant::{Spec, Unit, Variant};
use super::view::EndpointStatus;
use crate::clock::Timestamp;

/// How the names of components begin where they stand beside those of endpoints, which have no such sign in them.
pub const PREFIX: &str = "inference-component/";

/// What an inference component runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// `EndpointName`, as that endpoint is called.
    pub endpoint: String,
    /// `VariantName`.
    pub variant: String,
}

/// The name under which a component stands beside endpoints.
pub fn key(name: &str) -> String {
    format!("{PREFIX}{name}")
}

/// `InferenceComponentName` of what stands under that name; none if it is an endpoint.
pub fn name_of(key: &str) -> Option<&str> {
    key.strip_prefix(PREFIX)
}

/// A component as `DescribeInferenceComponent` shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct ComponentView<'a> {
    /// `InferenceComponentStatus`.
    pub status: EndpointStatus,
    /// The specification in service; of one that is being created the one that is to be. None once a creation has failed.
    pub spec: Option<&'a Spec>,
    /// `DesiredCopyCount`.
    pub desired: u32,
    /// `CurrentCopyCount`: old and new ones that are up.
    pub current: u32,
}

impl Endpoint {
    /// What `DescribeInferenceComponent` shows of it at `now`.
    pub fn component_view(&self, now: Timestamp, rules: &Rules) -> ComponentView<'_> {
        let fleets = self.fleets();
        let wanted = match &self.state {
            State::Updating(deployment) if !self.is_rolling_back() => Some(&deployment.green.spec),
            _ => fleets.first().map(|fleet| &fleet.spec),
        };
        let copies = |spec: &Spec| spec.variants.iter().map(|variant| variant.instances).sum();
        let current = fleets.iter().map(|fleet| fleet.healthy(now)).fold(0, u32::saturating_add);
        ComponentView {
            status: self.status(rules),
            spec: fleets.first().map(|fleet| &fleet.spec),
            desired: wanted.map_or(0, copies),
            current,
        }
    }

    /// The names by which a fault means it: its own, and of an inference component that of its endpoint too.
    pub fn names(&self) -> [&str; 2] {
        [&self.name, self.host.as_ref().map_or(&self.name, |host| &host.endpoint)]
    }

    /// Whether it hosts inference components, which its requests must name.
    pub fn hosts_components(&self) -> bool {
        self.fleets().first().is_some_and(|fleet| fleet.spec.variants.iter().any(|variant| variant.hosts))
    }

    /// The endpoint at whose components is to be looked when something happens to this one: itself, or what hosts it.
    pub fn host_name(&self) -> Option<&str> {
        match &self.host {
            Some(host) => Some(&host.endpoint),
            None => self.hosts_components().then_some(&self.name),
        }
    }

    /// Why no synthetic requests can be sent to it, if they cannot.
    pub fn refuses_traffic(&self) -> Option<String> {
        self.hosts_components().then(|| {
            format!(
                "The endpoint {:?} hosts inference components, one of which its requests must name: give the traffic to \
                 \"{PREFIX}NAME\".",
                self.name
            )
        })
    }

    /// What its fleets consist of.
    pub fn unit(&self) -> Unit {
        if self.host.is_some() { Unit::COPIES } else { Unit::INSTANCES }
    }

    /// The variant of its first fleet, which of a component is the only one.
    pub fn only_variant(&self) -> Option<&Variant> {
        self.fleets().first().and_then(|fleet| fleet.spec.variants.first())
    }
}

#[cfg(test)]
mod tests;

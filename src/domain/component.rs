//! Inference components: models that share the instances of an endpoint's variant.
//!
//! A component is an [`Endpoint`] with a [`Host`]. Its one variant is called like the one that hosts it, its instances
//! are the component's copies, and an update replaces them as a rolling update replaces instances. Only what clients
//! are shown is different, and the words.
//! See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeInferenceComponent.html>.

use serde::{Deserialize, Serialize};

use super::endpoint::{Endpoint, State, Transition};
use super::rules::Rules;
use super::variant::{Spec, Variant};
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

    /// A sentence about its instances, in the words of whom it is about.
    pub fn in_own_words(&self, sentence: String) -> String {
        if self.host.is_some() { of_copies(&sentence) } else { sentence }
    }

    /// The variant of its first fleet, which of a component is the only one.
    pub fn only_variant(&self) -> Option<&Variant> {
        self.fleets().first().and_then(|fleet| fleet.spec.variants.first())
    }
}

/// A sentence about instances and endpoints, said of copies and components.
pub fn of_copies(sentence: &str) -> String {
    let words = [
        ("instance(s)", "copy(ies)"),
        (" instances ", " copies "),
        (" instances.", " copies."),
        ("Instances of", "Copies of"),
        ("total instance count", "copy count"),
        ("UpdateEndpointWeightsAndCapacities", "UpdateInferenceComponentRuntimeConfig"),
        ("UpdateEndpoint.", "UpdateInferenceComponent."),
        (" one instance", " one copy"),
        ("no instance", "no copy"),
        ("while the endpoint is UpdateRollbackFailed", "after a rollback that failed"),
    ];
    let in_words =
        |said: String, (of_instances, of_copies): &(&str, &str)| said.replace(of_instances, of_copies);
    words.iter().fold(sentence.to_owned(), in_words)
}

impl Transition {
    /// What it tells, in the words of whom it is about.
    pub(super) fn in_own_words(mut self) -> Self {
        let Some(next) = self.next.as_mut().filter(|next| next.host.is_some()) else { return self };
        let record = self.record.as_mut().and_then(|record| record.failure_reason.as_mut());
        let events = self.events.iter_mut().map(|event| &mut event.message);
        for sentence in events.chain(next.failure_reason.as_mut()).chain(record) {
            *sentence = of_copies(sentence);
        }
        self
    }
}

#[cfg(test)]
mod tests;

//! Whom faults are about.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::domain::deployment::Side;
use crate::domain::fleet::Fleet;
use crate::domain::variant::Variant;

/// Whom a fault is about: everybody for whom all that is said holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// An endpoint, by its name, ignoring case, with the inference components that it hosts; or one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// Instances that run a model: the way to mean the new fleet and not the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// Instances of a variant, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// Instances of a type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance_type: Option<String>,
}

/// A model, as it was when it was named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// `ModelName`.
    pub name: String,
    /// Its identity; one that is created anew by this name is another.
    pub id: String,
}

/// Instances that die: how many of whose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strike {
    /// Whose; its endpoint is the one that is struck.
    pub scope: Scope,
    /// How many; all without.
    pub instances: Option<u32>,
    /// In which fleet: said of copies that have lost their instance. An operator's fault means both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
}

impl Scope {
    /// Whether an endpoint of that name is in it.
    pub fn takes_endpoint(&self, endpoint: &str) -> bool {
        let named = self.endpoint.as_deref();
        named.is_none_or(|named| named.to_lowercase() == endpoint.to_lowercase())
    }

    /// Whether what is meant by one of these names is in it.
    pub fn takes_any(&self, names: [&str; 2]) -> bool {
        names.into_iter().any(|name| self.takes_endpoint(name))
    }

    /// Whether instances of that variant of what is meant by one of these names are in it.
    pub fn takes_variant(&self, names: [&str; 2], variant: &Variant) -> bool {
        self.takes_any(names) && self.takes_instances(variant)
    }

    fn takes_instances(&self, variant: &Variant) -> bool {
        self.model.as_ref().is_none_or(|model| model.id == variant.model_id)
            && self.variant.as_ref().is_none_or(|name| *name == variant.name)
            && self.instance_type.as_ref().is_none_or(|kind| *kind == variant.instance_type)
    }
}

impl Strike {
    /// How many instances of each of the fleet's variants die at `now`, if `left` still may; what is left afterwards. A
    /// fault is about healthy ones; with its instance a copy goes also while it starts.
    pub fn losses(&self, fleet: &Fleet, left: &mut u32, now: Timestamp) -> Vec<u32> {
        let variants = fleet.spec.variants.iter().zip(&fleet.pools);
        variants
            .map(|(variant, pool)| {
                let mortal = match self.side {
                    Some(_) => pool.running(),
                    None => pool.healthy(now),
                };
                let mortal = if self.scope.takes_instances(variant) { mortal } else { 0 };
                let dead = mortal.min(*left);
                *left -= dead;
                dead
            })
            .collect()
    }
}

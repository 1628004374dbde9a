//! A production variant as an endpoint deploys it: the endpoint's own copy, which no later change to
//! the config or the model can disturb.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::placement::Resources;
use super::serving::{Publish, Routing, Serving};
use crate::clock::Timestamp;

/// What a deployment needs to know of a `ProductionVariant` and its model.
/// See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariant.html>.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variant {
    /// `VariantName`.
    pub name: String,
    /// Identity of the model, for counting its launches; survives the model's deletion.
    pub model_id: String,
    /// `InstanceType`.
    pub instance_type: String,
    /// `AcceleratorType`, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accelerator_type: Option<String>,
    /// `DesiredInstanceCount`.
    pub instances: u32,
    /// `DesiredWeight`; never negative.
    pub weight: f64,
    /// What of an instance a copy needs, of an inference component; nothing is known of any other.
    #[serde(default, skip_serializing_if = "Resources::is_none")]
    pub needs: Resources,
    /// Whether it has no model of its own, but hosts inference components.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hosts: bool,
    /// Between what it is given the instances that these need; none where that is left to others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<Managed>,
    /// How its instances come up.
    pub behaviour: Behaviour,
    /// How they serve once they are up.
    #[serde(default)]
    pub serving: Serving,
    /// Which of them takes a request.
    #[serde(default)]
    pub routing: Routing,
    /// What AWS calls the container in the text of a `ModelError`.
    #[serde(default = "primary")]
    pub container: String,
    /// `DeployedImages`.
    pub images: Vec<Image>,
    /// Why guardrails cannot be used with it, in words for the history; most variants have no reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// Members that `DescribeEndpoint` repeats.
    #[serde(default)]
    pub echo: Echo,
}

/// `ManagedInstanceScaling` that is enabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Managed {
    /// `MinInstanceCount`.
    pub min: u32,
    /// `MaxInstanceCount`.
    pub max: u32,
}

/// The container's name in a model that has a `PrimaryContainer`.
pub const PRIMARY: &str = "primary";

fn primary() -> String {
    PRIMARY.to_owned()
}

/// How an instance comes up, on the world's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Behaviour {
    /// From launch to the first ping that passes: the slowest container's start-up.
    pub startup_ms: i64,
    /// How long an instance may take before its launch fails: `ContainerStartupHealthCheckTimeoutInSeconds`.
    pub ping_timeout_ms: i64,
    /// Whether it ever passes.
    pub health: Health,
}

/// Whether instances of a model pass their ping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// All do.
    Passing,
    /// None does.
    Failing,
    /// The first so many launched of this model do, later ones never.
    FailingAfter(u64),
}

impl Health {
    /// The health of that text: `passing`, `failing`, or `failing-after:N` with digits for N.
    pub fn from_text(text: &str) -> Option<Self> {
        match text {
            "passing" => Some(Self::Passing),
            "failing" => Some(Self::Failing),
            _ => {
                let first = text.strip_prefix("failing-after:")?;
                let plain = first.bytes().all(|byte| byte.is_ascii_digit());
                first.parse().ok().filter(|_| plain).map(Self::FailingAfter)
            }
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passing => f.write_str("passing"),
            Self::Failing => f.write_str("failing"),
            Self::FailingAfter(first) => write!(f, "failing-after:{first}"),
        }
    }
}

/// An image that a variant runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// `SpecifiedImage`: the text the model gave.
    pub specified: String,
    /// `ResolvedImage`: repository and digest.
    pub resolved: String,
}

/// Members that are only repeated to clients, as the text that the services room made of them. The core
/// carries it and never looks inside.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Echo(pub String);

/// What an endpoint is to run: its own copy of an endpoint config and its models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// `EndpointConfigName`.
    pub config_name: String,
    /// When the copy was taken; `ResolutionTime` of the images.
    pub accepted_at: Timestamp,
    /// The production variants, in the config's order.
    pub variants: Vec<Variant>,
    /// Whether the config has an `AsyncInferenceConfig`, which an update may not remove.
    pub asynchronous: bool,
    /// How often metrics are published.
    #[serde(default)]
    pub publish: Publish,
    /// Members that `DescribeEndpoint` repeats.
    #[serde(default)]
    pub echo: Echo,
}

/// What there are several of, and what they are called: see [`Spec::unit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Any number of them.
    pub some: &'static str,
    /// One of them.
    pub one: &'static str,
    /// All of them.
    pub all: &'static str,
    /// The same at the beginning of a sentence.
    pub title: &'static str,
}

impl Unit {
    /// Of an endpoint.
    pub const INSTANCES: Self =
        Self { some: "instance(s)", one: "instance", all: "instances", title: "Instances" };
    /// Of an inference component.
    pub const COPIES: Self = Self { some: "copy(ies)", one: "copy", all: "copies", title: "Copies" };
}

impl Spec {
    /// What its fleets consist of. A copy always needs something.
    pub fn unit(&self) -> Unit {
        let is_component = self.variants.iter().any(|variant| !variant.needs.is_none());
        if is_component { Unit::COPIES } else { Unit::INSTANCES }
    }

    /// Position of the variant of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.variants.iter().position(|variant| variant.name == name)
    }

    /// Whether both have variants of the same names, in any order.
    pub fn same_names(&self, other: &Self) -> bool {
        self.variants.len() == other.variants.len()
            && self.variants.iter().all(|variant| other.position(&variant.name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::endpoint::tests::{one, spec, variant};

    #[test]
    fn a_health_is_written_as_it_is_read() {
        for (text, health) in [
            ("passing", Health::Passing),
            ("failing", Health::Failing),
            ("failing-after:0", Health::FailingAfter(0)),
            ("failing-after:12", Health::FailingAfter(12)),
        ] {
            assert_eq!((Health::from_text(text), health.to_string().as_str()), (Some(health), text));
        }
        for text in ["", "Passing", "failing-after", "failing-after:", "failing-after:+1", "failing-after:x"]
        {
            assert_eq!(Health::from_text(text), None, "{text}");
        }
    }

    #[test]
    fn specs_have_the_same_names_in_any_order() {
        let named = |names: &[&str]| {
            spec("config", names.iter().map(|name| variant(name, 1, Health::Passing)).collect())
        };
        assert!(named(&["a", "b"]).same_names(&named(&["b", "a"])));
        for other in [&["a"][..], &["a", "b", "c"], &["a", "c"]] {
            assert!(!named(&["a", "b"]).same_names(&named(other)), "{other:?}");
        }
        assert_eq!(one("config", 1).variants[0].container, primary());
        let spec = named(&["a", "b"]);
        assert_eq!(["a", "b", "c"].map(|name| spec.position(name)), [Some(0), Some(1), None]);
    }
}

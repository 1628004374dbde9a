//! The containers of a model, read from the text that the model is kept as.
//!
//! Who deploys a model and who shows how it behaves read the same thing the same way. Whether the text may be
//! a model at all was decided when it was created; only the Environments are judged here.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{pipeline, read};
use crate::domain::serving::Serving;
use crate::domain::tuning::Tuning;
use crate::domain::variant::{Behaviour, PRIMARY};

/// The containers of a model: either one primary or a list.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Containers {
    /// `PrimaryContainer`.
    pub primary_container: Option<Container>,
    /// `Containers`.
    #[serde(default)]
    pub containers: Vec<Container>,
}

/// `ContainerDefinition`, as far as an endpoint looks at it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Container {
    /// `Image`.
    pub image: Option<String>,
    /// `ModelPackageName`.
    pub model_package_name: Option<String>,
    /// `ContainerHostname`.
    #[serde(rename = "ContainerHostname")]
    pub hostname: Option<String>,
    /// `Environment`.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

impl Containers {
    /// Every container, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Container> {
        self.primary_container.iter().chain(&self.containers)
    }

    /// What AWS calls the container in the text of a `ModelError`: the first one where there are several.
    pub fn name(&self) -> &str {
        let hostname = self.containers.first().and_then(|container| container.hostname.as_deref());
        match &self.primary_container {
            Some(_) => PRIMARY,
            None => hostname.unwrap_or("model"),
        }
    }

    /// What each Environment says; one sentence about the first that says what none may say.
    pub fn tunings(&self) -> Result<Vec<Tuning>, String> {
        let named = self.iter().enumerate().map(|(index, container)| {
            let name = match &self.primary_container {
                Some(_) => "PrimaryContainer".to_owned(),
                None => format!("container {} of Containers", index + 1),
            };
            let environment = container.environment.iter();
            read(&name, environment.map(|(name, value)| (name.as_str(), value.as_str())))
        });
        named.collect()
    }

    /// How instances of this model come up and how they serve; an Environment that was refused when the
    /// model was created cannot be met again.
    pub fn behaviour(
        &self,
        default_startup_ms: i64,
        ping_timeout_ms: i64,
    ) -> Result<(Behaviour, Serving), String> {
        let tunings = self.tunings()?;
        let behaviour = pipeline::behaviour(&tunings, default_startup_ms, ping_timeout_ms);
        Ok((behaviour, pipeline::serving(&tunings)))
    }
}

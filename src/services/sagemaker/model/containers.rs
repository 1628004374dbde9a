//! What is read of a model's containers: their images, and the Environment that tells how they behave.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::serving::Serving;
use crate::domain::tuning::Tuning;
use crate::domain::variant::{Behaviour, PRIMARY};
use crate::fleet::behaviour::{self, series};

/// What the Environment maps of all containers of a model may hold together, in bytes of keys and values.
/// See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html>.
const ENVIRONMENT_MAX: usize = 32 * 1024;

/// The containers of a model: either one primary or a list.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::services::sagemaker) struct Containers {
    primary_container: Option<Container>,
    #[serde(default)]
    containers: Vec<Container>,
}

/// `ContainerDefinition`, as far as an endpoint looks at it.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::services::sagemaker) struct Container {
    /// `Image`.
    pub image: Option<String>,
    /// `ModelPackageName`.
    pub model_package_name: Option<String>,
    #[serde(rename = "ContainerHostname")]
    hostname: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

impl Containers {
    /// Why these cannot be the containers of a model.
    pub(super) fn refusal(&self) -> Option<String> {
        match (&self.primary_container, self.containers.is_empty()) {
            (Some(_), false) => {
                Some("Only one of PrimaryContainer and Containers can be specified.".to_owned())
            }
            (None, true) => Some("One of PrimaryContainer and Containers must be specified.".to_owned()),
            _ => self.environment_refusal().or_else(|| self.tunings().err()),
        }
    }

    fn environment_refusal(&self) -> Option<String> {
        let pairs = self.iter().flat_map(|container| &container.environment);
        let bytes: usize = pairs.map(|(name, value)| name.len() + value.len()).sum();
        (bytes > ENVIRONMENT_MAX).then(|| {
            format!(
                "The keys and values in the Environment of all containers have {bytes} bytes together, more \
                 than {ENVIRONMENT_MAX}."
            )
        })
    }

    /// Every container, in order.
    pub(in crate::services::sagemaker) fn iter(&self) -> impl Iterator<Item = &Container> {
        self.primary_container.iter().chain(&self.containers)
    }

    /// How instances of this model come up and how they serve; an Environment that was refused when the
    /// model was created cannot be met again.
    pub(in crate::services::sagemaker) fn behaviour(
        &self,
        launch_ms: i64,
        ping_timeout_ms: i64,
    ) -> Result<(Behaviour, Serving), String> {
        let tunings = self.tunings()?;
        Ok((series::behaviour(&tunings, launch_ms, ping_timeout_ms), series::serving(&tunings)))
    }

    /// What AWS calls the container in the text of a `ModelError`: the first one where there are several.
    pub(in crate::services::sagemaker) fn name(&self) -> &str {
        let hostname = self.containers.first().and_then(|container| container.hostname.as_deref());
        match &self.primary_container {
            Some(_) => PRIMARY,
            None => hostname.unwrap_or("model"),
        }
    }

    fn tunings(&self) -> Result<Vec<Tuning>, String> {
        let named = self.iter().enumerate().map(|(index, container)| {
            let name = match &self.primary_container {
                Some(_) => "PrimaryContainer".to_owned(),
                None => format!("container {} of Containers", index + 1),
            };
            let environment = container.environment.iter();
            behaviour::read(&name, environment.map(|(name, value)| (name.as_str(), value.as_str())))
        });
        named.collect()
    }
}

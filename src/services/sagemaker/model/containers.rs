//! What containers a model may have.

use crate::fleet::behaviour::containers::Containers;

/// What the Environment maps of all containers of a model may hold together, in bytes of keys and values.
/// See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ContainerDefinition.html>.
const ENVIRONMENT_MAX: usize = 32 * 1024;

/// Why these cannot be the containers of a model.
pub(super) fn refusal(containers: &Containers) -> Option<String> {
    match (&containers.primary_container, containers.containers.is_empty()) {
        (Some(_), false) => Some("Only one of PrimaryContainer and Containers can be specified.".to_owned()),
        (None, true) => Some("One of PrimaryContainer and Containers must be specified.".to_owned()),
        _ => environment_refusal(containers).or_else(|| containers.tunings().err()),
    }
}

fn environment_refusal(containers: &Containers) -> Option<String> {
    let pairs = containers.iter().flat_map(|container| &container.environment);
    let bytes: usize = pairs.map(|(name, value)| name.len() + value.len()).sum();
    (bytes > ENVIRONMENT_MAX).then(|| {
        format!(
            "The keys and values in the Environment of all containers have {bytes} bytes together, more \
             than {ENVIRONMENT_MAX}."
        )
    })
}

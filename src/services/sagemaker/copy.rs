//! An endpoint's own copy of its config and models: from two stored texts to a [`Spec`].
//!
//! Once it is taken, deleting the config or a model disturbs neither the endpoint nor its rollback.

use sha2::{Digest, Sha256};

use super::definition;
use super::endpoint_config::{ConfigBody, ProductionVariant};
use super::fault;
use crate::domain::placement::Resources;
use crate::domain::serving::{Publish, Routing};
use crate::domain::variant::{Echo, Image, Managed, Spec, Variant};
use crate::domain::world::WorldId;
use crate::fleet::behaviour::containers::Containers;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, to_stored};
use crate::store::{Kind, Tx};

/// AWS's default for `ContainerStartupHealthCheckTimeoutInSeconds`.
pub(super) const PING_TIMEOUT_SECS: i64 = 240;

/// AWS's limit for the text of an image, characters.
const IMAGE_MAX: usize = 255;

/// Copies the config of that name and its models, at the transaction's now.
pub(super) async fn take(
    context: &Context,
    tx: &mut Tx,
    world: &WorldId,
    config_name: &str,
) -> Result<Spec, Fault> {
    let found = definition::find(tx, world, Kind::EndpointConfig, config_name).await?;
    let config: ConfigBody = serde_json::from_str(&found.body).map_err(Fault::internal)?;
    if let Some(feature) = config.not_built() {
        return Err(fault::not_built(feature));
    }
    let mut variants = Vec::with_capacity(config.production_variants.len());
    for variant in &config.production_variants {
        let (id, containers) = match &variant.model_name {
            Some(name) => {
                let model = definition::find(tx, world, Kind::Model, name).await?;
                (model.id, serde_json::from_str(&model.body).map_err(Fault::internal)?)
            }
            // What is launched of it is counted for the config: it has no model.
            None => (found.id.clone(), Containers::default()),
        };
        variants.push(variant_of(context, variant, id, &containers)?);
    }
    let asynchronous = config.async_inference_config.is_some();
    let publish = config.metrics_config.as_ref().map_or_else(Publish::default, publish);
    let echo = echo_of(config)?;
    Ok(Spec { config_name: found.name, accepted_at: tx.now(), variants, asynchronous, publish, echo })
}

/// The members of a config that `DescribeEndpoint` repeats, under the names that it gives them.
fn echo_of(config: ConfigBody) -> Result<Echo, Fault> {
    let capture = config.data_capture_config.as_ref().map(capture_summary);
    echo([
        ("DataCaptureConfig", capture),
        ("AsyncInferenceConfig", config.async_inference_config),
        ("ExplainerConfig", config.explainer_config),
        ("MetricsConfig", config.metrics_config),
    ])
}

/// What a `MetricsConfig` asks for. AWS's model leaves the frequency open and its page lists a few; others are
/// taken for a minute.
fn publish(config: &Value) -> Publish {
    let default = Publish::default();
    let secs = config.get("MetricPublishFrequencyInSeconds").and_then(Value::as_int);
    let secs = secs.and_then(|secs| u32::try_from(secs).ok());
    Publish {
        enhanced: config.get("EnableEnhancedMetrics").and_then(Value::as_bool).unwrap_or(default.enhanced),
        frequency_secs: secs
            .filter(|secs| Publish::FREQUENCIES_SECS.contains(secs))
            .unwrap_or(default.frequency_secs),
    }
}

/// `DataCaptureConfigSummary`: AWS captures unless told otherwise, and here it starts at once.
fn capture_summary(config: &Value) -> Value {
    let enabled = config.get("EnableCapture").and_then(Value::as_bool).unwrap_or(true);
    let copied = |member: &str| config.get(member).cloned();
    let members = [
        ("EnableCapture", Some(Value::Bool(enabled))),
        ("CaptureStatus", Some(if enabled { "Started" } else { "Stopped" }.into())),
        ("CurrentSamplingPercentage", copied("InitialSamplingPercentage")),
        ("DestinationS3Uri", copied("DestinationS3Uri")),
        ("KmsKeyId", Some(copied("KmsKeyId").unwrap_or_else(|| "".into()))),
    ];
    Value::Map(present(members))
}

fn variant_of(
    context: &Context,
    variant: &ProductionVariant,
    model_id: String,
    containers: &Containers,
) -> Result<Variant, Fault> {
    let ping_secs = variant.container_startup_health_check_timeout_in_seconds.unwrap_or(PING_TIMEOUT_SECS);
    let behaviour = containers.behaviour(context.settings.launch_ms, ping_secs * 1000);
    let (behaviour, serving) = behaviour.map_err(Fault::internal)?;
    let instance_type = variant.instance_type.clone().unwrap_or_default();
    let images = containers.iter().filter_map(|container| container.image.as_deref());
    Ok(Variant {
        name: variant.variant_name.clone(),
        model_id,
        needs: Resources::default(),
        hosts: variant.model_name.is_none(),
        // Only inference components say how many instances they need.
        managed: variant
            .managed_instance_scaling
            .as_ref()
            .filter(|_| variant.model_name.is_none())
            .and_then(managed),
        accelerator_type: variant.accelerator_type.clone(),
        instances: variant.initial_instance_count.unwrap_or_default(),
        weight: variant.initial_variant_weight.unwrap_or(1.0),
        behaviour,
        serving,
        routing: variant.routing_config.as_ref().map_or(Routing::Random, routing),
        container: containers.name().to_owned(),
        images: images.map(image_of).collect(),
        excluded: excluded(&variant.variant_name, &instance_type, containers),
        echo: echo([
            ("ManagedInstanceScaling", variant.managed_instance_scaling.clone()),
            ("RoutingConfig", variant.routing_config.clone()),
            ("CapacityReservationConfig", variant.capacity_reservation_config.clone()),
        ])?,
        instance_type,
    })
}

/// Between what instances are managed, if they are. A most that is not named is none.
fn managed(config: &Value) -> Option<Managed> {
    let is_enabled = config.get("Status").and_then(Value::as_str) == Some("ENABLED");
    let count =
        |member: &str| config.get(member).and_then(Value::as_int).and_then(|count| u32::try_from(count).ok());
    let managed = || Managed {
        min: count("MinInstanceCount").unwrap_or(1),
        max: count("MaxInstanceCount").unwrap_or(u32::MAX),
    };
    is_enabled.then(managed)
}

/// What a `RoutingConfig` asks for. A strategy that is newer than these is taken for the plain one.
fn routing(config: &Value) -> Routing {
    match config.get("RoutingStrategy").and_then(Value::as_str) {
        Some("LEAST_OUTSTANDING_REQUESTS") => Routing::LeastOutstandingRequests,
        _ => Routing::Random,
    }
}

/// Why AWS does not run guardrails for a variant.
/// See <https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-exclusions.html>.
fn excluded(variant: &str, instance_type: &str, containers: &Containers) -> Option<String> {
    if instance_type.starts_with("ml.inf1.") {
        return Some(format!("the variant {variant} runs on {instance_type}"));
    }
    let package = containers.iter().find_map(|container| container.model_package_name.as_deref())?;
    Some(format!("the variant {variant} runs the model package {package}"))
}

/// `DeployedImage` without a registry to ask: the digest of an image is the digest of its text, so the same
/// text is the same image. One that names its digest is resolved already.
pub(super) fn image_of(specified: &str) -> Image {
    let resolved = if specified.contains('@') { specified.to_owned() } else { with_digest(specified) };
    Image { specified: specified.to_owned(), resolved }
}

fn with_digest(image: &str) -> String {
    let tag = image.rfind(':').filter(|at| !image[*at..].contains('/'));
    let hex = |text: String, byte: &u8| text + &format!("{byte:02x}");
    let digest = Sha256::digest(image).iter().fold("@sha256:".to_owned(), hex);
    let repository = image[..tag.unwrap_or(image.len())].chars();
    let repository: String = repository.take(IMAGE_MAX - digest.len()).collect();
    repository + &digest
}

fn echo<const N: usize>(members: [(&'static str, Option<Value>); N]) -> Result<Echo, Fault> {
    Ok(Echo(to_stored(&Value::Map(present(members)))?))
}

fn present<const N: usize>(members: [(&'static str, Option<Value>); N]) -> Fields {
    members.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_resolves_to_its_repository_and_the_digest_of_its_text() {
        let resolved = |text: &str| image_of(text).resolved;
        let web = resolved("registry:5000/team/web:v1");
        assert!(web.starts_with("registry:5000/team/web@sha256:"), "{web}");
        assert_eq!(web.len(), "registry:5000/team/web@sha256:".len() + 64);
        assert_ne!(web, resolved("registry:5000/team/web:v2"));
        assert!(resolved("registry:5000/team/web").starts_with("registry:5000/team/web@sha256:"));
        assert_eq!(resolved("web@sha256:abc"), "web@sha256:abc");
        assert_eq!(resolved(&"ü".repeat(255)).chars().count(), IMAGE_MAX);
    }
}

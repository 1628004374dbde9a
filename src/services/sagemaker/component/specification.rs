//! `InferenceComponentSpecification`: what a copy runs, and what it needs of an instance.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::placement::Resources;
use crate::domain::serving::Publish;
use crate::domain::variant::{Echo, Spec, Variant};
use crate::domain::world::WorldId;
use crate::fleet::behaviour::containers::{Container, Containers};
use crate::schema::{Fault, Fields, Value};
use crate::services::sagemaker::copy::{PING_TIMEOUT_SECS, image_of};
use crate::services::sagemaker::{definition, fault};
use crate::services::{Context, input, to_stored};
use crate::store::{Kind, Tx};

/// `InferenceComponentSpecification`, as far as it is looked into.
/// See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_InferenceComponentSpecification.html>.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Specification {
    model_name: Option<String>,
    container: Option<OwnContainer>,
    startup_parameters: Option<StartupParameters>,
    compute_resource_requirements: Option<Requirements>,
    base_inference_component_name: Option<String>,
    instance_type: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OwnContainer {
    image: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct StartupParameters {
    container_startup_health_check_timeout_in_seconds: Option<i64>,
}

/// `InferenceComponentComputeResourceRequirements`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Requirements {
    number_of_cpu_cores_required: Option<f64>,
    number_of_accelerator_devices_required: Option<f64>,
    min_memory_required_in_mb: u64,
}

/// Which component it is of, and where its copies run.
pub(super) struct Place<'a> {
    pub(super) name: &'a str,
    /// The variant that hosts it.
    pub(super) variant: &'a Variant,
    pub(super) publish: Publish,
}

/// Copies a specification and its model for so many copies, at the transaction's now.
pub(super) async fn take(
    context: &Context,
    tx: &mut Tx,
    world: &WorldId,
    mut value: Value,
    copies: u32,
    place: Place<'_>,
) -> Result<Spec, Fault> {
    let given: Specification = input(value.clone())?;
    given.refuse()?;
    let (name, model_id, containers) = given.model(tx, world, place.name).await?;
    let ping_secs = given.startup_parameters.as_ref();
    let ping_secs = ping_secs.and_then(|startup| startup.container_startup_health_check_timeout_in_seconds);
    let ping_ms = ping_secs.unwrap_or(PING_TIMEOUT_SECS) * 1000;
    let (behaviour, serving) =
        containers.behaviour(context.settings.launch_ms, ping_ms).map_err(Fault::validation)?;
    let needs = given.compute_resource_requirements.as_ref().map(Requirements::resources);
    let images = containers.iter().filter_map(|container| container.image.as_deref());
    // It is shown as a DeployedImage.
    in_container(&mut value, |container| drop(container.remove("Image")));
    let variant = Variant {
        name: place.variant.name.clone(),
        model_id,
        instance_type: place.variant.instance_type.clone(),
        accelerator_type: None,
        instances: copies,
        weight: 1.0,
        needs: needs.unwrap_or_default(),
        hosts: false,
        managed: None,
        behaviour,
        serving,
        routing: place.variant.routing,
        container: containers.name().to_owned(),
        images: images.map(image_of).collect(),
        excluded: None,
        echo: Echo(to_stored(&value)?),
    };
    Ok(Spec {
        config_name: name,
        accepted_at: tx.now(),
        variants: vec![variant],
        asynchronous: false,
        publish: place.publish,
        echo: Echo("{}".to_owned()),
    })
}

/// Changes the `Container` of a specification that has one.
pub(super) fn in_container(specification: &mut Value, change: impl FnOnce(&mut Fields)) {
    let Some(members) = specification.as_map_mut() else { return };
    let Some(Value::Map(mut container)) = members.remove("Container") else { return };
    change(&mut container);
    members.insert("Container", Value::Map(container));
}

impl Specification {
    fn refuse(&self) -> Result<(), Fault> {
        if self.base_inference_component_name.is_some() {
            return Err(fault::not_built("adapters (BaseInferenceComponentName)"));
        }
        if self.instance_type.is_some() {
            return Err(fault::not_built("instance pools"));
        }
        if self.compute_resource_requirements.is_none() {
            return Err(Fault::validation(
                "ComputeResourceRequirements must be specified in the Specification of an inference component.",
            ));
        }
        let has_image = self.container.as_ref().is_some_and(|container| container.image.is_some());
        match (&self.model_name, &self.container) {
            (Some(_), None) => Ok(()),
            (None, Some(_)) if has_image => Ok(()),
            (None, Some(_)) => Err(Fault::validation(
                "Image must be specified in the Container of an inference component without a ModelName.",
            )),
            _ => Err(Fault::validation(
                "Exactly one of ModelName and Container must be specified in the Specification of an inference \
                 component.",
            )),
        }
    }

    /// What it is called in a history, the identity of its model, and the containers.
    async fn model(
        &self,
        tx: &mut Tx,
        world: &WorldId,
        component: &str,
    ) -> Result<(String, String, Containers), Fault> {
        if let Some(name) = &self.model_name {
            let model = definition::find(tx, world, Kind::Model, name).await?;
            let containers = serde_json::from_str(&model.body).map_err(Fault::internal)?;
            return Ok((model.name, model.id, containers));
        }
        let container = self.container.as_ref();
        let image = container.and_then(|container| container.image.clone()).unwrap_or_default();
        let environment = container.map(|container| container.environment.clone()).unwrap_or_default();
        let only =
            Container { image: Some(image.clone()), model_package_name: None, hostname: None, environment };
        let containers = Containers { primary_container: Some(only), containers: Vec::new() };
        // The launches of a container that is no model's are counted for the component and the image.
        Ok((image.clone(), format!("{component} {image}"), containers))
    }
}

impl Requirements {
    fn resources(&self) -> Resources {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "the model has them at least 0.25"
        )]
        let thousandths = |number: Option<f64>| (number.unwrap_or(0.0) * 1000.0).round() as u64;
        Resources {
            accelerators: thousandths(self.number_of_accelerator_devices_required),
            memory_mb: self.min_memory_required_in_mb,
            cores: thousandths(self.number_of_cpu_cores_required),
        }
    }
}

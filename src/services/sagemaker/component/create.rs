//! `CreateInferenceComponent`.

use serde::Deserialize;

use super::RuntimeConfig;
use super::specification::{self, Place};
use crate::domain::component::{Host, key};
use crate::domain::endpoint::{Create, Endpoint, State};
use crate::domain::refusal::Refusal;
use crate::domain::variant::Spec;
use crate::domain::world::WorldId;
use crate::engine;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::noun::Noun;
use crate::services::sagemaker::{fault, tags};
use crate::services::{Context, input};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    inference_component_name: String,
    endpoint_name: String,
    variant_name: Option<String>,
    specification: Option<Value>,
    specifications: Option<Value>,
    runtime_config: Option<RuntimeConfig>,
}

/// The endpoint must serve, and the variant have no model of its own.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateInferenceComponent.html>
pub(in crate::services::sagemaker) async fn create(
    context: &Context,
    world: &WorldId,
    mut value: Value,
) -> Result<Value, Fault> {
    let (noun, rules) = (Noun::InferenceComponent, &context.settings.rules);
    let tags = tags::take(&mut value)?;
    let demand = tags::traffic::asked(noun, &tags)?;
    let request: Request = input(value)?;
    let (name, specification) = (request.inference_component_name.as_str(), request.specification()?);
    let taken = || fault::taken(noun, world, name);
    let mut tx = context.store.begin(world).await?;
    if engine::bring_up(&mut tx, &key(name), rules).await?.is_some() {
        return Err(taken());
    }
    let host = engine::bring_up(&mut tx, &request.endpoint_name, rules).await?;
    let host = host.ok_or_else(|| fault::missing(Noun::Endpoint, world, &request.endpoint_name))?.endpoint;
    let serving = serving(&host).map_err(|refusal| fault::refused(refusal, world, &host.name))?;
    let variant = hosting(serving, request.variant_name.as_deref())?;
    if let Some(deployment) = host.deployment() {
        // What an update takes away could not host it for long.
        hosting(&deployment.green.spec, Some(&serving.variants[variant].name))?;
    }
    let place = Place { name, variant: &serving.variants[variant], publish: serving.publish };
    let copies = request.runtime_config.map_or(1, |runtime| runtime.copy_count);
    let spec = specification::take(context, &mut tx, world, specification, copies, place).await?;
    let host = Host { endpoint: host.name.clone(), variant: spec.variants[0].name.clone() };
    let (deployment_id, host) = (tx.new_id().await?, Some(host));
    let create = Create { name: key(name), deployment_id, spec, deployment_config: None, host };
    let created = engine::create(&mut tx, create, &tags, rules).await?;
    let row = created.map_err(|refusal| fault::refused(refusal, world, &key(name)))?.ok_or_else(taken)?;
    if demand.is_some() {
        tags::traffic::begin(context, &mut tx, &row, demand).await?;
    }
    tx.commit().await?;
    context.wake(world);
    Ok(noun.arn_answer(world, name))
}

impl Request {
    fn specification(&self) -> Result<Value, Fault> {
        if self.specifications.is_some() {
            return Err(fault::not_built("instance pools"));
        }
        let missing = || Fault::validation("Specification must be specified for an inference component.");
        self.specification.clone().ok_or_else(missing)
    }
}

/// What the endpoint serves with.
fn serving(host: &Endpoint) -> Result<&Spec, Refusal> {
    match &host.state {
        State::Creating { .. } | State::Deleting { .. } => Err(Refusal::InProgress),
        State::Failed { .. } => Err(Refusal::Failed),
        _ => Ok(&host.fleets().first().expect("what serves has a fleet").spec),
    }
}

/// The place of the variant that is to host it; where the request names none, the only one.
fn hosting(serving: &Spec, named: Option<&str>) -> Result<usize, Fault> {
    let place = match named {
        Some(name) => serving.position(name).ok_or_else(|| {
            Fault::validation(format!(
                "The variant name(s) \"{name}\" is/are not present within endpoint configuration \"{}\".",
                serving.config_name
            ))
        })?,
        None if serving.variants.len() == 1 => 0,
        None => {
            let sentence =
                "VariantName must be specified for an endpoint with more than one production variant.";
            return Err(Fault::validation(sentence));
        }
    };
    let variant = &serving.variants[place];
    if variant.hosts {
        return Ok(place);
    }
    Err(Fault::validation(format!(
        "The variant \"{}\" runs a model of its own and cannot host inference components: the endpoint configuration \
         must give it no ModelName.",
        variant.name
    )))
}

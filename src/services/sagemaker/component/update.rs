//! `UpdateInferenceComponent`.

use serde::Deserialize;

use super::RuntimeConfig;
use super::specification::{self, Place};
use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::endpoint::{Command, Endpoint, Retain, Update, Verb};
use crate::domain::variant::Spec;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::fault;
use crate::services::sagemaker::hosted::{begin, finish};
use crate::services::sagemaker::noun::Noun;
use crate::services::sagemaker::watched::Watched;
use crate::services::{Context, input};
use crate::store::Tx;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    inference_component_name: String,
    specification: Option<Value>,
    specifications: Option<Value>,
    runtime_config: Option<RuntimeConfig>,
    deployment_config: Option<DeploymentConfig>,
}

/// A new specification is rolled out, a new number of copies alone is a scaling.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateInferenceComponent.html>
pub(in crate::services::sagemaker) async fn update(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    if request.specifications.is_some() {
        return Err(fault::not_built("instance pools"));
    }
    let (noun, name) = (Noun::InferenceComponent, request.inference_component_name.clone());
    let (mut tx, row) = begin(context, world, noun, &name).await?;
    let command = match (&request.specification, request.runtime_config) {
        (None, None) => {
            let sentence = "At least one of Specification and RuntimeConfig must be specified.";
            return Err(Fault::validation(sentence));
        }
        (None, Some(runtime)) => Command::Scale(runtime.of(&row.endpoint)),
        (Some(specification), _) => {
            let refused = |refusal| fault::refused(refusal, world, &row.endpoint.name);
            row.endpoint.permits(Verb::Update).map_err(refused)?;
            let update =
                request.update(context, &mut tx, world, &row.endpoint, specification.clone()).await?;
            Command::Update(Box::new(update))
        }
    };
    finish(context, world, tx, row, command).await?;
    Ok(noun.arn_answer(world, &name))
}

impl Request {
    async fn update(
        &self,
        context: &Context,
        tx: &mut Tx,
        world: &WorldId,
        component: &Endpoint,
        specification: Value,
    ) -> Result<Update, Fault> {
        // What its endpoint was updated to since it was created is what its new copies run on.
        let host = match &component.host {
            Some(host) => tx.endpoint(world, &host.endpoint).await?,
            None => None,
        };
        let fleets = host.iter().flat_map(|row| row.endpoint.fleets()).chain(component.fleets());
        let of_it = |spec: &Spec| spec.position(component.only_variant()?.name.as_str());
        let hosting = fleets.map(|fleet| &fleet.spec).find_map(|spec| Some((spec, of_it(spec)?)));
        let (spec, variant) =
            hosting.ok_or_else(|| Fault::internal(format!("{} has nothing in service", component.name)))?;
        let (variant, publish) = (&spec.variants[variant], spec.publish);
        let place = Place { name: &self.inference_component_name, variant, publish };
        let copies = self.runtime_config.map_or(0, |runtime| runtime.copy_count);
        let spec = specification::take(context, tx, world, specification, copies, place).await?;
        let watched = Watched::of(tx, world, self.deployment_config.as_ref(), component, &spec).await?;
        Ok(Update {
            deployment_id: tx.new_id().await?,
            spec,
            deployment_config: self.deployment_config.clone(),
            retain_deployment_config: false,
            // A request that says nothing of copies wants as many as there are to be.
            retain: Retain { instances: self.runtime_config.is_none(), weight: false },
            missing_alarms: watched.missing,
            warnings: watched.warnings,
        })
    }
}

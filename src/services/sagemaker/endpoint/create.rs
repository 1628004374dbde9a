//! `CreateEndpoint`.

use serde::Deserialize;

use crate::domain::deployment::config::DeploymentConfig;
use crate::domain::endpoint::Create;
use crate::domain::world::WorldId;
use crate::engine;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::noun::Noun;
use crate::services::sagemaker::{copy, fault, tags};
use crate::services::{Context, input};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CreateEndpoint {
    endpoint_name: String,
    endpoint_config_name: String,
    deployment_config: Option<DeploymentConfig>,
}

/// An endpoint whose deletion is over by now no longer holds its name.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html>
pub(in crate::services::sagemaker) async fn create(
    context: &Context,
    world: &WorldId,
    mut value: Value,
) -> Result<Value, Fault> {
    let tags = tags::take(&mut value)?;
    let demand = tags::traffic::asked(Noun::Endpoint, &tags)?;
    let CreateEndpoint { endpoint_name: name, endpoint_config_name, deployment_config } = input(value)?;
    let rules = &context.settings.rules;
    let taken = || fault::taken(Noun::Endpoint, world, &name);
    let mut tx = context.store.begin(world).await?;
    if engine::bring_up(&mut tx, &name, rules).await?.is_some() {
        return Err(taken());
    }
    let spec = copy::take(context, &mut tx, world, &endpoint_config_name).await?;
    let deployment_id = tx.new_id().await?;
    let create = Create { name: name.clone(), deployment_id, spec, deployment_config, host: None };
    let created = engine::create(&mut tx, create, &tags, rules).await?;
    let row = created.map_err(|refusal| fault::refused(refusal, world, &name))?.ok_or_else(taken)?;
    if demand.is_some() {
        tags::traffic::begin(context, &mut tx, &row, demand).await?;
    }
    tx.commit().await?;
    context.wake(world);
    Ok(Noun::Endpoint.arn_answer(world, &name))
}

//! `UpdateEndpointWeightsAndCapacities`.

use serde::Deserialize;

use crate::domain::endpoint::{Command, ScaleTarget};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::fault;
use crate::services::sagemaker::hosted::{begin, finish};
use crate::services::sagemaker::noun::Noun;
use crate::services::{Context, input};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Scale {
    endpoint_name: String,
    desired_weights_and_capacities: Vec<DesiredWeightAndCapacity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DesiredWeightAndCapacity {
    variant_name: String,
    desired_weight: Option<f64>,
    desired_instance_count: Option<u32>,
    serverless_update_config: Option<Value>,
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateEndpointWeightsAndCapacities.html>
pub(in crate::services::sagemaker) async fn scale(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let Scale { endpoint_name, desired_weights_and_capacities: wanted } = input(value)?;
    let (tx, row) = begin(context, world, Noun::Endpoint, &endpoint_name).await?;
    if wanted.iter().any(|wanted| wanted.serverless_update_config.is_some()) {
        return Err(fault::not_built("serverless variants"));
    }
    let targets = wanted.into_iter().map(|wanted| ScaleTarget {
        name: wanted.variant_name,
        weight: wanted.desired_weight,
        instances: wanted.desired_instance_count,
    });
    let answer = Noun::Endpoint.arn_answer(world, &row.endpoint.name);
    finish(context, world, tx, row, Command::Scale(targets.collect())).await?;
    Ok(answer)
}

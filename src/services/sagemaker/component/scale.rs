//! `UpdateInferenceComponentRuntimeConfig`.

use serde::Deserialize;

use super::RuntimeConfig;
use crate::domain::endpoint::Command;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::hosted::{begin, finish};
use crate::services::sagemaker::noun::Noun;
use crate::services::{Context, input};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    inference_component_name: String,
    desired_runtime_config: RuntimeConfig,
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_UpdateInferenceComponentRuntimeConfig.html>
pub(in crate::services::sagemaker) async fn scale(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let Request { inference_component_name: name, desired_runtime_config } = input(value)?;
    let noun = Noun::InferenceComponent;
    let (tx, row) = begin(context, world, noun, &name).await?;
    let targets = desired_runtime_config.of(&row.endpoint);
    finish(context, world, tx, row, Command::Scale(targets)).await?;
    Ok(noun.arn_answer(world, &name))
}

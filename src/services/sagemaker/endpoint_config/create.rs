//! `CreateEndpointConfig`.

use super::ConfigBody;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::definition;
use crate::services::{Context, input};
use crate::store::Kind;

/// Its models must exist at this moment; what happens to them later is the next `CreateEndpoint`'s business.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html>
pub(in crate::services::sagemaker) async fn create(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let config: ConfigBody = input(value.clone())?;
    if let Some(sentence) = config.refusal() {
        return Err(Fault::validation(sentence));
    }
    let mut tx = context.store.begin(world).await?;
    for model in config.models() {
        definition::find(&mut tx, world, Kind::Model, model).await?;
    }
    let answer = definition::insert(&mut tx, world, Kind::EndpointConfig, value).await?;
    tx.commit().await?;
    Ok(answer)
}

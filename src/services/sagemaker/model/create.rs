//! `CreateModel`.

use super::containers::refusal;
use crate::domain::world::WorldId;
use crate::fleet::behaviour::containers::Containers;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::definition;
use crate::services::{Context, input};
use crate::store::Kind;

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModel.html>
pub(in crate::services::sagemaker) async fn create(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let containers: Containers = input(value.clone())?;
    if let Some(sentence) = refusal(&containers) {
        return Err(Fault::validation(sentence));
    }
    let mut tx = context.store.begin(world).await?;
    let answer = definition::insert(&mut tx, world, Kind::Model, value).await?;
    tx.commit().await?;
    Ok(answer)
}

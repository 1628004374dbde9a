//! Models: what a container runs, and how its instances come up here.
//!
//! A model never changes. What this house needs of it, its containers, is read from the same text that
//! `DescribeModel` answers with.

mod containers;
mod create;
mod describe;
#[cfg(test)]
mod tests;

pub(super) use create::create;
pub(super) use describe::describe;

use super::definition;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::Context;
use crate::store::Kind;

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteModel.html>
pub(super) async fn delete(context: &Context, world: &WorldId, input: Value) -> Result<(), Fault> {
    definition::delete(context, world, Kind::Model, &input).await
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListModels.html>
pub(super) async fn list(context: &Context, world: &WorldId, input: Value) -> Result<Value, Fault> {
    super::list::definitions(context, world, Kind::Model, input).await
}

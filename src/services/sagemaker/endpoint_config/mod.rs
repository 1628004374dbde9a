//! Endpoint configs: what an endpoint is to run. A config never changes, and only a copy of it is deployed.

mod create;
#[cfg(test)]
mod tests;
mod variants;

pub(super) use create::create;
pub(super) use variants::{ConfigBody, ProductionVariant};

use super::definition;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::Context;
use crate::store::Kind;

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DescribeEndpointConfig.html>
pub(super) async fn describe(context: &Context, world: &WorldId, input: Value) -> Result<Value, Fault> {
    definition::describe(context, world, Kind::EndpointConfig, &input).await
}

/// Also a config in use can be deleted.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpointConfig.html>
pub(super) async fn delete(context: &Context, world: &WorldId, input: Value) -> Result<(), Fault> {
    definition::delete(context, world, Kind::EndpointConfig, &input).await
}

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpointConfigs.html>
pub(super) async fn list(context: &Context, world: &WorldId, input: Value) -> Result<Value, Fault> {
    super::list::definitions(context, world, Kind::EndpointConfig, input).await
}

//! Endpoints.
//!
//! What a command means is the domain's; what follows from it over time is the engine's. This room reads the
//! request, takes the copies and shows the state.

mod autoscaled;
mod create;
mod delete;
mod describe;
mod hosting;
mod scale;
#[cfg(test)]
mod tests;
mod update;

pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use describe::describe;
pub(super) use scale::scale;
pub(super) use update::update;

use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::Context;

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpoints.html>
pub(super) async fn list(context: &Context, world: &WorldId, input: Value) -> Result<Value, Fault> {
    super::list::endpoints(context, world, input).await
}

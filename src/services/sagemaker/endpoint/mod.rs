//! Endpoints: every command is one transaction, in which the endpoint is first brought to now.
//!
//! What a command means is the domain's; what follows from it over time is the engine's. This room reads the
//! request, takes the copies and shows the state.

mod autoscaled;
mod create;
mod delete;
mod describe;
mod scale;
#[cfg(test)]
mod tests;
mod update;
mod watched;

pub(super) use create::create;
pub(super) use delete::delete;
pub(super) use describe::describe;
pub(super) use scale::scale;
pub(super) use update::update;

use super::fault;
use super::noun::Noun;
use crate::domain::endpoint::Command;
use crate::domain::world::WorldId;
use crate::engine;
use crate::schema::{Fault, Value};
use crate::services::Context;
use crate::store::{EndpointRow, Tx};

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ListEndpoints.html>
pub(super) async fn list(context: &Context, world: &WorldId, input: Value) -> Result<Value, Fault> {
    super::list::endpoints(context, world, input).await
}

/// Begins a transaction and brings the endpoint of that name to its now; it must exist.
async fn begin(context: &Context, world: &WorldId, name: &str) -> Result<(Tx, EndpointRow), Fault> {
    let mut tx = context.store.begin(world).await?;
    let row = engine::bring_up(&mut tx, name, &context.settings.rules).await?;
    let row = row.ok_or_else(|| fault::missing(Noun::Endpoint, world, name))?;
    Ok((tx, row))
}

/// Has the endpoint accept the command, and commits what comes of it.
async fn finish(
    context: &Context,
    world: &WorldId,
    mut tx: Tx,
    row: EndpointRow,
    command: Command,
) -> Result<(), Fault> {
    let name = row.endpoint.name.clone();
    let accepted = engine::accept(&mut tx, row, command, &context.settings.rules).await?;
    if accepted.map_err(|refusal| fault::refused(refusal, world, &name))?.is_none() {
        return Err(Fault::internal(format!("endpoint {name} changed while its world was locked")));
    }
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

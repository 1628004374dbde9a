//! What endpoints and inference components have in common: every command is one transaction, in which the thing is first
//! brought to now.

use super::fault;
use super::noun::Noun;
use crate::domain::endpoint::Command;
use crate::domain::world::WorldId;
use crate::engine;
use crate::schema::Fault;
use crate::services::Context;
use crate::store::{EndpointRow, Tx};

/// Begins a transaction and brings the one of that name to its now; it must exist.
pub(super) async fn begin(
    context: &Context,
    world: &WorldId,
    noun: Noun,
    name: &str,
) -> Result<(Tx, EndpointRow), Fault> {
    let mut tx = context.store.begin(world).await?;
    let row = engine::bring_up(&mut tx, &noun.key(name), &context.settings.rules).await?;
    let row = row.ok_or_else(|| fault::missing(noun, world, name))?;
    Ok((tx, row))
}

/// Has it accept the command, and commits what comes of that.
pub(super) async fn finish(
    context: &Context,
    world: &WorldId,
    mut tx: Tx,
    row: EndpointRow,
    command: Command,
) -> Result<(), Fault> {
    let key = row.endpoint.name.clone();
    let accepted = Box::pin(engine::accept(&mut tx, row, command, &context.settings.rules)).await?;
    if accepted.map_err(|refusal| fault::refused(refusal, world, &key))?.is_none() {
        return Err(Fault::internal(format!("{key} changed while its world was locked")));
    }
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

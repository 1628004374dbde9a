//! `EnableRule` and `DisableRule`.

use super::bus::{self, named};
use super::rule::{Named, find};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::{Context, input};
use crate::store::Tags;
use crate::store::rule::Rule;

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EnableRule.html>
pub(super) async fn enable(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    set(context, world, value, true).await
}

/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DisableRule.html>
pub(super) async fn disable(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    set(context, world, value, false).await
}

async fn set(context: &Context, world: &WorldId, value: Value, is_enabled: bool) -> Result<(), Fault> {
    let Named { name, event_bus_name } = input(value)?;
    let bus = named(event_bus_name.as_deref(), world)?;
    let mut tx = context.store.begin(world).await?;
    bus::check(&mut tx, world, &bus).await?;
    let rule = find(&mut tx, world, &bus, &name).await?;
    tx.put_rule(&Rule { is_enabled, ..rule }, &Tags::new()).await?;
    Ok(tx.commit().await?)
}

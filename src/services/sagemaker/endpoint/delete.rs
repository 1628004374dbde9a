//! `DeleteEndpoint`.

use super::{begin, finish};
use crate::domain::endpoint::Command;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::Context;
use crate::services::sagemaker::noun::Noun;

/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteEndpoint.html>
pub(in crate::services::sagemaker) async fn delete(
    context: &Context,
    world: &WorldId,
    input: Value,
) -> Result<(), Fault> {
    let (tx, row) = begin(context, world, Noun::Endpoint.name_in(&input)?).await?;
    finish(context, world, tx, row, Command::Delete).await
}

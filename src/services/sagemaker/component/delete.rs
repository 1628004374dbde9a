//! `DeleteInferenceComponent`.

use crate::domain::endpoint::{Command, State, Verb};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::sagemaker::hosted::{begin, finish};
use crate::services::sagemaker::noun::Noun;
use crate::services::{Context, autoscaling};

/// It is deregistered from Application Auto Scaling.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_DeleteInferenceComponent.html>
pub(in crate::services::sagemaker) async fn delete(
    context: &Context,
    world: &WorldId,
    input: Value,
) -> Result<(), Fault> {
    let noun = Noun::InferenceComponent;
    let (mut tx, row) = begin(context, world, noun, noun.name_in(&input)?).await?;
    if matches!(row.endpoint.state, State::Deleting { .. }) {
        let sentence =
            format!("Inference component \"{}\" is DELETE_IN_PROGRESS already.", noun.name_in(&input)?);
        return Err(Fault::validation(sentence));
    }
    if row.endpoint.permits(Verb::Delete).is_ok() {
        autoscaling::forget_endpoint(&mut tx, &row.endpoint.name).await?;
    }
    finish(context, world, tx, row, Command::Delete).await
}

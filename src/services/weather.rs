//! What operators have put in the way of SageMaker's API: answers that are late, requests that are refused.

use super::Context;
use super::wait::wait;
use crate::domain::world::WorldId;
use crate::schema::{Call, Fault};

/// Lets a request pass, or refuses it, as the faults of the world want it.
/// <https://docs.aws.amazon.com/sagemaker/latest/APIReference/CommonErrors.html>
pub(super) async fn pass(context: &Context, world: &WorldId, call: &Call) -> Result<(), Fault> {
    let endpoint = call.input.get("EndpointName").and_then(|name| name.as_str());
    let interference = context.engine.interference(world, call.operation, endpoint).await?;
    if !interference.delay.is_zero() {
        wait(&context.engine, interference.delay).await;
    }
    if interference.throttled {
        return Err(Fault::new("ThrottlingException", "Rate exceeded", 400));
    }
    Ok(())
}

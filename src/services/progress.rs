//! Transitions that end with a request, where users of moto have asked for that.

use super::Context;
use crate::domain::world::WorldId;
use crate::schema::{Call, Fault};

/// The commands that begin a transition of an endpoint.
const COMMANDS: [&str; 4] =
    ["CreateEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities", "DeleteEndpoint"];

/// Ends the transition of an endpoint that is about to be described, if this is the look that ends it.
pub(super) async fn before(context: &Context, world: &WorldId, call: &Call) -> Result<(), Fault> {
    let endpoint = call.input.get("EndpointName").and_then(|name| name.as_str());
    match endpoint {
        Some(endpoint) if call.operation == "DescribeEndpoint" => {
            Ok(context.engine.looked_at(world, endpoint).await?)
        }
        _ => Ok(()),
    }
}

/// Ends what a command has begun, where it is to be over at once. The command itself is done whatever comes of this: who
/// describes the endpoint tries it again.
pub(super) async fn after(context: &Context, world: &WorldId, operation: &str) {
    if COMMANDS.contains(&operation)
        && let Err(error) = context.engine.commanded(world).await
    {
        tracing::warn!(operation, %error, "a transition that was to end at once has not ended");
    }
}

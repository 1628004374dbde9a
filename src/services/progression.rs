//! Transitions that end with a request, where users of moto have asked for that.

use super::Context;
use crate::domain::world::WorldId;
use crate::schema::{Call, Fault};

/// The commands that begin a transition of an endpoint.
const COMMANDS: [&str; 4] =
    ["CreateEndpoint", "UpdateEndpoint", "UpdateEndpointWeightsAndCapacities", "DeleteEndpoint"];

/// The endpoint that a call is about.
fn endpoint(call: &Call) -> Option<&str> {
    call.input.get("EndpointName").and_then(|name| name.as_str())
}

/// Ends the transition of an endpoint that is about to be described, if this is the look that ends it.
pub(super) async fn before_describe(context: &Context, world: &WorldId, call: &Call) -> Result<(), Fault> {
    match endpoint(call) {
        Some(endpoint) if call.operation == "DescribeEndpoint" => {
            Ok(context.engine.before_describe(world, endpoint).await?)
        }
        _ => Ok(()),
    }
}

/// The endpoint in whose transition a call will result.
pub(super) fn commanded(call: &Call) -> Option<String> {
    endpoint(call).filter(|_| COMMANDS.contains(&call.operation)).map(str::to_owned)
}

/// Ends what a command has begun, where it is to be over at once. The command itself is done whatever comes of this: who
/// describes the endpoint tries it again.
pub(super) async fn after_command(context: &Context, world: &WorldId, endpoint: &str) {
    if let Err(error) = context.engine.after_command(world, endpoint).await {
        tracing::warn!(endpoint, %error, "a transition that was to end at once has not ended");
    }
}

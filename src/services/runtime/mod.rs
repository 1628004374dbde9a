//! Amazon SageMaker Runtime: requests to endpoints.
//!
//! Where a request goes and what comes of it is the engine's arithmetic; here it gets AWS's words, and here
//! its caller waits for as long as the model's latency is in real time. Nothing is written: a client that
//! goes away while it waits was counted when it came, and that is all there is to undo.

use super::operations;

mod endpoint_result;
mod faults;
mod invoke_endpoint;
#[cfg(test)]
mod tests;

operations! {
    "InvokeEndpoint" => invoke_endpoint::invoke_endpoint,
}

//! Where a call runs: in a task of its own, or in that of its connection. A panic in it is a failure of this
//! one request either way.

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tracing::Instrument;

use super::Services;
use crate::schema::{Call, Fault, Value};

type Outcome = Result<Option<Value>, Fault>;

/// In a task of its own: it comes to its end even when the client goes away.
pub async fn in_a_task<S: Services>(services: Arc<S>, call: Call) -> Outcome {
    let task = tokio::spawn(async move { services.call(call).await }.in_current_span());
    task.await.unwrap_or_else(|error| Err(Fault::internal(error)))
}

/// Where it is asked: an invocation leaves nothing half done, so it may end with its client, and a task would
/// cost as much as the call itself.
pub async fn in_place(call: impl Future<Output = Outcome>) -> Outcome {
    let mut call = pin!(call);
    poll_fn(|context| {
        let polled = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context)));
        polled.unwrap_or_else(|_| Poll::Ready(Err(Fault::internal("the call panicked"))))
    })
    .await
}

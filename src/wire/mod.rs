//! The wire: from bytes to a [`Call`] and from its answer to bytes, as AWS's own clients expect them.
//!
//! One port serves every service. A request is recognised by its marks, never by its host
//! (`request`); it is decoded and checked by the model of its service, given to [`Services`], and the
//! answer goes back in the envelope of the request's protocol (`protocol`). Whatever comes in, an answer
//! goes out: a defect behind the wire is an `InternalFailure` with the id under which it was logged.
//!
//! This room knows protocols; it does not know what an operation does, nor where anything is stored.

mod body;
mod caller;
mod execute;
mod faults;
mod http;
mod input;
mod protocol;
mod query;
mod reply;
mod request;
mod rest_json;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{Response, request::Parts};
use bytes::Bytes;

use crate::door::Door;
use crate::schema::{Call, Fault, ServiceId, Value, Violation};
use body::Unread;
use caller::Caller;
use protocol::Protocol;
use reply::Reply;
use request::Recognised;

pub use http::{HEADER_READ_TIMEOUT, Handle, serve};

/// What stands behind the wire: the operations that are built.
pub trait Services: Send + Sync + 'static {
    /// Whether `operation` of `service` is built; where not, the wire answers 501 by itself.
    fn implements(&self, service: ServiceId, operation: &str) -> bool;

    /// What is said of an input that its shape refuses.
    fn refusal(&self, _: ServiceId, _operation: &str, _input: &Value, violations: &[Violation<'_>]) -> Fault {
        Fault::violations(violations)
    }

    /// Executes one valid request. `None` is the answer of an operation without output.
    fn call(&self, call: Call) -> impl Future<Output = Result<Option<Value>, Fault>> + Send;
}

/// Everything that is not asked of another path is asked of AWS, by whom the door lets in.
pub fn router<S: Services>(services: Arc<S>, door: Door) -> Router {
    Router::new().fallback(respond::<S>).with_state((services, door))
}

async fn respond<S: Services>(
    State((services, door)): State<(Arc<S>, Door)>,
    request: Request,
) -> Response<Body> {
    let request_id = uuid::Uuid::new_v4().hyphenated().to_string();
    let (parts, body) = request.into_parts();
    if let Err(outside) = door.admit(&parts.uri, &parts.headers) {
        let fault = Fault::new("AccessDeniedException", outside.to_string(), 403);
        return request::protocol_of(&parts).fault(None, &fault).send(&request_id);
    }
    let reply = match body::read(body, request::most_bytes(&parts)).await {
        Ok(body) => answer(services, parts, &body, &request_id).await,
        Err(unread) => match (request::protocol_of(&parts), unread) {
            (Protocol::RestJson, Unread::TooLarge(most)) => rest_json::too_large(most),
            (protocol, unread) => protocol.fault(None, &unread.fault()),
        },
    };
    reply.send(&request_id)
}

async fn answer<S: Services>(services: Arc<S>, parts: Parts, body: &Bytes, request_id: &str) -> Reply {
    let recognised = match request::recognise(&parts, body) {
        Ok(recognised) => recognised,
        Err(reply) => return reply,
    };
    let Recognised { protocol, service, operation, .. } = recognised;
    let outcome = match input::valid(services.as_ref(), &recognised, &parts, body) {
        Ok(input) => {
            let Caller { account, region } = Caller::of(&parts);
            let (service, operation) = (service.id, operation.name);
            let call = Call { service, operation, input, account, region, request_id: request_id.into() };
            match protocol {
                Protocol::RestJson => execute::in_place(services.call(call)).await,
                _ => execute::in_a_task(services, call).await,
            }
        }
        Err(fault) => Err(fault),
    };
    let replied = outcome.and_then(|answer| {
        protocol.answer(service, operation, answer.as_ref(), request_id).map_err(Fault::internal)
    });
    replied.unwrap_or_else(|fault| {
        if let Some(cause) = &fault.cause {
            let operation = operation.name;
            tracing::error!(request_id, service = service.id.name(), operation, cause, "a request failed");
        }
        protocol.fault(Some((service, Some(operation))), &fault)
    })
}

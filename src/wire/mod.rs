//! The wire: from bytes to a [`Call`] and from its answer to bytes, as AWS's own clients expect them.
//!
//! One port serves every service. A request is recognised by its marks, never by its host
//! (`request`); it is decoded and checked by the model of its service, given to [`Services`], and the
//! answer goes back in the envelope of the request's protocol (`protocol`). Whatever comes in, an answer
//! goes out: a defect behind the wire is an `InternalFailure` with the id under which it was logged.
//!
//! This room knows protocols; it does not know what an operation does, nor where anything is stored.

mod aws_json;
mod caller;
mod http;
mod protocol;
mod query;
mod reply;
mod request;
mod rpc_cbor;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::http::request::Parts;
use http_body_util::{BodyExt, Collected, LengthLimitError, Limited};
use uuid::Uuid;

use crate::schema::{Call, Fault, ServiceId, Value, decode_form, decode_json, validate};
use caller::Caller;
use protocol::Protocol;
use reply::Reply;
use request::{Recognised, protocol_of, recognise};

pub use http::{HEADER_READ_TIMEOUT, Handle, serve};

/// What stands behind the wire: the operations that are built.
pub trait Services: Send + Sync + 'static {
    /// Whether `operation` of `service` is built; where not, the wire answers 501 by itself.
    fn implements(&self, service: ServiceId, operation: &str) -> bool;

    /// Is told of an input that its shape refuses; the client has its answer without it.
    fn refused(&self, _service: ServiceId, _operation: &str, _input: &Value) {}

    /// Executes one valid request. `None` is the answer of an operation without output.
    fn call(&self, call: Call) -> impl Future<Output = Result<Option<Value>, Fault>> + Send;
}

/// The largest body taken: the control plane's own limit, and room for a thousand model containers.
pub const MOST_BYTES: usize = 1 << 20;

/// Everything that is not asked of another path is asked of AWS.
pub fn router<S: Services>(services: Arc<S>) -> Router {
    Router::new().fallback(respond::<S>).with_state(services)
}

async fn respond<S: Services>(State(services): State<Arc<S>>, request: Request) -> Response<Body> {
    let request_id = Uuid::new_v4().hyphenated().to_string();
    let (parts, body) = request.into_parts();
    let reply = match read(body).await {
        Ok(body) => answer(services, parts, &body, &request_id).await,
        Err(fault) => protocol_of(&parts).fault(None, &fault),
    };
    reply.send(&request_id)
}

async fn read(body: Body) -> Result<axum::body::Bytes, Fault> {
    let collected = Limited::new(body, MOST_BYTES).collect().await;
    collected.map(Collected::to_bytes).map_err(|error| {
        if error.is::<LengthLimitError>() {
            let sentence = format!("The request body is larger than {MOST_BYTES} bytes.");
            Fault::new("RequestEntityTooLargeException", sentence, 413)
        } else {
            Fault::new("IncompleteBody", "The request body could not be read to its end.", 400)
        }
    })
}

async fn answer<S: Services>(services: Arc<S>, parts: Parts, body: &[u8], request_id: &str) -> Reply {
    let recognised = match recognise(&parts, body) {
        Ok(recognised) => recognised,
        Err(reply) => return reply,
    };
    let Recognised { protocol, service, operation, .. } = recognised;
    let outcome = match input(services.as_ref(), &recognised, body) {
        Ok(input) => {
            let Caller { account, region } = Caller::of(&parts);
            let (service, operation) = (service.id, operation.name);
            execute(
                services,
                Call { service, operation, input, account, region, request_id: request_id.into() },
            )
            .await
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

/// The valid input of a request, or what is wrong with it.
fn input<S: Services>(services: &S, recognised: &Recognised, body: &[u8]) -> Result<Value, Fault> {
    let Recognised { protocol, service, operation, parameters, encoding } = recognised;
    if !services.implements(service.id, operation.name) {
        return Err(Fault::not_implemented(service.id, operation.name));
    }
    if let Some(encoding) = encoding {
        let sentence = format!("sagebrush does not read bodies with the content encoding {encoding}.");
        return Err(Fault::new("UnsupportedMediaTypeException", sentence, 415));
    }
    let input = match protocol {
        Protocol::Query => {
            let pairs = parameters.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            decode_form(service, operation.input, pairs)?
        }
        _ => decode_json(service, operation.input, body)?,
    };
    let checked = operation.input.map_or(Ok(()), |shape| validate(service, shape, &input));
    checked.inspect_err(|_| services.refused(service.id, operation.name, &input))?;
    Ok(input)
}

/// Executes a call in a task of its own: it comes to its end even when the client goes away, and a panic
/// in it is a failure of this one request.
async fn execute<S: Services>(services: Arc<S>, call: Call) -> Result<Option<Value>, Fault> {
    let task = tokio::spawn(async move { services.call(call).await });
    task.await.unwrap_or_else(|error| Err(Fault::internal(error)))
}

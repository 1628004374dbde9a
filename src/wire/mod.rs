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
mod respond;
mod rest_json;
mod upstream;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;

use crate::door::Door;
use crate::schema::{Call, Fault, Operation, Service, ServiceId, Value, Violation};

pub use http::{HEADER_READ_TIMEOUT, Handle, serve};
pub use upstream::Upstream;

/// What stands behind the wire: the operations that are built.
pub trait Services: Send + Sync + 'static {
    /// Whether `operation` of `service` is built; where not, the wire answers 501 by itself.
    fn implements(&self, service: ServiceId, operation: &str) -> bool;

    /// What is said of an input that its shape refuses.
    fn refusal(&self, _: ServiceId, _operation: &str, _input: &Value, violations: &[Violation<'_>]) -> Fault {
        Fault::violations(violations)
    }

    /// Hears of every answer: what was asked, where that could be told, the code, and how long the answer took.
    fn answered(&self, _: Option<Asked>, _code: &str, _took: Duration) {}

    /// Executes one valid request. `None` is the answer of an operation without output.
    fn call(&self, call: Call) -> impl Future<Output = Result<Option<Value>, Fault>> + Send;
}

/// Everything that is not asked of another path is asked of AWS, by whom the door lets in. What is for a service that is
/// not served here is the upstream's.
pub fn router<S: Services>(services: Arc<S>, door: Door, upstream: Upstream) -> Router {
    Router::new().fallback(respond::respond::<S>).with_state((services, door, upstream))
}

/// The operation that a request names, and its service.
pub type Asked = (&'static Service, &'static Operation);

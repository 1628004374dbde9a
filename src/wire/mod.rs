//! The wire: from bytes to a [`Call`] and from its answer to bytes, as AWS's own clients expect them.
//!
//! One port serves every service. A request is recognised by its marks, never by its host. This room
//! knows protocols; it does not know what an operation does, nor where anything is stored.

use std::future::Future;

use crate::schema::{Call, Fault, ServiceId, Value};

/// What stands behind the wire: the operations that are built.
pub trait Services: Send + Sync + 'static {
    /// Whether `operation` of `service` is built; where not, the wire answers 501 by itself.
    fn implements(&self, service: ServiceId, operation: &str) -> bool;

    /// Executes one valid request. `None` is the answer of an operation without output.
    fn call(&self, call: Call) -> impl Future<Output = Result<Option<Value>, Fault>> + Send;
}

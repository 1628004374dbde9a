//! restJson1: an answer in the parts of an HTTP response, a fault as JSON with its code in a header.

use axum::http::{HeaderName, StatusCode};

use super::faults;
use super::protocol::Asked;
use super::reply::Reply;
use crate::schema::{Error, ErrorFacts, Fault, Operation, Service, Value, encode_http};

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const JSON: &str = "application/json";

/// A success. A payload goes out as the bytes that the operation gave; it has the content type that the
/// answer names, else none in particular.
pub fn answer(service: &Service, operation: &Operation, answer: Option<&Value>) -> Result<Reply, Error> {
    let encoded = encode_http(service, operation, answer)?;
    let content_type = if encoded.is_payload { "application/octet-stream" } else { JSON };
    let mut reply = Reply::new(operation.status, content_type, encoded.body);
    reply.headers = encoded.headers;
    Ok(reply)
}

/// A fault. A service that declares `ValidationError` means by it what others call `ValidationException`.
pub fn fault(asked: Option<Asked<'_>>, fault: &Fault, declared: Option<&ErrorFacts>) -> Reply {
    let own = asked.and_then(|(service, operation)| service.declared_error(operation?, "ValidationError"));
    let (code, declared) = match own {
        Some(_) if fault.code == "ValidationException" => ("ValidationError", own),
        _ => (fault.code.as_ref(), declared),
    };
    let status = declared.and_then(|facts| facts.status).unwrap_or(fault.status);
    let mut reply = Reply::new(status, JSON, faults::json(&faults::members(None, fault, declared)));
    reply.header(ERROR_TYPE, code);
    reply
}

/// A body beyond the limit does not reach the service; the front door says so in plain text.
pub fn too_large(most: usize) -> Reply {
    let sentence = format!("HTTP content length exceeded {most} bytes.");
    Reply::new(StatusCode::PAYLOAD_TOO_LARGE.as_u16(), "text/plain", sentence.into_bytes())
}

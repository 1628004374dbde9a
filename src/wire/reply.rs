//! An answer as bytes: status, content type, body, and the few headers that AWS sends.
//!
//! The set of headers is exact: the id of the request, the content type (also of an empty body), and what
//! HTTP itself adds, the length and the date. Nothing else unless a protocol wants it.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use bytes::Bytes;

/// The content type of awsQuery.
pub const XML: &str = "text/xml";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// An answer before it has the id of its request.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    content_type: &'static str,
    body: Bytes,
    /// What follows the id of the request, where the body ends with it.
    pub after_request_id: Option<&'static str>,
    /// Headers beyond the usual ones, or in the place of one.
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl Reply {
    /// An answer with a body.
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self { status, content_type, body: body.into(), after_request_id: None, headers: Vec::new() }
    }

    /// A method that no operation has.
    pub fn not_post() -> Self {
        let body = "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be \
                    authorized</Message>\n</AccessDeniedException>\n";
        Self::new(403, XML, body)
    }

    /// A content type that the service does not take.
    pub fn unknown_operation_xml() -> Self {
        Self::new(404, XML, "<UnknownOperationException/>\n")
    }

    /// `application/json` belongs to an older protocol, in which every fault is a success.
    pub fn old_rpc(body_is_json: bool) -> Self {
        let body = if body_is_json {
            r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":null},"Version":"1.0"}"#
        } else {
            r#"{"Output":{"__type":"com.amazon.coral.service#SerializationException","Message":null},"Version":"1.0"}"#
        };
        Self::new(200, "application/json", body)
    }

    /// Its HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Adds a header; a text that no header can carry is left out.
    pub fn header(&mut self, name: HeaderName, text: &str) {
        if let Ok(value) = HeaderValue::from_str(text) {
            self.headers.push((name, value));
        }
    }

    /// The answer to the request of that id.
    pub fn send(mut self, request_id: &str) -> Response<Body> {
        if let Some(after) = self.after_request_id {
            self.body = [&self.body, request_id.as_bytes(), after.as_bytes()].concat().into();
        }
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.extend(self.headers.into_iter().map(|(name, value)| (Some(name), value)));
        response
    }
}

//! The envelopes: how each protocol carries an answer and a fault.
//!
//! A [`Fault`] knows its code and its sentence. What its member is called, which status it has and which
//! code the old protocol knew it by is read from the errors that the operation declares; errors that
//! every service knows are declared by none.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::reply::{Reply, XML};
use super::{aws_json, query, rpc_cbor};
use crate::schema::{Error, Fault, Operation, Service, Value, encode_json};

/// The version of awsJson: its content type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JsonVersion {
    /// `application/x-amz-json-1.0`
    V1_0,
    /// `application/x-amz-json-1.1`
    V1_1,
}

impl JsonVersion {
    /// `1.0` or `1.1`, as the models write it.
    pub fn number(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
        }
    }

    /// The version that a content type names.
    pub fn of_media_type(media: &str) -> Option<Self> {
        [Self::V1_0, Self::V1_1].into_iter().find(|version| version.content_type() == media)
    }

    fn content_type(self) -> &'static str {
        match self {
            Self::V1_0 => "application/x-amz-json-1.0",
            Self::V1_1 => "application/x-amz-json-1.1",
        }
    }
}

/// How a request speaks, and is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// JSON with the operation in a header.
    AwsJson {
        /// Which content type.
        version: JsonVersion,
        /// Whether the client wants the error codes of awsQuery beside those of JSON.
        query_mode: bool,
    },
    /// A form in, XML out.
    Query,
    /// JSON with the operation in the path.
    RestJson,
    /// CBOR. It is refused, in its own form.
    Cbor,
}

const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const SMITHY_PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");

/// The service that was asked and, where it got that far, its operation.
pub type Asked<'m> = (&'m Service, Option<&'m Operation>);

impl Protocol {
    /// awsJson as these headers want it answered.
    pub fn json(version: JsonVersion, headers: &HeaderMap) -> Self {
        let wish = headers.get("x-amzn-query-mode");
        Self::AwsJson { version, query_mode: wish.is_some_and(|wish| wish == "true") }
    }

    /// A success.
    pub fn answer(
        self,
        service: &Service,
        operation: &Operation,
        answer: Option<&Value>,
        request_id: &str,
    ) -> Result<Reply, Error> {
        match self {
            Self::AwsJson { version, .. } => {
                Ok(Reply::new(200, version.content_type(), encode_json(service, operation.output, answer)?))
            }
            Self::RestJson => {
                Ok(Reply::new(200, "application/json", encode_json(service, operation.output, answer)?))
            }
            Self::Query => {
                Ok(Reply::new(200, XML, query::answer_body(service, operation, answer, request_id)?))
            }
            Self::Cbor => Err(serde::ser::Error::custom("a request in CBOR is never answered with success")),
        }
    }

    /// A fault. The id of the request is put in by [`Reply::send`] where the body carries it.
    pub fn fault(self, asked: Option<Asked<'_>>, fault: &Fault) -> Reply {
        let declared =
            asked.and_then(|(service, operation)| service.declared_error(operation?, fault.code.as_ref()));
        let service = asked.map(|(service, _)| service);
        match self {
            Self::AwsJson { version, query_mode } => {
                let speaks_query = service.is_some_and(|service| service.query_compatible);
                let status = match declared.and_then(|facts| facts.status) {
                    Some(_) if speaks_query && !query_mode => 400,
                    status => status.unwrap_or(fault.status),
                };
                let kind =
                    service.map_or_else(String::new, |service| aws_json::namespace(service, fault, declared));
                let body = aws_json::fault_body(Some(&format!("{kind}{}", fault.code)), fault, declared);
                let mut reply = Reply::new(status, version.content_type(), body);
                if speaks_query && query_mode {
                    let codes =
                        format!("{};{}", query::query_code(fault, declared), query::blame(fault, declared));
                    reply.header(QUERY_ERROR, &codes);
                }
                reply
            }
            Self::Query => query::fault_reply(service, fault, declared),
            Self::RestJson => {
                let status = declared.and_then(|facts| facts.status).unwrap_or(fault.status);
                let body = aws_json::fault_body(None, fault, declared);
                let mut reply = Reply::new(status, "application/json", body);
                reply.header(ERROR_TYPE, &fault.code);
                reply
            }
            Self::Cbor => {
                let mut reply = Reply::new(fault.status, "application/cbor", rpc_cbor::fault_body(fault));
                reply.headers.push((SMITHY_PROTOCOL, HeaderValue::from_static("rpc-v2-cbor")));
                reply
            }
        }
    }
}

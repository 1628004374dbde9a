//! The envelopes: how each protocol carries an answer and a fault.
//!
//! A [`Fault`] knows its code and its sentence. What its member is called, which status it has and which
//! code the old protocol knew it by is read from the errors that the operation declares; errors that
//! every service knows are declared by none.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::reply::{Reply, XML};
use super::{faults, query, rest_json};
use crate::schema::{
    Error, ErrorFacts, Fault, Operation, Service, Value, encode_cbor, encode_json, plain_cbor,
};

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
    /// Address, headers and payload in, the same out; faults in JSON.
    RestJson,
    /// CBOR with the operation in the path.
    Cbor {
        /// As for awsJson.
        query_mode: bool,
    },
}

const QUERY_ERROR: HeaderName = HeaderName::from_static("x-amzn-query-error");
const SMITHY_PROTOCOL: HeaderName = HeaderName::from_static("smithy-protocol");

const CBOR: &str = "application/cbor";

/// The service that was asked and, where it got that far, its operation.
pub type Asked<'m> = (&'m Service, Option<&'m Operation>);

impl Protocol {
    /// awsJson as these headers want it answered.
    pub fn json(version: JsonVersion, headers: &HeaderMap) -> Self {
        Self::AwsJson { version, query_mode: wants_query_mode(headers) }
    }

    /// rpcv2Cbor as these headers want it answered.
    pub fn cbor(headers: &HeaderMap) -> Self {
        Self::Cbor { query_mode: wants_query_mode(headers) }
    }

    /// A success.
    pub fn answer(
        self,
        service: &Service,
        operation: &Operation,
        answer: Option<&Value>,
        request_id: &str,
    ) -> Result<Reply, Error> {
        Ok(match self {
            Self::AwsJson { version, .. } => {
                Reply::new(200, version.content_type(), encode_json(service, operation.output, answer)?)
            }
            Self::Query => Reply::new(200, XML, query::answer_body(service, operation, answer, request_id)?),
            Self::RestJson => rest_json::answer(service, operation, answer)?,
            Self::Cbor { .. } => cbor(200, encode_cbor(service, operation.output, answer)?),
        })
    }

    /// A fault. The id of the request is put in by [`Reply::send`] where the body carries it.
    pub fn fault(self, asked: Option<Asked<'_>>, fault: &Fault) -> Reply {
        let declared =
            asked.and_then(|(service, operation)| service.declared_error(operation?, fault.code.as_ref()));
        let service = asked.map(|(service, _)| service);
        let kind = || {
            let space =
                service.map_or_else(String::new, |service| faults::namespace(service, fault, declared));
            Some(space + &fault.code)
        };
        match self {
            Self::AwsJson { version, query_mode } => {
                let body = faults::json(&faults::members(kind(), fault, declared));
                let status = status(service, fault, declared, query_mode);
                let reply = Reply::new(status, version.content_type(), body);
                with_query_code(reply, service, fault, declared, query_mode)
            }
            Self::Cbor { query_mode } => {
                let body = plain_cbor(&faults::members(kind(), fault, declared));
                let reply = cbor(status(service, fault, declared, query_mode), body);
                with_query_code(reply, service, fault, declared, query_mode)
            }
            Self::Query => query::fault_reply(service, fault, declared),
            Self::RestJson => rest_json::fault(asked, fault, declared),
        }
    }
}

fn wants_query_mode(headers: &HeaderMap) -> bool {
    headers.get("x-amzn-query-mode").is_some_and(|wish| wish == "true")
}

fn cbor(status: u16, body: Vec<u8>) -> Reply {
    let mut reply = Reply::new(status, CBOR, body);
    reply.headers.push((SMITHY_PROTOCOL, HeaderValue::from_static("rpc-v2-cbor")));
    reply
}

fn speaks_query(service: Option<&Service>) -> bool {
    service.is_some_and(|service| service.query_compatible)
}

/// A service that came from awsQuery gives its old statuses only to those who ask for the old codes.
fn status(service: Option<&Service>, fault: &Fault, declared: Option<&ErrorFacts>, query_mode: bool) -> u16 {
    match declared.and_then(|facts| facts.status) {
        Some(_) if speaks_query(service) && !query_mode => 400,
        status => status.unwrap_or(fault.status),
    }
}

fn with_query_code(
    mut reply: Reply,
    service: Option<&Service>,
    fault: &Fault,
    declared: Option<&ErrorFacts>,
    query_mode: bool,
) -> Reply {
    if speaks_query(service) && query_mode {
        let codes = format!("{};{}", query::query_code(fault, declared), query::blame(fault, declared));
        reply.header(QUERY_ERROR, &codes);
    }
    reply
}

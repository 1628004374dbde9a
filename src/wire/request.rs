//! What a request is: the service, the operation and the protocol, told from its marks alone.
//!
//! The order is AWS's: method and content type, then whether the body is JSON, then the target. Scopes
//! and hosts decide nothing, because one scope stands for two services and a client may use any host.
//! What does not even reach a service is answered here, in the words of AWS's front door.

use std::borrow::Cow;

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::body::{self, MOST_BYTES};
use super::protocol::{JsonVersion, Protocol};
use super::reply::Reply;
use crate::schema::{Fault, Kind, Operation, Service, ServiceId, is_json, service};

/// A request that names an operation of a known service.
pub struct Recognised<'r> {
    /// How it speaks, and wants to be answered.
    pub protocol: Protocol,
    /// The service's model.
    pub service: &'static Service,
    /// The operation.
    pub operation: &'static Operation,
    /// The parameters, where they come as a form.
    pub parameters: Vec<(String, String)>,
    /// What stands in the address, where the operation is named there; percent-encoded.
    pub label: &'r str,
}

/// The protocol in which to complain of a request whose body was not read.
pub fn protocol_of(parts: &Parts) -> Protocol {
    let headers = &parts.headers;
    match media_type(headers) {
        _ if headers.contains_key(SMITHY_PROTOCOL) => Protocol::cbor(headers),
        _ if invoked(parts).is_some() => Protocol::RestJson,
        FORM => Protocol::Query,
        "application/x-amz-json-1.0" => Protocol::json(JsonVersion::V1_0, headers),
        _ => Protocol::json(JsonVersion::V1_1, headers),
    }
}

/// How large the body of a request may be: as large as the model says of a payload.
pub fn most_bytes(parts: &Parts) -> usize {
    let runtime = service(ServiceId::SageMakerRuntime);
    let input = invoked(parts).and_then(|(operation, _)| Some(runtime.shape(operation.input?)));
    let payload = input.and_then(|input| Some(&runtime.shape(input.payload()?.shape).kind));
    match payload {
        Some(Kind::Blob { length }) => length.max.and_then(|most| usize::try_from(most).ok()),
        _ => None,
    }
    .unwrap_or(MOST_BYTES)
}

/// The encoding of a body, where it has one.
pub fn encoding(headers: &HeaderMap) -> Option<&str> {
    header(headers, CONTENT_ENCODING.as_str()).filter(|name| *name != "identity")
}

const FORM: &str = "application/x-www-form-urlencoded";
const SMITHY_PROTOCOL: &str = "smithy-protocol";
const TARGET: &str = "x-amz-target";

/// Recognises a request, or answers it at once.
pub fn recognise<'r>(parts: &'r Parts, body: &[u8]) -> Result<Recognised<'r>, Reply> {
    let headers = &parts.headers;
    if let Some((operation, label)) = invoked(parts) {
        let named = recognised(Protocol::RestJson, service(ServiceId::SageMakerRuntime), operation);
        return Ok(Recognised { label, ..named });
    }
    if let Some(protocol) = header(headers, SMITHY_PROTOCOL) {
        return by_service_path(parts, protocol, body);
    }
    if let Some(target) = header(headers, TARGET) {
        return by_target(parts, target, body);
    }
    let query = parts.uri.query().unwrap_or_default();
    let is_form = parts.method == Method::POST && media_type(headers) == FORM;
    if is_form || has_action(query) {
        let form = if is_form { form(headers, body)? } else { Cow::Borrowed(&[][..]) };
        let parameters = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(&form));
        return by_action(parameters.map(|(name, text)| (name.into(), text.into())).collect());
    }
    if parts.method != Method::POST {
        return Err(Reply::not_post());
    }
    match media_type(headers) {
        "application/json" => Err(Reply::old_rpc(is_json(body))),
        "application/x-amz-json-1.1" => {
            Err(unknown_operation(Protocol::json(JsonVersion::V1_1, headers), body))
        }
        "application/x-amz-json-1.0" => {
            Err(unknown_operation(Protocol::json(JsonVersion::V1_0, headers), body))
        }
        _ => Err(Reply::unknown_operation_xml()),
    }
}

fn recognised<'r>(
    protocol: Protocol,
    service: &'static Service,
    operation: &'static Operation,
) -> Recognised<'r> {
    Recognised { protocol, service, operation, parameters: Vec::new(), label: "" }
}

/// A form names its operation inside, so it is inflated before anybody knows whether it may be compressed.
fn form<'b>(headers: &HeaderMap, body: &'b [u8]) -> Result<Cow<'b, [u8]>, Reply> {
    match encoding(headers) {
        Some("gzip") => {
            let inflated = body::inflate(body).map_err(|fault| Protocol::Query.fault(None, &fault))?;
            Ok(Cow::Owned(inflated.into()))
        }
        _ => Ok(Cow::Borrowed(body)),
    }
}

/// rpcv2Cbor: `/service/GraniteServiceVersion20100801/operation/DescribeAlarms`, under any prefix.
fn by_service_path<'r>(parts: &Parts, protocol: &str, body: &[u8]) -> Result<Recognised<'r>, Reply> {
    let answer = Protocol::cbor(&parts.headers);
    let refused =
        |code, sentence: String, status| Err(answer.fault(None, &Fault::new(code, sentence, status)));
    if protocol != "rpc-v2-cbor" {
        let sentence = format!(
            "sagebrush does not speak the protocol {protocol}; use rpc-v2-cbor, awsJson (X-Amz-Target) or \
             awsQuery (Action)."
        );
        return Err(answer.fault(None, &Fault::unsupported(sentence)));
    }
    if parts.method != Method::POST {
        return Err(Reply::not_post());
    }
    let mut steps = parts.uri.path().rsplit('/');
    let (operation, literal, name, kind) = (steps.next(), steps.next(), steps.next(), steps.next());
    let (Some(operation), Some("operation"), Some(name), Some("service")) = (operation, literal, name, kind)
    else {
        let sentence = "The path of a request by rpc-v2-cbor ends with /service/SERVICE/operation/OPERATION.";
        return refused("UnknownOperationException", sentence.to_owned(), 400);
    };
    let found = ServiceId::ALL.into_iter().map(service).find(|service| service.target_prefix == Some(name));
    let Some(service) = found.filter(|service| service.speaks_cbor) else {
        let sentence = format!("The service {name} is not asked by rpc-v2-cbor; use awsJson (X-Amz-Target).");
        return refused("UnknownOperationException", sentence, 400);
    };
    let Some(operation) = service.operation(operation) else {
        return Err(answer.fault(None, &Fault::bare("UnknownOperationException", 400)));
    };
    if !body.is_empty() && media_type(&parts.headers) != "application/cbor" {
        let sentence = "The content type of a request by rpc-v2-cbor is application/cbor.";
        return refused("UnsupportedMediaTypeException", sentence.to_owned(), 415);
    }
    Ok(recognised(answer, service, operation))
}

/// awsJson: `X-Amz-Target: SageMaker.CreateModel`.
fn by_target<'r>(parts: &Parts, target: &str, body: &[u8]) -> Result<Recognised<'r>, Reply> {
    if parts.method != Method::POST {
        return Err(Reply::not_post());
    }
    let (prefix, operation) = target.split_once('.').unwrap_or((target, ""));
    let found = ServiceId::ALL.into_iter().map(service).find(|service| service.target_prefix == Some(prefix));
    let media = media_type(&parts.headers);
    if media == "application/json" {
        return Err(Reply::old_rpc(is_json(body)));
    }
    let version = JsonVersion::of_media_type(media).ok_or_else(Reply::unknown_operation_xml)?;
    let protocol = Protocol::json(version, &parts.headers);
    let Some(service) = found else { return Err(unknown_operation(protocol, body)) };
    if service.json_version != Some(version.number()) {
        return Err(Reply::unknown_operation_xml());
    }
    match service.operation(operation) {
        Some(operation) => Ok(recognised(protocol, service, operation)),
        None => Err(unknown_operation(protocol, body)),
    }
}

/// What is no JSON is told so before anybody looks for the operation; nothing at all is not.
fn unknown_operation(protocol: Protocol, body: &[u8]) -> Reply {
    let fault = if body.is_empty() || is_json(body) {
        Fault::bare("UnknownOperationException", 400)
    } else {
        Fault::serialization(None)
    };
    protocol.fault(None, &fault)
}

/// awsQuery: `Action=GetCallerIdentity&Version=2011-06-15`.
fn by_action<'r>(parameters: Vec<(String, String)>) -> Result<Recognised<'r>, Reply> {
    let value = |wanted: &str| {
        let found = parameters.iter().find(|(name, _)| name == wanted);
        found.map_or("", |(_, text)| text.as_str())
    };
    let (action, version) = (value("Action"), value("Version"));
    let mut speakers = ServiceId::ALL.into_iter().map(service).filter(|service| service.speaks_query);
    let found = speakers.find(|service| match version {
        "" => service.operation(action).is_some(),
        _ => service.api_version == version,
    });
    if action.is_empty() {
        let fault = Fault::new("MissingAction", "The request must contain the parameter Action.", 400);
        return Err(Protocol::Query.fault(found.map(|service| (service, None)), &fault));
    }
    let Some(service) = found else { return Err(invalid_action(action, None)) };
    let operation = service.operation(action).ok_or_else(|| invalid_action(action, Some(service)))?;
    Ok(Recognised { parameters, ..recognised(Protocol::Query, service, operation) })
}

fn invalid_action(action: &str, service: Option<&'static Service>) -> Reply {
    let sentence = format!("The action {action} is not valid for this web service.");
    let fault = Fault::new("InvalidAction", sentence, 400);
    Protocol::Query.fault(service.map(|service| (service, None)), &fault)
}

/// `/endpoints/NAME/invocations` and its kin: the operation, and the name as it stands there.
fn invoked(parts: &Parts) -> Option<(&'static Operation, &str)> {
    let names_no_other =
        || !parts.headers.contains_key(TARGET) && !parts.headers.contains_key(SMITHY_PROTOCOL);
    let found = service(ServiceId::SageMakerRuntime).operation_at(parts.uri.path())?;
    (parts.method == Method::POST && names_no_other()).then_some(found)
}

fn has_action(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "Action")
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// `a/b` of `a/b; charset=utf-8`.
fn media_type(headers: &HeaderMap) -> &str {
    let whole = header(headers, CONTENT_TYPE.as_str()).unwrap_or_default();
    whole.split(';').next().unwrap_or_default().trim()
}

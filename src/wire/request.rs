//! What a request is: the service, the operation and the protocol, told from its marks alone.
//!
//! The order is AWS's: method and content type, then whether the body is JSON, then the target. Scopes
//! and hosts decide nothing, because one scope stands for two services and a client may use any host.
//! What does not even reach a service is answered here, in the words of AWS's front door.

use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};

use super::protocol::{JsonVersion, Protocol};
use super::reply::Reply;
use crate::schema::{Fault, Operation, Service, ServiceId, is_json, service};

/// A request that names an operation of a known service.
pub struct Recognised {
    /// How it speaks, and wants to be answered.
    pub protocol: Protocol,
    /// The service's model.
    pub service: &'static Service,
    /// The operation.
    pub operation: &'static Operation,
    /// The parameters, where they come as a form.
    pub parameters: Vec<(String, String)>,
    /// The encoding of the body, where it has one.
    pub encoding: Option<String>,
}

/// Recognises a request, or answers it at once.
pub fn recognise(parts: &Parts, body: &[u8]) -> Result<Recognised, Reply> {
    let encoding = header(&parts.headers, CONTENT_ENCODING.as_str()).filter(|name| *name != "identity");
    let named = name(parts, body)?;
    Ok(Recognised { encoding: encoding.map(str::to_owned), ..named })
}

/// The protocol in which to complain of a request whose body was not read.
pub fn protocol_of(parts: &Parts) -> Protocol {
    let headers = &parts.headers;
    match media_type(headers) {
        _ if header(headers, "smithy-protocol").is_some() => Protocol::Cbor,
        FORM => Protocol::Query,
        _ if header(headers, "x-amz-target").is_none() && runtime_operation(parts.uri.path()).is_some() => {
            Protocol::RestJson
        }
        "application/x-amz-json-1.0" => Protocol::json(JsonVersion::V1_0, headers),
        _ => Protocol::json(JsonVersion::V1_1, headers),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn name(parts: &Parts, body: &[u8]) -> Result<Recognised, Reply> {
    let headers = &parts.headers;
    if let Some(protocol) = header(headers, "smithy-protocol") {
        return Err(other_protocol(protocol));
    }
    if let Some(target) = header(headers, "x-amz-target") {
        return by_target(parts, target, body);
    }
    if let Some(operation) = runtime_operation(parts.uri.path()) {
        return Ok(recognised(Protocol::RestJson, service(ServiceId::SageMakerRuntime), operation));
    }
    let query = parts.uri.query().unwrap_or_default();
    let is_form = parts.method == Method::POST && media_type(headers) == FORM;
    if is_form || has_action(query) {
        let form = if is_form { body } else { &[] };
        let parameters = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form));
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

fn recognised(protocol: Protocol, service: &'static Service, operation: &'static Operation) -> Recognised {
    Recognised { protocol, service, operation, parameters: Vec::new(), encoding: None }
}

/// awsJson: `X-Amz-Target: SageMaker.CreateModel`.
fn by_target(parts: &Parts, target: &str, body: &[u8]) -> Result<Recognised, Reply> {
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
fn by_action(parameters: Vec<(String, String)>) -> Result<Recognised, Reply> {
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

fn other_protocol(name: &str) -> Reply {
    let sentence = format!(
        "sagebrush does not speak the protocol {name}; use awsJson (X-Amz-Target) or awsQuery (Action)."
    );
    Protocol::Cbor.fault(None, &Fault::unsupported(sentence))
}

/// `/endpoints/NAME/invocations` and its kin.
fn runtime_operation(path: &str) -> Option<&'static Operation> {
    let (endpoint, action) = path.strip_prefix("/endpoints/")?.split_once('/')?;
    let name = match action {
        "invocations" => "InvokeEndpoint",
        "async-invocations" => "InvokeEndpointAsync",
        "invocations-response-stream" => "InvokeEndpointWithResponseStream",
        _ => return None,
    };
    service(ServiceId::SageMakerRuntime).operation(name).filter(|_| !endpoint.is_empty())
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

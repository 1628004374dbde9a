//! From a recognised request to a valid input.

use axum::http::request::Parts;
use bytes::Bytes;

use super::Services;
use super::body::inflate;
use super::protocol::Protocol;
use super::request::{Recognised, encoding};
use crate::schema::{Fault, Value, decode_cbor, decode_form, decode_http, decode_json, violations};

/// The valid input of a request, or what is wrong with it. Whether the operation is built comes first: that
/// is worth knowing before one mends a body.
pub fn valid<S: Services>(
    services: &S,
    recognised: &Recognised<'_>,
    parts: &Parts,
    body: &Bytes,
) -> Result<Value, Fault> {
    let Recognised { protocol, service, operation, parameters, label } = recognised;
    if !services.implements(service.id, operation.name) {
        return Err(Fault::not_implemented(service.id, operation.name));
    }
    let encoding = encoding(&parts.headers);
    if let Some(name) = encoding
        && !(name == "gzip" && operation.takes_gzip)
    {
        let sentence = format!("{} takes no body with the content encoding {name}.", operation.name);
        return Err(Fault::new("UnsupportedMediaTypeException", sentence, 415));
    }
    let plain = || if encoding.is_some() { inflate(body) } else { Ok(body.clone()) };
    let input = match protocol {
        Protocol::Query => {
            let pairs = parameters.iter().map(|(name, text)| (name.as_str(), text.as_str()));
            decode_form(service, operation.input, pairs)?
        }
        Protocol::RestJson => decode_http(service, operation, label, &parts.headers, &plain()?)?,
        Protocol::Cbor { .. } => decode_cbor(service, operation.input, &plain()?)?,
        Protocol::AwsJson { .. } => decode_json(service, operation.input, &plain()?)?,
    };
    let violations = operation.input.map_or_else(Vec::new, |shape| violations(service, shape, &input));
    if violations.is_empty() {
        Ok(input)
    } else {
        Err(services.refusal(service.id, operation.name, &input, &violations))
    }
}

//! Members that HTTP itself carries: in the label of the address, in headers, or as the whole body.
//!
//! Only the headers that the model names are looked at, and a payload is handed on as the bytes that came.
//! Where the answer has no payload, its remaining members are a body of JSON.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;

use super::encode_json::{mismatch, report_unknown};
use super::form::scalar;
use crate::schema::{
    Error, Fault, Fields, Operation, Place, Service, Shape, Value, encode_json, java_double,
};

/// Reads the input of `operation` from the parts of a request: the label still percent-encoded. Text that is
/// no UTF-8 is read with marks in its place, which no pattern takes.
pub fn decode_http(
    service: &Service,
    operation: &Operation,
    label: &str,
    headers: &HeaderMap,
    payload: &Bytes,
) -> Result<Value, Fault> {
    let mut fields = Fields::new();
    let members = operation.input.map_or(&[][..], |input| service.shape(input).members());
    for member in members {
        let value = match &member.place {
            Place::Label => Some(percent_decode_str(label).decode_utf8_lossy().into_owned().into()),
            Place::Payload => Some(Value::Blob(payload.clone())),
            Place::Header(name) => headers
                .get(name)
                .map(|text| header_value(service.shape(member.shape), name, text))
                .transpose()?,
            Place::Body => None,
        };
        if let Some(value) = value {
            fields.push(member.name.to_owned(), value);
        }
    }
    Ok(Value::Map(fields))
}

fn header_value(shape: &Shape, name: &HeaderName, text: &HeaderValue) -> Result<Value, Fault> {
    let text = String::from_utf8_lossy(text.as_bytes());
    scalar(&shape.kind, &text).ok_or_else(|| {
        let sentence = format!("The value of the header {name} has the wrong type.");
        Fault::serialization(Some(&sentence))
    })
}

/// An answer in the parts of a response.
#[derive(Debug)]
pub struct HttpAnswer {
    /// The headers that the model names, as far as the answer has them.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// The body.
    pub body: Bytes,
    /// Whether the body is the payload itself; else it is JSON.
    pub is_payload: bool,
}

/// `answer` in the parts of a response. A text that no header can carry is left out.
pub fn encode_http(
    service: &Service,
    operation: &Operation,
    answer: Option<&Value>,
) -> Result<HttpAnswer, Error> {
    let shape = operation.output.map(|output| service.shape(output));
    let fields = answer.and_then(Value::as_map);
    let (Some(shape), Some(fields)) = (shape, fields) else {
        let body = encode_json(service, operation.output, answer)?;
        return Ok(HttpAnswer { headers: Vec::new(), body: body.into(), is_payload: false });
    };
    let mut headers = Vec::with_capacity(fields.len());
    let mut payload = None;
    let mut known = 0;
    for member in shape.members() {
        let Some(value) = fields.get(member.name) else { continue };
        known += 1;
        match &member.place {
            Place::Header(name) => {
                let text = header_text(service.shape(member.shape), value)?;
                headers.extend(text.map(|text| (name.clone(), text)));
            }
            Place::Payload => {
                payload = Some(value.as_blob().ok_or_else(|| mismatch(service.shape(member.shape), value))?);
            }
            Place::Body | Place::Label => {}
        }
    }
    let is_payload = shape.payload().is_some();
    let body = if is_payload {
        report_unknown(shape, fields, known);
        payload.cloned().unwrap_or_default()
    } else {
        encode_json(service, operation.output, answer)?.into()
    };
    Ok(HttpAnswer { headers, body, is_payload })
}

fn header_text(shape: &Shape, value: &Value) -> Result<Option<HeaderValue>, Error> {
    Ok(match value {
        Value::String(text) => HeaderValue::from_str(text).ok(),
        Value::Int(number) => Some(HeaderValue::from(*number)),
        Value::Bool(truth) => Some(HeaderValue::from_static(if *truth { "true" } else { "false" })),
        Value::Float(number) => HeaderValue::from_str(&java_double(*number)).ok(),
        _ => return Err(mismatch(shape, value)),
    })
}

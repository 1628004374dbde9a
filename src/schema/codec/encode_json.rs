//! An answer in the bytes of awsJson: compact, in the model's order, every double and every instant as
//! Java writes a double.
//!
//! The shape decides how a number is written, so a stored value (an instant as milliseconds, a blob as
//! base64) and a fresh one come out alike. A member that the shape does not have is a defect of the
//! operation: it is logged and left out, because a client cannot read it either.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::schema::{Error, Fields, Kind, Place, Service, Shape, ShapeId, Value, java_double, java_seconds};

/// The body of an answer: empty for an operation without output, `{}` for an output without members. What
/// HTTP carries elsewhere is left out.
pub fn encode_json(
    service: &Service,
    output: Option<ShapeId>,
    answer: Option<&Value>,
) -> Result<Vec<u8>, Error> {
    let Some(output) = output else { return Ok(Vec::new()) };
    let mut out = Vec::with_capacity(512);
    match answer {
        Some(value) => write(service, service.shape(output), value, &mut out)?,
        None => out.extend_from_slice(b"{}"),
    }
    Ok(out)
}

/// `text` as a JSON string.
fn write_json_string(text: &str, out: &mut Vec<u8>) {
    serde_json::to_writer(out, text).expect("writing text into memory does not fail");
}

fn write(service: &Service, shape: &Shape, value: &Value, out: &mut Vec<u8>) -> Result<(), Error> {
    match (&shape.kind, value) {
        (Kind::Structure(_), Value::Map(fields)) => structure(service, shape, fields, out)?,
        (Kind::List { element, .. }, Value::List(elements)) => {
            out.push(b'[');
            for (place, element_value) in elements.iter().enumerate() {
                comma(place > 0, out);
                write(service, service.shape(*element), element_value, out)?;
            }
            out.push(b']');
        }
        (Kind::Map { value: held, .. }, Value::Map(fields)) => {
            out.push(b'{');
            for (place, (name, entry)) in fields.iter().enumerate() {
                comma(place > 0, out);
                write_json_string(name, out);
                out.push(b':');
                write(service, service.shape(*held), entry, out)?;
            }
            out.push(b'}');
        }
        (Kind::String { .. } | Kind::Blob { .. }, Value::String(text)) => write_json_string(text, out),
        (Kind::Blob { .. }, Value::Blob(bytes)) => write_json_string(&BASE64.encode(bytes), out),
        (Kind::Boolean, Value::Bool(truth)) => out.extend_from_slice(if *truth { b"true" } else { b"false" }),
        (Kind::Integer(_) | Kind::Long(_), Value::Int(number)) => {
            out.extend_from_slice(number.to_string().as_bytes());
        }
        (Kind::Timestamp, Value::Timestamp(_) | Value::Int(_)) => {
            let at = value.as_timestamp().expect("an instant or its milliseconds");
            out.extend_from_slice(java_seconds(at).as_bytes());
        }
        (Kind::Float(_) | Kind::Double(_), Value::Float(_) | Value::Int(_)) => {
            double(value.as_float().expect("a number"), out);
        }
        // A number that is none is stored as its word.
        (Kind::Float(_) | Kind::Double(_), Value::String(word)) => write_json_string(word, out),
        _ => return Err(mismatch(shape, value)),
    }
    Ok(())
}

/// The error for a value that cannot be written in its shape.
pub(super) fn mismatch(shape: &Shape, value: &Value) -> Error {
    serde::ser::Error::custom(format!("{value:?} is no {}", shape.name))
}

fn comma(needed: bool, out: &mut Vec<u8>) {
    if needed {
        out.push(b',');
    }
}

fn double(number: f64, out: &mut Vec<u8>) {
    let text = java_double(number);
    if number.is_finite() {
        out.extend_from_slice(text.as_bytes());
    } else {
        write_json_string(&text, out);
    }
}

fn structure(service: &Service, shape: &Shape, fields: &Fields, out: &mut Vec<u8>) -> Result<(), Error> {
    out.push(b'{');
    let mut known = 0;
    for member in shape.members() {
        let Some(value) = fields.get(member.name) else { continue };
        known += 1;
        if member.place != Place::Body {
            continue;
        }
        comma(out.last() != Some(&b'{'), out);
        out.push(b'"');
        out.extend_from_slice(member.name.as_bytes());
        out.extend_from_slice(b"\":");
        write(service, service.shape(member.shape), value, out)?;
    }
    out.push(b'}');
    report_unknown(shape, fields, known);
    Ok(())
}

/// Logs the members that the shape does not have, given how many of them it does.
pub(super) fn report_unknown(shape: &Shape, fields: &Fields, known: usize) {
    if known == fields.len() {
        return;
    }
    let is_known = |name: &str| shape.members().iter().any(|member| member.name == name);
    let unknown: Vec<&str> = fields.iter().map(|(name, _)| name).filter(|name| !is_known(name)).collect();
    tracing::error!(shape = shape.name, ?unknown, "an answer has members that its shape does not have");
    debug_assert!(unknown.is_empty(), "{} has no {unknown:?}", shape.name);
}

//! An answer in CBOR, as AWS writes it: maps and lists without their length, members in the model's order, an
//! instant as tag 1 with its seconds in 64 bits.
//!
//! As for JSON the shape decides, so a stored value and a fresh one come out alike.

use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use minicbor::Encoder;
use minicbor::data::IanaTag;

use super::encode_json::{mismatch, report_unknown};
use crate::schema::{Error, Fields, Kind, Service, Shape, ShapeId, Value};

/// The body of an answer: empty for an operation without output, an empty map for an output without members.
pub fn encode_cbor(
    service: &Service,
    output: Option<ShapeId>,
    answer: Option<&Value>,
) -> Result<Vec<u8>, Error> {
    let Some(output) = output else { return Ok(Vec::new()) };
    let nothing = Value::empty();
    let mut out = Encoder::new(Vec::with_capacity(512));
    write(service, service.shape(output), answer.unwrap_or(&nothing), &mut out)?;
    Ok(out.into_writer())
}

/// `value` without a shape, as the members of faults are written.
pub fn plain_cbor(value: &Value) -> Vec<u8> {
    let mut out = Encoder::new(Vec::with_capacity(128));
    write_plain(value, &mut out).expect("writing into memory does not fail");
    out.into_writer()
}

type Out = Encoder<Vec<u8>>;

impl From<minicbor::encode::Error<Infallible>> for Error {
    fn from(error: minicbor::encode::Error<Infallible>) -> Self {
        serde::ser::Error::custom(error)
    }
}

fn write(service: &Service, shape: &Shape, value: &Value, out: &mut Out) -> Result<(), Error> {
    match (&shape.kind, value) {
        (Kind::Structure(_), Value::Map(fields)) => structure(service, shape, fields, out),
        (Kind::List { element, .. }, Value::List(elements)) => {
            let element = service.shape(*element);
            list(elements, out, |value, out| write(service, element, value, out))
        }
        (Kind::Map { value: held, .. }, Value::Map(fields)) => {
            let held = service.shape(*held);
            map(fields, out, |value, out| write(service, held, value, out))
        }
        (Kind::Timestamp, Value::Int(_)) => {
            let at = value.as_timestamp().expect("an instant or its milliseconds");
            write_plain(&Value::Timestamp(at), out)
        }
        (Kind::Float(_), Value::Float(_) | Value::Int(_) | Value::String(_)) => {
            Ok(out.f32(single(number(shape, value)?))?.ok()?)
        }
        (Kind::Double(_), Value::Float(_) | Value::Int(_) | Value::String(_)) => {
            Ok(out.f64(number(shape, value)?)?.ok()?)
        }
        // Bytes are stored as base64.
        (Kind::Blob { .. }, Value::String(text)) => {
            let bytes = BASE64.decode(text).map_err(|_| mismatch(shape, value))?;
            Ok(out.bytes(&bytes)?.ok()?)
        }
        (Kind::String { .. }, Value::String(_))
        | (Kind::Blob { .. }, Value::Blob(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Integer(_) | Kind::Long(_), Value::Int(_))
        | (Kind::Timestamp, Value::Timestamp(_)) => write_plain(value, out),
        _ => Err(mismatch(shape, value)),
    }
}

fn write_plain(value: &Value, out: &mut Out) -> Result<(), Error> {
    match value {
        Value::Bool(truth) => out.bool(*truth)?,
        Value::Int(number) => out.i64(*number)?,
        Value::Float(number) => out.f64(*number)?,
        Value::String(text) => out.str(text)?,
        Value::Timestamp(at) => out.tag(IanaTag::Timestamp)?.f64(at.0 as f64 / 1000.0)?,
        Value::Blob(bytes) => out.bytes(bytes)?,
        Value::List(elements) => return list(elements, out, write_plain),
        Value::Map(fields) => return map(fields, out, write_plain),
    };
    Ok(())
}

fn structure(service: &Service, shape: &Shape, fields: &Fields, out: &mut Out) -> Result<(), Error> {
    out.begin_map()?;
    let mut written = 0;
    for member in shape.members() {
        let Some(value) = fields.get(member.name) else { continue };
        out.str(member.name)?;
        write(service, service.shape(member.shape), value, out)?;
        written += 1;
    }
    out.end()?;
    report_unknown(shape, fields, written);
    Ok(())
}

fn list(
    elements: &[Value],
    out: &mut Out,
    each: impl Fn(&Value, &mut Out) -> Result<(), Error>,
) -> Result<(), Error> {
    out.begin_array()?;
    elements.iter().try_for_each(|value| each(value, out))?;
    out.end()?;
    Ok(())
}

fn map(
    fields: &Fields,
    out: &mut Out,
    each: impl Fn(&Value, &mut Out) -> Result<(), Error>,
) -> Result<(), Error> {
    out.begin_map()?;
    for (name, value) in fields.iter() {
        out.str(name)?;
        each(value, out)?;
    }
    out.end()?;
    Ok(())
}

/// The number in `value`; one that is none is stored as its word.
fn number(shape: &Shape, value: &Value) -> Result<f64, Error> {
    match value.as_str() {
        Some("NaN") => Ok(f64::NAN),
        Some("Infinity") => Ok(f64::INFINITY),
        Some("-Infinity") => Ok(f64::NEG_INFINITY),
        _ => value.as_float().ok_or_else(|| mismatch(shape, value)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the shape says 32 bits")]
fn single(number: f64) -> f32 {
    number as f32
}

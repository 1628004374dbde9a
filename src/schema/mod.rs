//! What AWS services say of themselves, as data: operations, shapes, constraints; and the values that
//! flow between the wire and the services.
//!
//! Everything here is driven by the tables under `models/`. A request becomes a [`Value`] decoded against
//! the shape of its operation ([`decode_json`], [`decode_cbor`], [`decode_form`], [`decode_http`]), is checked
//! against all its constraints at once ([`violations()`]), is read as a typed struct ([`from_value()`]), and the
//! answer goes the same way back ([`to_value()`], [`encode_json`], [`encode_cbor`], [`encode_xml`],
//! [`encode_http`]). The invariant: behind this room nobody meets a value that breaks its shape.
//!
//! It does not know what any operation does, nor which protocol carried it.

mod call;
mod codec;
mod constraint;
mod double;
mod fault;
mod from_value;
mod load;
mod model;
mod pattern;
mod render;
mod to_value;
mod validate;
mod value;

pub use call::{Call, ServiceId};
pub use codec::{
    HttpAnswer, decode_cbor, decode_form, decode_http, decode_json, encode_cbor, encode_http, encode_json,
    encode_xml, is_json, misplaced, plain_cbor, write_element, write_text,
};
pub use constraint::{Constraint, Shown, Violation, enum_order, validation_message};
pub use double::{java_double, java_seconds};
pub use fault::Fault;
pub use from_value::from_value;
pub use load::service;
pub use model::{Bounds, Broken, ErrorFacts, Kind, Member, Operation, Path, Place, Service, Shape, ShapeId};
pub use pattern::Pattern;
pub use to_value::to_value;
pub use validate::violations;
pub use value::{Fields, Value};

/// A value that does not have the form of the type it is read as, or a type that no value can hold.
///
/// Between a validated input and a typed struct this is a defect of the struct, never of the request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

impl serde::de::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

#[cfg(test)]
mod tests;

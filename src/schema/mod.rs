//! What AWS services say of themselves, as data: operations, shapes, constraints; and the values that
//! flow between the wire and the services.
//!
//! Everything here is driven by the tables under `models/`. A request becomes a [`Value`] decoded against
//! the shape of its operation ([`decode_json`], [`decode_form`]), is checked against all its constraints at once ([`validate()`]),
//! is read as a typed struct ([`from_value()`]), and the answer goes the same way back ([`to_value()`],
//! [`encode_json`], [`encode_xml`]). The invariant: behind this room nobody meets a value that breaks its shape.
//!
//! It does not know what any operation does, nor which protocol carried it.

mod call;
mod constraint;
mod decode;
mod double;
mod encode;
mod fault;
mod form;
mod from_value;
mod load;
mod model;
mod pattern;
mod render;
mod to_value;
mod validate;
mod value;
mod xml;

pub use call::{Call, ServiceId};
pub use constraint::{Constraint, Shown, Violation, enum_order, validation_message};
pub use decode::{decode_json, is_json};
pub use double::{java_double, java_seconds};
pub use encode::{encode_json, write_json_string};
pub use fault::Fault;
pub use form::decode_form;
pub use from_value::from_value;
pub use load::service;
pub use model::{Bounds, Broken, ErrorFacts, Kind, Member, Operation, Service, Shape, ShapeId};
pub use pattern::Pattern;
pub use to_value::to_value;
pub use validate::{validate, violations};
pub use value::{Fields, Value};
pub use xml::{encode_xml, write_element, write_text};

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

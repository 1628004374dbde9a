//! The one place where an unexpected failure becomes a fault. The wire logs its cause, once, beside the
//! request's id; the client never sees it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::engine;
use crate::schema::{Fault, Value, from_value, to_value};
use crate::store;

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        let cause = Self::internal(&error);
        match error {
            store::Error::Unavailable(_) | store::Error::Overtaken(_) => Self {
                code: "ServiceUnavailable".into(),
                message: Some("The request has failed due to a temporary failure of the server.".to_owned()),
                status: 503,
                ..cause
            },
            _ => cause,
        }
    }
}

impl From<engine::Error> for Fault {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Store(error) => error.into(),
            other => Self::internal(other),
        }
    }
}

/// The input as the operation's own type.
pub(crate) fn input<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    Ok(from_value(value)?)
}

/// The operation's own output type as a value.
pub(crate) fn answer(output: &impl Serialize) -> Result<Value, Fault> {
    Ok(to_value(output)?)
}

/// The value that the store keeps as `text`.
pub(crate) fn stored(text: &str) -> Result<Value, Fault> {
    serde_json::from_str(text).map_err(Fault::internal)
}

/// The text under which the store keeps `value`.
pub(crate) fn to_stored(value: &Value) -> Result<String, Fault> {
    serde_json::to_string(value).map_err(Fault::internal)
}

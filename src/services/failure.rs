//! The one place where an unexpected failure becomes an answer: logged here, once, and told to nobody else.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::schema::{self, Fault, Value, from_value, to_value};
use crate::store;

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the store failed");
        match error {
            store::Error::Unavailable(_) => Self::new(
                "ServiceUnavailable",
                "The request has failed due to a temporary failure of the server.",
                503,
            ),
            _ => Self::internal(),
        }
    }
}

impl From<schema::Error> for Fault {
    fn from(error: schema::Error) -> Self {
        tracing::error!(%error, "a value and its type disagree");
        Self::internal()
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a stored text is not what was stored");
        Self::internal()
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

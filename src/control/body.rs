//! The body of a request: one JSON object. Each member is taken by its name and type; a wrong one is told by
//! its name with what would be right, and what nobody takes is refused.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value};

use super::problem::Problem;

/// Far more than nearly any request of this API needs.
const MOST_BYTES: usize = 64 * 1024;

/// What a request may have that is about bodies itself.
const MOST_BYTES_OF_BODIES: usize = 32 * 1024 * 1024;

/// From here on not every whole number is a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// Characters of a wrong value that are repeated.
const MOST_SHOWN: usize = 120;

/// The members of a JSON object.
#[derive(Debug)]
pub(super) struct Body {
    members: Map<String, Value>,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Self::parse(&Self::bytes(request, MOST_BYTES).await?)
    }
}

/// A body that has bodies in it, and so may be larger.
#[derive(Debug)]
pub(super) struct Large(pub(super) Body);

impl<S: Send + Sync> FromRequest<S> for Large {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Body::parse(&Body::bytes(request, MOST_BYTES_OF_BODIES).await?).map(Self)
    }
}

/// A body that may be left away; it has no members then.
#[derive(Debug)]
pub(super) struct Optional(pub(super) Body);

impl<S: Send + Sync> FromRequest<S> for Optional {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = Body::bytes(request, MOST_BYTES).await?;
        let nothing = Body { members: Map::new() };
        if bytes.is_empty() { Ok(Self(nothing)) } else { Body::parse(&bytes).map(Self) }
    }
}

impl Body {
    async fn bytes(request: Request, most: usize) -> Result<Bytes, Problem> {
        let bytes = axum::body::to_bytes(request.into_body(), most).await;
        bytes.map_err(|_| Problem::too_large(format!("The body is larger than {most} bytes.")))
    }

    fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.is_empty() {
            return Err(Problem::bad("The body is empty: it must be a JSON object."));
        }
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(members)) => Ok(Self { members }),
            Ok(_) => Err(Problem::bad("The body must be a JSON object.")),
            Err(error) => Err(Problem::bad(format!("The body is not JSON: {error}."))),
        }
    }

    /// The text of member `name`, where it is given.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.members.shift_remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type(name, "a string", &other)),
        }
    }

    /// The number of member `name`, where it is given.
    pub(super) fn number(&mut self, name: &str) -> Result<Option<f64>, Problem> {
        match self.members.shift_remove(name) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(number.as_f64()),
            Some(other) => Err(wrong_type(name, "a number", &other)),
        }
    }

    /// The body without the members that are null, for a route to which null and absent are the same.
    pub(super) fn without_nulls(mut self) -> Self {
        self.members.retain(|_, value| !value.is_null());
        self
    }

    /// The members as they are, for whoever takes them further on.
    pub(super) fn into_members(self) -> Map<String, Value> {
        self.members
    }

    /// What `read` makes of member `name`, where it is given. What it makes nothing of is refused: it must be
    /// `wanted`.
    pub(super) fn take<T>(
        &mut self,
        name: &str,
        wanted: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.members.shift_remove(name) else { return Ok(None) };
        let wrong =
            || Problem::bad(format!("The member {name:?} must be {wanted}, not {}.", shortened(&value)));
        let mut settled = value.clone();
        settle(&mut settled);
        read(&settled).ok_or_else(wrong).map(Some)
    }

    /// Refuses what is left: the route, whose members are `known`, does not take it.
    pub(super) fn finish(self, known: &str) -> Result<(), Problem> {
        self.members.keys().next().map_or(Ok(()), |name| {
            Err(Problem::bad(format!("The body has the unknown member {name:?}; there are {known}.")))
        })
    }
}

/// Writes whole numbers as such: to JSON, and so to the document of this API, 14.0 is the whole number 14.
fn settle(value: &mut Value) {
    match value {
        Value::Number(number) => {
            let whole = number
                .as_f64()
                .filter(|exact| number.is_f64() && exact.fract() == 0.0 && exact.abs() < EXACT);
            #[expect(clippy::cast_possible_truncation, reason = "whole, and far within the range")]
            if let Some(whole) = whole {
                *number = (whole as i64).into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(settle),
        Value::Object(members) => members.values_mut().for_each(settle),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// A value as it was sent, as far as a sentence can hold it.
fn shortened(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MOST_SHOWN) {
        Some((end, _)) => format!("{}\u{2026}", &text[..end]),
        None => text,
    }
}

fn wrong_type(name: &str, right: &str, value: &Value) -> Problem {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Problem::bad(format!("The member {name:?} must be {right}, not {is}."))
}

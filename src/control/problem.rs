//! What is answered when something is not done.

use std::any::Any;
use std::fmt::Display;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::door::Outside;
use crate::{engine, store};

/// A status and one sentence for the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    sentence: String,
}

impl Problem {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    /// The request is wrong.
    pub(super) fn bad(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// There is no such thing.
    pub(super) fn not_found(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, sentence)
    }

    /// The path is right, the method is not.
    pub(super) fn method_not_allowed(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, sentence)
    }

    /// The body is too long.
    pub(super) fn too_large(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "error": self.sentence }))).into_response()
    }
}

impl From<Outside> for Problem {
    fn from(outside: Outside) -> Self {
        let status = match outside {
            Outside::Token => StatusCode::UNAUTHORIZED,
            Outside::Host(_) | Outside::Page | Outside::Closed => StatusCode::FORBIDDEN,
        };
        Self::new(status, outside.to_string())
    }
}

impl From<engine::Error> for Problem {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Refused(sentence) => Self::bad(sentence),
            engine::Error::Store(error) => error.into(),
            error @ engine::Error::Step { .. } => Self::internal(&error),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "The database does not answer; try again later.")
            }
            error => Self::internal(&error),
        }
    }
}

impl Problem {
    /// A defect of ours: the log gets its cause, the client does not.
    fn internal(error: &dyn Display) -> Self {
        tracing::error!(%error, "a request of the control API failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The server failed; its log says why.")
    }
}

/// The answer where a handler has panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
    Problem::internal(&said).into_response()
}

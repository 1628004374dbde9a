//! What is answered when something is not done.

use std::any::Any;
use std::fmt::Display;

use axum::Json;
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::door::Outside;
use crate::{engine, store};

/// A status and one sentence for the client. A failure of ours also has the id under which it was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    sentence: String,
    request_id: Option<String>,
}

/// The header of that id, as it is on the AWS API.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

impl Problem {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into(), request_id: None }
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
        let id = self.request_id.map(|id| [(REQUEST_ID, id)]);
        (self.status, id, Json(json!({ "error": self.sentence }))).into_response()
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
            error @ (engine::Error::NoTurn { .. } | engine::Error::TurnLost(_)) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string())
            }
            error @ engine::Error::Step { .. } => Self::internal(&error),
        }
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(_) => {
                let sentence = "The database does not answer, or cannot write; try again later.";
                Self::failed(StatusCode::SERVICE_UNAVAILABLE, sentence, &error)
            }
            store::Error::Overtaken(_) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Another replica changed the world at the same time; try again.",
            ),
            store::Error::Snapshot(sentence) => Self::bad(sentence),
            error @ store::Error::InUse(_) => Self::bad(error.to_string()),
            error => Self::internal(&error),
        }
    }
}

impl Problem {
    /// A defect of ours.
    pub(super) fn internal(error: &dyn Display) -> Self {
        Self::failed(StatusCode::INTERNAL_SERVER_ERROR, "The server failed; its log says why.", error)
    }

    /// Nothing that the client did: the log gets the cause, the client does not.
    fn failed(status: StatusCode, sentence: &str, error: &dyn Display) -> Self {
        let request_id = uuid::Uuid::new_v4().hyphenated().to_string();
        tracing::error!(request_id, %error, "a request of the control API failed");
        Self { request_id: Some(request_id), ..Self::new(status, sentence) }
    }
}

/// The answer where a handler has panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    Problem::internal(&engine::words_of(panic.as_ref())).into_response()
}

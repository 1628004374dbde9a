//! A page as it is answered, and what is answered instead when there is none.

use std::any::Any;
use std::fmt::Display;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};

use super::assets;
use super::shell::Shell;
use crate::engine::{self, Reading};
use crate::store;

/// A page, apart from what is around its body.
#[derive(Clone, Debug)]
pub(super) struct Page {
    title: String,
    /// `<body>` to `</body>`: the same for the same state, whatever the time is.
    pub(super) body: String,
    pub(super) reading: Option<Reading>,
    status: StatusCode,
}

#[derive(Template)]
#[template(path = "document.html")]
struct Document<'a> {
    page: &'a Page,
    css: String,
    js: String,
    icon: String,
}

impl Page {
    /// The page that this template is the body of, in its frame.
    pub(super) fn of(shell: &Shell, body: &impl Template) -> Result<Self, Trouble> {
        let body = body.render().map_err(|error| Trouble::internal(&error))?;
        Ok(Self { title: shell.title.clone(), body, reading: Some(shell.reading), status: StatusCode::OK })
    }

    /// The page with another status.
    pub(super) fn with_status(self, status: StatusCode) -> Self {
        Self { status, ..self }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let [css, js, icon] = assets::addresses();
        let document = Document { page: &self, css, js, icon }.render();
        let document = document.unwrap_or_else(|error| format!("The page cannot be shown: {error}."));
        (self.status, Html(document)).into_response()
    }
}

/// Why there is no page: one sentence for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    status: StatusCode,
    sentence: String,
}

#[derive(Template)]
#[template(path = "trouble.html")]
struct TroubleBody<'a> {
    sentence: &'a str,
    is_ours: bool,
}

#[derive(Template)]
#[template(path = "locked.html")]
struct Locked;

impl Trouble {
    pub(super) fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentence: sentence.into() }
    }

    /// A defect of ours: the log gets the cause.
    pub(super) fn internal(error: &dyn Display) -> Self {
        tracing::error!(%error, "a page of the console failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "The server failed; its log says why.")
    }

    /// Whether it is the server's, and may pass.
    pub(super) fn is_ours(&self) -> bool {
        self.status.is_server_error()
    }

    /// What is said of it.
    pub(super) fn sentence(&self) -> &str {
        &self.sentence
    }

    /// It as a page.
    pub(super) fn page(&self) -> Page {
        bare(self.status, "sagebrush", &TroubleBody { sentence: &self.sentence, is_ours: self.is_ours() })
    }
}

/// The page that asks for the token.
pub(super) fn locked() -> Response {
    bare(StatusCode::UNAUTHORIZED, "Locked", &Locked).into_response()
}

/// A page that shows nothing of a world.
fn bare(status: StatusCode, title: &str, body: &impl Template) -> Page {
    let body =
        body.render().unwrap_or_else(|error| format!("<body>The page cannot be shown: {error}.</body>"));
    Page { title: title.to_owned(), body, reading: None, status }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        self.page().into_response()
    }
}

impl From<store::Error> for Trouble {
    fn from(error: store::Error) -> Self {
        engine::Error::from(error).into()
    }
}

impl From<engine::Error> for Trouble {
    fn from(error: engine::Error) -> Self {
        match error {
            engine::Error::Store(store::Error::Unavailable(error)) => {
                tracing::warn!(%error, "a page of the console waits for the database");
                let sentence = "The database does not answer; this page comes back when it does.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, sentence)
            }
            error => Self::internal(&error),
        }
    }
}

/// The answer where a page has panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands the panic over")]
pub(super) fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    Trouble::internal(&engine::words_of(panic.as_ref())).into_response()
}

//! What is not there: a page of its own, which is followed like any other. Whoever opens the page of an endpoint before
//! that is made sees it come.

use askama::Template;
use axum::http::StatusCode;

use super::answer::{Page, Trouble};
use super::shell::Shell;

#[derive(Template)]
#[template(path = "missing.html")]
struct Body {
    shell: Shell,
    sentence: String,
}

/// The page that says what is not there.
pub(super) fn page(shell: Shell, sentence: String) -> Result<Page, Trouble> {
    let body = Body { shell, sentence };
    let page = Page::of(&body.shell, &body)?;
    Ok(page.with_status(StatusCode::NOT_FOUND))
}

//! Who comes to the console, and by which way.

use axum::extract::{Request, State};
use axum::http::header::ACCEPT;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use super::answer::{self, Trouble};
use super::{PATH, place, stream};
use crate::door::{Door, Outside};

/// Sends a browser that asks for `/` to the console, if the door lets it in; everybody else goes on. No client of AWS's
/// asks so: it signs, names an `Action`, or does not ask for HTML.
pub async fn greet(State(door): State<Door>, request: Request, next: Next) -> Response {
    let is_of_aws = request.headers().keys().any(|name| name.as_str().starts_with("x-amz-"))
        || request.headers().contains_key("authorization")
        || place::names(request.uri(), |name| name == "Action" || name.starts_with("X-Amz-"));
    if request.method() == Method::GET
        && request.uri().path() == "/"
        && !is_of_aws
        && asks_for_html(request.headers())
        && door.admit_visitor(request.uri(), request.headers()).is_ok()
    {
        return Redirect::temporary(PATH).into_response();
    }
    next.run(request).await
}

fn asks_for_html(headers: &HeaderMap) -> bool {
    headers
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"))
}

/// Lets in whom the door lets in; where the control API wants a token, so do the pages, for they show the same. A link
/// of others leads to a page, and to nothing else.
pub(super) async fn check(State(door): State<Door>, request: Request, next: Next) -> Response {
    let (uri, headers) = (request.uri(), request.headers());
    let is_page = uri.path() != stream::PATH;
    let admitted = if is_page { door.admit_visitor(uri, headers) } else { door.admit(uri, headers) };
    if let Err(outside) = admitted {
        return refused(&outside);
    }
    match door.admit_to_control(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(Outside::Token) => answer::locked(),
        Err(outside) => refused(&outside),
    }
}

/// Lets in whom the door lets in, also without a token: the style of the page that asks for it is not secret.
pub(super) async fn check_name(State(door): State<Door>, request: Request, next: Next) -> Response {
    match door.admit(request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(outside) => refused(&outside),
    }
}

fn refused(outside: &Outside) -> Response {
    Trouble::new(StatusCode::FORBIDDEN, outside.to_string()).into_response()
}

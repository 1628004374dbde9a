//! The console: pages at `/console` on which one sees a deployment happen, and acts.
//!
//! A page is rendered here, whole, from what the state holds; nothing is computed in the browser but how much is left
//! of a countdown. A page that is open reads one stream, on which it gets itself anew when it has changed
//! ([`stream`]). What its buttons do they do by the control API, as anybody else would, and its answer is shown.
//!
//! Invariant: no page changes anything, and no page holds a script, a style or an address of somebody else's: the
//! [`Policy`](headers) allows none. Every text is escaped by its template.

mod answer;
mod assets;
mod attention;
mod demand;
mod deployment;
mod drawn;
mod endpoint;
mod endpoints;
mod faults;
mod fleet;
mod front;
mod guarding;
mod headers;
mod hosted;
mod ladder;
mod live;
mod missing;
mod model;
mod moment;
mod number;
mod place;
mod question;
mod shell;
mod squares;
mod stream;
#[cfg(test)]
mod tests;
mod what_if;

use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use percent_encoding::percent_decode_str;
use tower_http::catch_panic::CatchPanicLayer;

use crate::door::Door;
use crate::engine::Engine;
use crate::plan::Maker;
use answer::{Page, Trouble};
use place::Place;

pub use front::greet;

/// Where the pages are.
pub const PATH: &str = "/console";

/// What the pages are made of.
#[derive(Clone, Debug)]
struct Console {
    engine: Engine,
    maker: Maker,
    /// The instance types that there are.
    instance_types: &'static [&'static str],
}

/// The console over this engine, behind this door.
pub fn router(engine: Engine, maker: Maker, instance_types: &'static [&'static str], door: Door) -> Router {
    let console = Arc::new(Console { engine, maker, instance_types });
    let guarded = Router::new()
        .route(PATH, get(show))
        .route("/console/", get(show))
        .route(stream::PATH, get(stream::listen))
        .route("/console/{*rest}", get(show))
        .layer(middleware::from_fn_with_state(door.clone(), front::check))
        .with_state(console);
    Router::new()
        .route("/console/assets/{name}", get(assets::read))
        .layer(middleware::from_fn_with_state(door, front::check_name))
        .merge(guarded)
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(middleware::map_response(headers::add))
}

async fn show(State(console): State<Arc<Console>>, uri: Uri) -> Response {
    match page(&console, &uri).await {
        Ok(page) => page.into_response(),
        Err(trouble) => trouble.into_response(),
    }
}

/// The page at an address.
async fn page(console: &Console, uri: &Uri) -> Result<Page, Trouble> {
    let place = Place::of(uri)?;
    let parts = parts(uri);
    let parts: Option<Vec<&str>> = parts.as_ref().map(|parts| parts.iter().map(AsRef::as_ref).collect());
    match parts.as_deref() {
        Some([]) => endpoints::page(console, place).await,
        Some(["endpoints", name]) => endpoint::page(console, place, name).await,
        Some(["deployments", id]) => deployment::page(console, place, id).await,
        Some(["faults"]) => faults::page(console, place).await,
        Some([what_if::NAME]) => what_if::page(console, place).await,
        _ => Err(Trouble::new(
            StatusCode::NOT_FOUND,
            format!("There is no page {}; the console begins at {PATH}.", uri.path()),
        )),
    }
}

/// The parts of an address below [`PATH`]; none where it is not below it.
fn parts(uri: &Uri) -> Option<Vec<Cow<'_, str>>> {
    let rest = uri.path().strip_prefix(PATH).filter(|rest| rest.is_empty() || rest.starts_with('/'))?;
    let parts = rest.split('/').filter(|part| !part.is_empty());
    Some(parts.map(|part| percent_decode_str(part).decode_utf8_lossy()).collect())
}

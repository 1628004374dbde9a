//! sagebrush's own API under `/_sagebrush/`: the clock, the history, health and reset. It is not AWS's, so
//! it speaks plain JSON in `snake_case`, and every refusal is `{"error": "one sentence"}`.
//!
//! `openapi/control.json` describes exactly the paths of [`ROUTES`]; a test holds them together.
//!
//! Invariant: nobody but the machine's own programs gets here. A web page that the user happens to visit
//! can send requests to the loopback too; what browsers say about such a request ends it.
//! What the routes do is the engine's; nothing is decided here.

mod body;
mod clock;
mod deployments;
mod guard;
mod health;
mod problem;
mod reset;
mod world;

use axum::Router;
use axum::http::{Method, Uri};
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::engine::Engine;
use guard::Hosts;
use problem::Problem;

/// A path and what answers there.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The path, with its parameters in braces.
    pub path: &'static str,
    handlers: fn() -> MethodRouter<Engine>,
}

/// Every path there is.
pub const ROUTES: &[Route] = &[
    Route { path: "/_sagebrush/clock", handlers: || get(clock::read).put(clock::set) },
    Route { path: "/_sagebrush/clock/advance", handlers: || post(clock::advance) },
    Route { path: "/_sagebrush/deployments", handlers: || get(deployments::list) },
    Route { path: "/_sagebrush/deployments/{id}", handlers: || get(deployments::describe) },
    Route { path: "/_sagebrush/health", handlers: || get(health::read) },
    Route { path: "/_sagebrush/reset", handlers: || post(reset::one) },
    Route { path: "/moto-api/reset", handlers: || post(reset::all) },
];

/// The control API over this engine. Besides the loopback's names it answers to those of `hosts`.
pub fn router(engine: Engine, hosts: &[String]) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handlers)().fallback(no_method))
    });
    routes
        .route("/_sagebrush", axum::routing::any(no_path))
        .route("/_sagebrush/", axum::routing::any(no_path))
        .route("/_sagebrush/{*rest}", axum::routing::any(no_path))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn_with_state(Hosts::new(hosts), guard::check))
        .with_state(engine)
}

async fn no_path(uri: Uri) -> Problem {
    let paths: Vec<_> = ROUTES.iter().map(|route| route.path).collect();
    Problem::not_found(format!("There is no {}; there are {}.", uri.path(), paths.join(", ")))
}

async fn no_method(method: Method, uri: Uri) -> Problem {
    Problem::method_not_allowed(format!("{} does not take {method}.", uri.path()))
}

#[cfg(test)]
mod tests;

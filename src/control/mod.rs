//! sagebrush's own API under `/_sagebrush/`: the clock, the history, how models behave, synthetic traffic,
//! health, metrics, snapshots and reset. It is not AWS's, so it speaks plain JSON in `snake_case`, and every refusal is `{"error": "one sentence"}`.
//!
//! `openapi/sagebrush.yaml` describes exactly the paths of [`ROUTES`]; a test holds them together.
//!
//! Invariant: nobody gets here whom the [`Door`] does not let in, and where there is a token nobody without it.
//! What the routes do is the engine's; nothing is decided here.

mod behaviour;
mod body;
mod clock;
mod deployments;
mod guard;
mod health;
mod metrics;
mod problem;
mod reset;
mod snapshot;
mod steer;
mod traffic;
mod tuning;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::http::{Method, Uri};
use axum::middleware;
use axum::routing::{MethodRouter, get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::door::Door;
use crate::engine::Engine;
use crate::telemetry::Requests;
use problem::Problem;

/// A path and what answers there.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The path, with its parameters in braces.
    pub path: &'static str,
    handlers: fn() -> MethodRouter<Control>,
}

/// Every path there is.
pub const ROUTES: &[Route] = &[
    Route { path: "/_sagebrush/clock", handlers: || get(clock::read).put(clock::set) },
    Route { path: "/_sagebrush/clock/advance", handlers: || post(clock::advance) },
    Route { path: "/_sagebrush/deployments", handlers: || get(deployments::list) },
    Route { path: "/_sagebrush/deployments/{id}", handlers: || get(deployments::describe) },
    Route { path: "/_sagebrush/deployments/{id}/{verb}", handlers: || post(steer::steer) },
    Route {
        path: "/_sagebrush/endpoints/{name}/traffic",
        handlers: || get(traffic::read).put(traffic::set).delete(traffic::end),
    },
    Route { path: health::PATH, handlers: || get(health::read) },
    Route { path: "/_sagebrush/metrics", handlers: || get(metrics::read) },
    Route {
        path: "/_sagebrush/models/{name}/behaviour",
        handlers: || get(behaviour::read).put(behaviour::set).delete(behaviour::forget),
    },
    Route { path: "/_sagebrush/reset", handlers: || post(reset::one) },
    Route { path: "/_sagebrush/snapshot", handlers: || get(snapshot::read).put(snapshot::replace) },
    Route { path: "/moto-api/reset", handlers: || post(reset::all) },
];

/// What the routes work with.
#[derive(Clone, Debug)]
struct Control {
    engine: Engine,
    requests: Arc<Requests>,
    default_startup: DefaultStartup,
}

/// The start-up of a container that does not say how long it takes, in milliseconds.
#[derive(Clone, Copy, Debug)]
struct DefaultStartup(i64);

impl FromRef<Control> for Engine {
    fn from_ref(control: &Control) -> Self {
        control.engine.clone()
    }
}

impl FromRef<Control> for Arc<Requests> {
    fn from_ref(control: &Control) -> Self {
        Self::clone(&control.requests)
    }
}

impl FromRef<Control> for DefaultStartup {
    fn from_ref(control: &Control) -> Self {
        control.default_startup
    }
}

/// The control API over this engine, behind this door; it shows the `requests` of the AWS API. A container takes `launch_ms` to start unless it says
/// otherwise.
pub fn router(engine: Engine, requests: Arc<Requests>, launch_ms: i64, door: Door) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handlers)().fallback(no_method))
    });
    routes
        .route("/_sagebrush", axum::routing::any(no_path))
        .route("/_sagebrush/", axum::routing::any(no_path))
        .route("/_sagebrush/{*rest}", axum::routing::any(no_path))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn_with_state(door, guard::check))
        .with_state(Control { engine, requests, default_startup: DefaultStartup(launch_ms) })
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

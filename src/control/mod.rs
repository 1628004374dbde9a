//! sagebrush's own API under `/_sagebrush/`: the clock, the history, how models behave, synthetic traffic,
//! faults, capacity, events, scenarios, plans, health, metrics, snapshots and reset. It is not AWS's, so it speaks plain JSON in `snake_case`, and every refusal is `{"error": "one sentence"}`.
//!
//! `openapi/sagebrush.yaml` describes exactly the paths of [`ROUTES`]; a test holds them together.
//!
//! Invariant: nobody gets here whom the [`Door`] does not let in, and where there is a token nobody without it.
//! What the routes do is the engine's; nothing is decided here.

mod behaviour;
mod body;
mod capacity;
mod clock;
mod deliveries;
mod deployments;
mod events;
mod fault;
mod guard;
mod hand;
mod health;
mod metrics;
mod moto;
mod plan;
mod problem;
mod reset;
mod scenario;
mod snapshot;
mod steer;
mod time;
mod traffic;
mod tuning;
mod value;
mod world;

use axum::Router;
use axum::extract::FromRef;
use axum::http::{Method, Uri};
use axum::middleware;
use axum::routing::{MethodRouter, get, post, put};
use tower_http::catch_panic::CatchPanicLayer;

use crate::door::Door;
use crate::engine::Engine;
use problem::Problem;

pub use hand::{Builder, Handed, Planner, Told, Undone};

/// A path and what answers there.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The path, with its parameters in braces.
    pub path: &'static str,
    handlers: fn() -> MethodRouter<Control>,
}

/// Every path there is.
pub const ROUTES: &[Route] = &[
    Route { path: "/_sagebrush/capacity", handlers: || get(capacity::read) },
    Route {
        path: "/_sagebrush/capacity/{instance_type}",
        handlers: || put(capacity::set).delete(capacity::forget),
    },
    Route { path: "/_sagebrush/clock", handlers: || get(clock::read).put(clock::set) },
    Route { path: "/_sagebrush/clock/advance", handlers: || post(clock::advance) },
    Route { path: "/_sagebrush/deliveries", handlers: || get(deliveries::list) },
    Route { path: "/_sagebrush/deployments", handlers: || get(deployments::list) },
    Route { path: "/_sagebrush/deployments/{id}", handlers: || get(deployments::describe) },
    Route { path: "/_sagebrush/deployments/{id}/{verb}", handlers: || post(steer::steer) },
    Route {
        path: "/_sagebrush/endpoints/{name}/traffic",
        handlers: || get(traffic::read).put(traffic::set).delete(traffic::end),
    },
    Route { path: "/_sagebrush/events", handlers: || get(events::read) },
    Route {
        path: "/_sagebrush/faults",
        handlers: || get(fault::list).post(fault::add).delete(fault::withdraw_all),
    },
    Route { path: "/_sagebrush/faults/{id}", handlers: || get(fault::describe).delete(fault::withdraw) },
    Route { path: health::PATH, handlers: || get(health::read) },
    Route { path: "/_sagebrush/metrics", handlers: || get(metrics::read) },
    Route {
        path: "/_sagebrush/models/{name}/behaviour",
        handlers: || get(behaviour::read).put(behaviour::set).delete(behaviour::forget),
    },
    Route { path: "/_sagebrush/plan", handlers: || post(plan::make) },
    Route { path: "/_sagebrush/reset", handlers: || post(reset::one) },
    Route { path: "/_sagebrush/scenario", handlers: || post(scenario::build) },
    Route { path: "/_sagebrush/snapshot", handlers: || get(snapshot::read).put(snapshot::replace) },
    Route { path: "/moto-api/reset", handlers: || post(reset::all) },
    Route { path: "/moto-api/state-manager/get-transition", handlers: || get(moto::get_transition) },
    Route { path: "/moto-api/state-manager/set-transition", handlers: || post(moto::set_transition) },
    Route { path: "/moto-api/state-manager/unset-transition", handlers: || post(moto::unset_transition) },
    Route {
        path: "/moto-api/static/sagemaker/endpoint-results",
        handlers: || post(moto::set_endpoint_results),
    },
];

/// What the routes work with.
#[derive(Clone, Debug)]
struct Control {
    engine: Engine,
    handed: Handed,
}

impl FromRef<Control> for Engine {
    fn from_ref(control: &Control) -> Self {
        control.engine.clone()
    }
}

impl FromRef<Control> for Handed {
    fn from_ref(control: &Control) -> Self {
        control.handed.clone()
    }
}

/// The control API over this engine, behind this door.
pub fn router(engine: Engine, handed: Handed, door: Door) -> Router {
    let routes = ROUTES.iter().fold(Router::new(), |router, route| {
        router.route(route.path, (route.handlers)().fallback(no_method))
    });
    routes
        .route("/_sagebrush", axum::routing::any(no_path))
        .route("/_sagebrush/", axum::routing::any(no_path))
        .route("/_sagebrush/{*rest}", axum::routing::any(no_path))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(middleware::from_fn_with_state(door, guard::check))
        .with_state(Control { engine, handed })
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

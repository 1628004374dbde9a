//! Everything that a server answers, behind one door: AWS's services, and beside them the control API and the console.

use std::net::IpAddr;
use std::sync::Arc;

use axum::{Router, middleware};

use super::builder::builder;
use super::outside::upstream;
use super::planner::{maker, planner};
use crate::config::Settings;
use crate::control::Handed;
use crate::door::Door;
use crate::engine::Engine;
use crate::plan::Maker;
use crate::services::{self, Context, Services};
use crate::telemetry::Requests;
use crate::{console, control, wire};

/// Everything that is answered, by the engine's store.
pub fn router(engine: &Engine, settings: &Settings) -> Router {
    let bell = engine.clone();
    let context = Context::new(engine.clone(), seen(settings), move |_| bell.wake());
    let services = Arc::new(Services::new(context));
    let maker = maker(settings);
    let handed = handed(engine, settings, maker.clone(), Arc::clone(services.requests()));
    let door = door(settings);
    let console = console::router(engine.clone(), maker, services::sagemaker::instance_types(), door.clone());
    control::router(engine.clone(), handed, door.clone())
        .merge(console)
        .merge(wire::router(services, door.clone(), upstream(settings)))
        .layer(middleware::from_fn_with_state(door, console::greet))
}

/// The settings that the services look at.
pub(super) fn seen(settings: &Settings) -> services::Settings {
    let Settings { rules, launch_ms, client_times, .. } = *settings;
    services::Settings { rules, launch_ms, client_times }
}

/// What the control API is handed of the other rooms.
pub(crate) fn handed(engine: &Engine, settings: &Settings, maker: Maker, requests: Arc<Requests>) -> Handed {
    Handed {
        requests,
        launch_ms: settings.launch_ms,
        operations: services::sagemaker::OPERATIONS,
        instance_types: services::sagemaker::instance_types(),
        planner: planner(maker),
        builder: builder(engine.clone(), settings.clone()),
    }
}

/// The door before all of it. The server is called by the listed names, and by the one that it listens on.
fn door(settings: &Settings) -> Door {
    let mut hosts = settings.allow_host.clone();
    let host = settings.listen.rsplit_once(':').map_or("", |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    if host.parse::<IpAddr>().map_or(!host.is_empty(), |ip| !ip.is_unspecified()) {
        hosts.push(host.to_owned());
    }
    Door::new(&hosts, settings.trust_network, settings.control_token.clone())
}

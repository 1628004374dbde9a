//! `GET /_sagebrush/health`: whether the server can do its work, which is whether its database answers.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::problem::Problem;
use super::world::World;
use crate::engine::Engine;

/// Where it is asked for.
pub(super) const PATH: &str = "/_sagebrush/health";

/// A server in good health.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    status: &'static str,
    version: &'static str,
    store: &'static str,
}

pub(super) async fn read(State(engine): State<Engine>, _: World) -> Result<Json<Health>, Problem> {
    engine.store().nearest_wake().await?;
    Ok(Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION"), store: engine.store().medium() }))
}

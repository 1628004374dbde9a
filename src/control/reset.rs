//! `POST /_sagebrush/reset` forgets one world; `POST /moto-api/reset`, the way of moto's users, forgets all.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::clock::Clock;
use super::problem::Problem;
use super::world::World;
use crate::engine::Engine;

/// What moto answers.
#[derive(Debug, Serialize)]
pub(super) struct Done {
    status: &'static str,
}

pub(super) async fn one(State(engine): State<Engine>, World(world): World) -> Result<Json<Clock>, Problem> {
    Ok(Json(engine.reset(&world).await?.into()))
}

pub(super) async fn all(State(engine): State<Engine>) -> Result<Json<Done>, Problem> {
    engine.reset_all().await?;
    Ok(Json(Done { status: "ok" }))
}

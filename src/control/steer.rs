//! `POST /_sagebrush/deployments/{id}/{verb}`: an operator steers a deployment.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::Value;

use super::body::Optional;
use super::deployments::{self, Described};
use super::problem::Problem;
use super::world::World;
use crate::domain::deployment::Steer;
use crate::engine::Engine;

/// The largest whole number that every reader of JSON has exactly; no deployment comes near it.
const MOST_VERSIONS: i64 = 9_007_199_254_740_991;

/// What came of it.
#[derive(Debug, Serialize)]
pub(super) struct Steered {
    changed: bool,
    message: String,
    deployment: Described,
}

pub(super) async fn steer(
    State(engine): State<Engine>,
    World(world): World,
    path: Result<Path<(String, String)>, PathRejection>,
    Optional(mut body): Optional,
) -> Result<Json<Steered>, Problem> {
    let Path((id, verb)) = path.map_err(|_| Problem::bad("The id of a deployment is text in UTF-8."))?;
    let steer = Steer::from_word(&verb).ok_or_else(|| {
        let verbs = Steer::ALL.map(Steer::word).join(", ");
        Problem::not_found(format!("A deployment cannot be told to {verb:?}; there are {verbs}."))
    })?;
    let in_range = |value: &Value| value.as_i64().filter(|version| (1..=MOST_VERSIONS).contains(version));
    let version = body.take("version", "a whole number from 1 to 9007199254740991", in_range)?;
    body.finish("version")?;
    let steered = engine.steer(&world, &id, steer, version).await?;
    let steered = steered.ok_or_else(|| deployments::missing(&id, &world))?;
    let deployment = deployments::described(&engine, &world, &id).await?;
    Ok(Json(Steered { changed: steered.changed, message: steered.sentence, deployment }))
}

//! `GET`, `PUT` and `DELETE /_sagebrush/models/{name}/behaviour`: what was changed about a model at run time.
//!
//! A model is found by its name, and what is changed belongs to the identity behind it: a model that is
//! deleted and made anew begins without a change, while an endpoint that still runs the old one keeps it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Map, Value};

use super::body::Body;
use super::hand::Handed;
use super::problem::Problem;
use super::tuning;
use super::world::{Name, World};
use crate::domain::tuning::Tuning;
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::fleet::behaviour::containers::Containers;
use crate::store::{Definition, Error, Kind};

/// How a model behaves.
#[derive(Debug, Serialize)]
pub(super) struct Described {
    /// Its name as it was given when it was created.
    model: String,
    /// What was set here; null if nothing is.
    #[serde(rename = "override")]
    changed: Option<Map<String, Value>>,
    /// What its containers say, with the change on top.
    effective: Map<String, Value>,
}

pub(super) async fn read(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    World(world): World,
    Name(name): Name,
) -> Result<Json<Described>, Problem> {
    let model = model(&engine, &world, &name).await?;
    let ids = [model.id.clone()];
    let mut tunings = engine.store().session().behaviours(&world, &ids).await?;
    described(model, tunings.remove(&ids[0]).as_ref(), handed.launch_ms)
}

pub(super) async fn set(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    World(world): World,
    Name(name): Name,
    body: Body,
) -> Result<Json<Described>, Problem> {
    let tuning = tuning::read(body)?;
    let model = model(&engine, &world, &name).await?;
    engine.tune(&world, &model.id, Some(&tuning)).await?;
    described(model, Some(&tuning), handed.launch_ms)
}

pub(super) async fn forget(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    World(world): World,
    Name(name): Name,
) -> Result<Json<Described>, Problem> {
    let model = model(&engine, &world, &name).await?;
    engine.tune(&world, &model.id, None).await?;
    described(model, None, handed.launch_ms)
}

async fn model(engine: &Engine, world: &WorldId, name: &str) -> Result<Definition, Problem> {
    let found = engine.store().session().definition(world, Kind::Model, name).await?;
    found.ok_or_else(|| Problem::not_found(format!("There is no model {name:?} in {world}.")))
}

fn described(
    model: Definition,
    changed: Option<&Tuning>,
    default_ms: i64,
) -> Result<Json<Described>, Problem> {
    let unreadable = |why: String| Error::Unreadable(format!("the model {}: {why}", model.name));
    let containers: Containers =
        serde_json::from_str(&model.body).map_err(|error| unreadable(error.to_string()))?;
    // How long a ping may take is the endpoint config's to say, and nothing of it is shown.
    let (behaviour, serving) = containers.behaviour(default_ms, 0).map_err(unreadable)?;
    let (behaviour, serving) = match changed {
        Some(changed) => (changed.applied_to_behaviour(behaviour), changed.applied_to_serving(&serving)),
        None => (behaviour, serving),
    };
    Ok(Json(Described {
        changed: changed.map(tuning::shown),
        effective: tuning::shown_whole(behaviour, serving),
        model: model.name,
    }))
}

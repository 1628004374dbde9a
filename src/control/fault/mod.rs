//! `GET`, `POST` and `DELETE /_sagebrush/faults`, and the same for one: what operators put into a world on purpose.

mod read;
mod shown;

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::body::Body;
use super::hand::Handed;
use super::problem::Problem;
use super::world::{Name, World};
use crate::domain::injection::{Injection, Model, Scope};
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::engine::injection::Wanted;
use crate::store::Kind;
use read::{Draft, Named};
use shown::{Shown, shown};

/// The faults of a world, in the order in which they were added.
#[derive(Debug, Serialize)]
pub(super) struct Faults {
    faults: Vec<Shown>,
}

/// How many faults were taken away.
#[derive(Debug, Serialize)]
pub(super) struct Withdrawn {
    withdrawn: u64,
}

pub(super) async fn list(State(engine): State<Engine>, World(world): World) -> Result<Json<Faults>, Problem> {
    let (injections, now) = engine.injections(&world).await?;
    Ok(Json(Faults { faults: injections.iter().map(|injection| shown(injection, now)).collect() }))
}

pub(super) async fn describe(
    State(engine): State<Engine>,
    World(world): World,
    Name(id): Name,
) -> Result<Json<Shown>, Problem> {
    let (injections, now) = engine.injections(&world).await?;
    let found = injections.iter().find(|injection| shown::id(injection) == id);
    found.map(|injection| Json(shown(injection, now))).ok_or_else(|| missing(&id, &world))
}

pub(super) async fn add(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    World(world): World,
    body: Body,
) -> Result<Json<Shown>, Problem> {
    let draft = read::read(body, handed.operations)?;
    if let Some(instance_type) = &draft.scope.instance_type {
        handed.check_type(instance_type)?;
    }
    let injection = put(&engine, &world, draft).await?;
    let now = engine.clock(&world).await?.now;
    let mut shown = shown(&injection, now);
    shown.note = lacking(&engine, &world, &injection.scope).await?;
    Ok(Json(shown))
}

pub(super) async fn withdraw_all(
    State(engine): State<Engine>,
    World(world): World,
) -> Result<Json<Withdrawn>, Problem> {
    Ok(Json(Withdrawn { withdrawn: engine.withdraw(&world, None).await? }))
}

pub(super) async fn withdraw(
    State(engine): State<Engine>,
    World(world): World,
    Name(id): Name,
) -> Result<Json<Withdrawn>, Problem> {
    let number = shown::number(&id).ok_or_else(|| missing(&id, &world))?;
    match engine.withdraw(&world, Some(number)).await? {
        0 => Err(missing(&id, &world)),
        withdrawn => Ok(Json(Withdrawn { withdrawn })),
    }
}

/// Puts a fault into the world once the model that it names is known to be there.
async fn put(engine: &Engine, world: &WorldId, draft: Draft) -> Result<Injection, Problem> {
    let Draft { effect, scope: Named { endpoint, model, variant, instance_type }, start, end } = draft;
    let model = match model {
        None => None,
        Some(name) => {
            let found = engine.store().session().definition(world, Kind::Model, &name).await?;
            let missing = || {
                Problem::not_found(format!("There is no model {name:?} in {world} for \"model\" to name."))
            };
            let found = found.ok_or_else(missing)?;
            Some(Model { name: found.name, id: found.id })
        }
    };
    let scope = Scope { endpoint, model, variant, instance_type };
    Ok(engine.inject(world, Wanted { effect, scope, start, end }).await?)
}

/// What a scope names that is not there, in a sentence: it may come yet, or it was misspelt.
async fn lacking(engine: &Engine, world: &WorldId, scope: &Scope) -> Result<Option<String>, Problem> {
    let Scope { endpoint, variant, .. } = scope;
    if endpoint.is_none() && variant.is_none() {
        return Ok(None);
    }
    let mut endpoints = engine.store().session().all_endpoints(world).await?;
    endpoints.retain(|row| scope.takes_any(row.endpoint.names()));
    let has = |name: &String| {
        let mut fleets = endpoints.iter().flat_map(|row| row.endpoint.fleets());
        fleets.any(|fleet| fleet.spec.position(name).is_some())
    };
    Ok(match (endpoint, variant) {
        (Some(endpoint), _) if endpoints.is_empty() => Some(format!(
            "There is no endpoint {endpoint:?} in {world} yet: until there is, the fault does nothing."
        )),
        (_, Some(variant)) if !has(variant) => Some(format!(
            "No such endpoint has a variant {variant:?} yet: until one has, the fault does nothing."
        )),
        _ => None,
    })
}

fn missing(id: &str, world: &WorldId) -> Problem {
    Problem::not_found(format!(
        "There is no fault {id:?} in {world}; /_sagebrush/faults lists those that there are."
    ))
}

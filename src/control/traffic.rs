//! `GET`, `PUT` and `DELETE /_sagebrush/endpoints/{name}/traffic`: requests that need no client.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use super::body::Body;
use super::problem::Problem;
use super::world::{Name, World};
use crate::domain::demand::Demand;
use crate::domain::world::WorldId;
use crate::engine::{self, Engine};

const RATE: &str = "a number from 0 to 10000";
const DAILY: &str = "{\"peak_requests_per_second\": number, \"peak_hour\": whole number}";
const BURSTS: &str = "{\"requests_per_second\": number, \"every_seconds\": whole number, \"for_seconds\": \
                      whole number}";

/// The synthetic traffic of an endpoint.
#[derive(Debug, Serialize)]
pub(super) struct Described {
    endpoint: String,
    /// Null where there is none.
    demand: Option<Demand>,
    /// When it was set.
    since: Option<String>,
    /// Requests before this instant are counted.
    done_until: Option<String>,
}

pub(super) async fn read(
    State(engine): State<Engine>,
    World(world): World,
    Name(name): Name,
) -> Result<Json<Described>, Problem> {
    described(&engine, &world, &name).await
}

pub(super) async fn set(
    State(engine): State<Engine>,
    World(world): World,
    Name(name): Name,
    body: Body,
) -> Result<Json<Described>, Problem> {
    let demand = demand(body)?;
    change(&engine, &world, &name, Some(demand)).await
}

pub(super) async fn end(
    State(engine): State<Engine>,
    World(world): World,
    Name(name): Name,
) -> Result<Json<Described>, Problem> {
    change(&engine, &world, &name, None).await
}

async fn change(
    engine: &Engine,
    world: &WorldId,
    name: &str,
    demand: Option<Demand>,
) -> Result<Json<Described>, Problem> {
    let row = engine.store().session().endpoint(world, name).await?;
    if let Some(sentence) = row.and_then(|row| row.endpoint.refuses_traffic()).filter(|_| demand.is_some()) {
        return Err(Problem::bad(sentence));
    }
    if !engine.set_traffic(world, name, demand).await? {
        return Err(missing(world, name));
    }
    described(engine, world, name).await
}

async fn described(engine: &Engine, world: &WorldId, name: &str) -> Result<Json<Described>, Problem> {
    let mut session = engine.store().session();
    let Some(row) = session.endpoint(world, name).await? else { return Err(missing(world, name)) };
    let traffic: Option<engine::Traffic> = session.traffic(&row.id).await?;
    Ok(Json(Described {
        endpoint: row.endpoint.name,
        demand: traffic.as_ref().map(|traffic| traffic.demand),
        since: traffic.as_ref().map(|traffic| traffic.since.to_string()),
        done_until: traffic.as_ref().map(|traffic| traffic.done.to_string()),
    }))
}

fn missing(world: &WorldId, name: &str) -> Problem {
    Problem::not_found(format!("There is no endpoint {name:?} in {world}."))
}

fn demand(body: Body) -> Result<Demand, Problem> {
    let mut body = body.without_nulls();
    let rate = body.take("requests_per_second", RATE, Value::as_f64)?;
    let daily = body.take("daily", DAILY, |value| serde_json::from_value(value.clone()).ok())?;
    let bursts = body.take("bursts", BURSTS, |value| serde_json::from_value(value.clone()).ok())?;
    body.finish("requests_per_second, daily and bursts")?;
    let needed = || Problem::bad(format!("The body needs the member \"requests_per_second\": {RATE}."));
    let demand = Demand { requests_per_second: rate.ok_or_else(needed)?, daily, bursts };
    demand.check().map_err(Problem::bad)?;
    Ok(demand)
}

//! `GET /_sagebrush/capacity`, and `PUT` and `DELETE` of one instance type: how many instances there are, how many there
//! is room for, and how many the account may have.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::{Number, Value};

use super::body::Body;
use super::hand::Handed;
use super::problem::Problem;
use super::value::{thousandths, whole};
use super::world::{Name, World};
use crate::domain::limit::Limit;
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::engine::capacity::Usage;

const COUNT: &str = "a whole number from 0 to 4294967295, or null for no limit";

/// The instances of a world, by type.
#[derive(Debug, Serialize)]
pub(super) struct Capacity {
    /// How long a launch waits for room; a setting of the server.
    capacity_wait_seconds: Number,
    instance_types: Vec<OfType>,
}

/// The instances of a type.
#[derive(Debug, Serialize)]
pub(super) struct OfType {
    instance_type: String,
    /// How many can run at the same time; null without a limit.
    pool: Option<u32>,
    /// How many the account may have; null without a limit.
    quota: Option<u32>,
    running: u64,
    waiting: u64,
}

impl From<Usage> for OfType {
    fn from(usage: Usage) -> Self {
        let Usage { instance_type, limit: Limit { pool, quota }, running, waiting } = usage;
        Self { instance_type, pool, quota, running, waiting }
    }
}

pub(super) async fn read(
    State(engine): State<Engine>,
    World(world): World,
) -> Result<Json<Capacity>, Problem> {
    let instance_types = engine.usage(&world).await?.into_iter().map(OfType::from).collect();
    let capacity_wait_seconds = thousandths(engine.rules().capacity_wait_ms);
    Ok(Json(Capacity { capacity_wait_seconds, instance_types }))
}

pub(super) async fn set(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    World(world): World,
    Name(instance_type): Name,
    mut body: Body,
) -> Result<Json<OfType>, Problem> {
    handed.check_type(&instance_type)?;
    let (pool, quota) = (count(&mut body, "pool")?, count(&mut body, "quota")?);
    body.finish("pool and quota")?;
    limited(&engine, &world, instance_type, Limit { pool, quota }).await
}

pub(super) async fn forget(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    World(world): World,
    Name(instance_type): Name,
) -> Result<Json<OfType>, Problem> {
    handed.check_type(&instance_type)?;
    limited(&engine, &world, instance_type, Limit::default()).await
}

fn count(body: &mut Body, name: &str) -> Result<Option<u32>, Problem> {
    let read = |value: &Value| if value.is_null() { Some(None) } else { whole(value).map(Some) };
    Ok(body.take(name, COUNT, read)?.flatten())
}

/// Sets the limits of a type.
async fn limited(
    engine: &Engine,
    world: &WorldId,
    instance_type: String,
    limit: Limit,
) -> Result<Json<OfType>, Problem> {
    engine.set_limit(world, &instance_type, limit).await?;
    let usage = engine.usage(world).await?.into_iter().find(|usage| usage.instance_type == instance_type);
    let nothing = Usage { instance_type, limit, running: 0, waiting: 0 };
    Ok(Json(usage.unwrap_or(nothing).into()))
}

//! `GET /_sagebrush/deliveries`: events that have not reached their targets yet, and why.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;

use super::problem::Problem;
use super::world::WorldAnd;
use crate::engine::Engine;
use crate::store::delivery::Delivery;

/// The most deliveries in the answer.
const MOST: u32 = 1_000;

/// Deliveries, the oldest first.
#[derive(Debug, Serialize)]
pub(super) struct Deliveries {
    deliveries: Vec<Shown>,
}

#[derive(Debug, Serialize)]
struct Shown {
    rule: String,
    target: Value,
    /// When it is tried next.
    due: String,
    /// How often it was tried in vain.
    attempts: u32,
    /// Why it failed last.
    failure: Option<String>,
    /// Whether the target was given up, and its dead-letter queue is to be told.
    is_dead_letter: bool,
    event: Value,
}

pub(super) async fn list(
    State(engine): State<Engine>,
    WorldAnd(world, query): WorldAnd,
) -> Result<Json<Deliveries>, Problem> {
    query.finish("account and region")?;
    let found = engine.store().session().deliveries(&world, MOST).await?;
    Ok(Json(Deliveries { deliveries: found.into_iter().map(shown).collect::<Result<_, _>>()? }))
}

fn shown(it: Delivery) -> Result<Shown, Problem> {
    let read = |text: &str| serde_json::from_str(text).map_err(|error| Problem::internal(&error));
    let (target, event) = (read(&it.target)?, read(&it.event)?);
    Ok(Shown {
        rule: it.rule_arn,
        target,
        due: it.due.to_string(),
        attempts: it.attempts,
        failure: it.failure,
        is_dead_letter: it.dead_letter.is_some(),
        event,
    })
}

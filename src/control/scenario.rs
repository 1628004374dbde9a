//! `POST /_sagebrush/scenario`: a world becomes what a file says, whole or not at all.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Serialize;

use super::clock::Clock;
use super::hand::{Handed, Told};
use super::problem::Problem;
use super::world::World;
use crate::domain::world::WorldId;
use crate::engine::Engine;

/// Far more than any scenario needs.
const MOST_BYTES: usize = 1024 * 1024;

/// The world that was made.
#[derive(Debug, Serialize)]
pub(super) struct Built {
    account: String,
    region: String,
    clock: Clock,
}

pub(super) async fn build(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    World(world): World,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Built>, Problem> {
    if body.len() > MOST_BYTES {
        return Err(Problem::too_large(format!("The scenario is larger than {MOST_BYTES} bytes.")));
    }
    let text = String::from_utf8(body.to_vec());
    let text = text.map_err(|_| Problem::bad("The scenario must be text in UTF-8."))?;
    let told = Told { text, is_toml: is_toml(&headers)?, world: world.clone() };
    let snapshot = handed.builder.take(told).await?;
    engine.import(snapshot).await?;
    let clock = engine.clock(&world).await?.into();
    let WorldId { account, region } = world;
    Ok(Json(Built { account, region, clock }))
}

/// Whether the body is TOML; JSON and YAML otherwise.
fn is_toml(headers: &HeaderMap) -> Result<bool, Problem> {
    let named = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match named.as_str() {
        "application/toml" | "text/x-toml" => Ok(true),
        "application/yaml" | "application/x-yaml" | "text/yaml" | "application/json" => Ok(false),
        _ => Err(Problem::bad(format!(
            "The Content-Type of a scenario must be application/toml, application/yaml or application/json, not {named:?}."
        ))),
    }
}

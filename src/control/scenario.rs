//! `POST /_sagebrush/scenario`: a world becomes what a file says, whole or not at all.
//!
//! How a scenario is made is handed in: it takes the services, which this room does not know.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use serde::Serialize;

use super::clock::Clock;
use super::problem::Problem;
use super::world::World;
use crate::domain::world::WorldId;
use crate::engine::Engine;
use crate::store::snapshot::Snapshot;

/// Far more than any scenario needs.
const MOST_BYTES: usize = 1024 * 1024;

/// Makes of a scenario's text, and whether that is TOML, the world that it tells of.
#[derive(Clone)]
pub struct Builder(Arc<Build>);

type Build = dyn Fn(String, bool, WorldId) -> Building + Send + Sync;

/// A world on its way; the error is a sentence for whoever wrote the scenario, or a cause for the log.
pub type Building = Pin<Box<dyn Future<Output = Result<Snapshot, Unbuilt>> + Send>>;

/// Why there is no world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unbuilt {
    /// The scenario is wrong: where and why.
    Wrong(String),
    /// Something is wrong on our side: for the log.
    Failed(String),
}

impl Builder {
    /// One that builds so.
    pub fn new(build: impl Fn(String, bool, WorldId) -> Building + Send + Sync + 'static) -> Self {
        Self(Arc::new(build))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Builder")
    }
}

/// The world that was made.
#[derive(Debug, Serialize)]
pub(super) struct Built {
    account: String,
    region: String,
    clock: Clock,
}

pub(super) async fn build(
    State(engine): State<Engine>,
    State(builder): State<Builder>,
    World(world): World,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Built>, Problem> {
    if body.len() > MOST_BYTES {
        return Err(Problem::too_large(format!("The scenario is larger than {MOST_BYTES} bytes.")));
    }
    let text = String::from_utf8(body.to_vec());
    let text = text.map_err(|_| Problem::bad("The scenario must be text in UTF-8."))?;
    let snapshot =
        (builder.0)(text, is_toml(&headers)?, world.clone()).await.map_err(|unbuilt| match unbuilt {
            Unbuilt::Wrong(sentence) => Problem::bad(sentence),
            Unbuilt::Failed(cause) => Problem::internal(&cause),
        })?;
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

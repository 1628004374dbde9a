//! `GET /_sagebrush/metrics`: what this server has done, for Prometheus.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::world::Query;
use crate::engine::Engine;
use crate::telemetry::{Live, Requests, TEXT_FORMAT, page};

pub(super) async fn read(
    State(engine): State<Engine>,
    State(requests): State<Arc<Requests>>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish("none")?;
    let store = engine.store();
    let live = Live::of(store.session().live_phases().await?);
    let page = page(&requests, store.work(), &live).map_err(|error| Problem::internal(&error))?;
    Ok(([(CONTENT_TYPE, TEXT_FORMAT)], page).into_response())
}

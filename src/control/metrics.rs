//! `GET /_sagebrush/metrics`: what this server has done, for Prometheus.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::hand::Handed;
use super::problem::Problem;
use super::world::Query;
use crate::engine::Engine;
use crate::telemetry::{Live, TEXT_FORMAT, page};

pub(super) async fn read(
    State(engine): State<Engine>,
    State(handed): State<Handed>,
    query: Query,
) -> Result<Response, Problem> {
    query.finish("none")?;
    let store = engine.store();
    let live = Live::of(store.session().live_phases().await?, store.outbox_depth().await?);
    let page = page(&handed.requests, store.work(), &live).map_err(|error| Problem::internal(&error))?;
    Ok(([(CONTENT_TYPE, TEXT_FORMAT)], page).into_response())
}

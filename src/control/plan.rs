//! `POST /_sagebrush/plan`: what an update would do, without making it.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::body::Body;
use super::hand::Handed;
use super::problem::Problem;

pub(super) async fn make(State(handed): State<Handed>, body: Body) -> Result<Json<Value>, Problem> {
    handed.planner.take(body.into_members()).await.map(Json)
}

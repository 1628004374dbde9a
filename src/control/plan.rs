//! `POST /_sagebrush/plan`: what an update would do, without making it.
//!
//! A plan is carried out by the services, of which this room knows nothing: whoever puts the rooms together hands a
//! [`Planner`] in.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value};

use super::body::Body;
use super::problem::Problem;

/// Makes plans.
#[derive(Clone)]
pub struct Planner(Arc<dyn Fn(Map<String, Value>) -> Planning + Send + Sync>);

/// A plan on its way.
pub type Planning = Pin<Box<dyn Future<Output = Result<Value, NotPlanned>> + Send>>;

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotPlanned {
    /// The question is wrong: a sentence for whoever asked.
    Wrong(String),
    /// Something is wrong on our side: for the log.
    Failed(String),
}

impl Planner {
    /// One that makes of the members of a body what it is to answer.
    pub fn new(make: impl Fn(Map<String, Value>) -> Planning + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }
}

impl fmt::Debug for Planner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Planner")
    }
}

pub(super) async fn make(State(planner): State<Planner>, body: Body) -> Result<Json<Value>, Problem> {
    let made = (planner.0)(body.into_members()).await;
    made.map(Json).map_err(|not_planned| match not_planned {
        NotPlanned::Wrong(sentence) => Problem::bad(sentence),
        NotPlanned::Failed(cause) => Problem::internal(&cause),
    })
}

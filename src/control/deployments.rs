//! `GET /_sagebrush/deployments` and `GET /_sagebrush/deployments/{id}`: the history, and what is to come.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::Number;

use super::problem::Problem;
use super::world::{World, WorldAnd};
use crate::clock::Timestamp;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::plan::Strategy;
use crate::domain::deployment::record::{Kind, Status};
use crate::domain::event::{CauseKind, Event, EventKind, Trigger};
use crate::domain::world::WorldId;
use crate::engine::{Engine, Outlook, Prospect, Tripped};
use crate::store::DeploymentRow;

/// The most deployments in one answer, and as many as it has unless told otherwise.
const MOST: u32 = 1_000;

/// An endpoint's deployments, the newest first.
#[derive(Debug, Serialize)]
pub(super) struct Deployments {
    deployments: Vec<Deployment>,
}

#[derive(Debug, Serialize)]
struct Deployment {
    id: String,
    sequence: u64,
    version: i64,
    endpoint: String,
    kind: Kind,
    status: Status,
    strategy: Strategy,
    from_config: Option<String>,
    to_config: String,
    started_at: String,
    ended_at: Option<String>,
    failure_reason: Option<String>,
    paused_since: Option<String>,
}

impl Deployment {
    fn of(row: DeploymentRow, paused: Option<Timestamp>) -> Self {
        let record = row.record;
        Self {
            id: record.id,
            sequence: record.sequence,
            version: row.version,
            endpoint: row.endpoint,
            kind: record.kind,
            status: record.status,
            strategy: record.strategy,
            from_config: record.from_config,
            to_config: record.to_config,
            started_at: record.started_at.to_string(),
            ended_at: record.ended_at.map(|at| at.to_string()),
            failure_reason: record.failure_reason,
            paused_since: paused.map(|since| since.to_string()),
        }
    }
}

/// A deployment, how it stands, what happened and what is to come.
#[derive(Debug, Serialize)]
pub(super) struct Described {
    #[serde(flatten)]
    deployment: Deployment,
    why: String,
    /// None after its end, and where this server cannot tell.
    alarms: Option<Vec<String>>,
    traffic: WantedAndActual,
    next_at: Option<String>,
    planned: Vec<Stage>,
    events: Vec<HistoryLine>,
}

#[derive(Debug, Serialize)]
struct WantedAndActual {
    /// None where this server cannot tell.
    wanted: Option<Split>,
    actual: Split,
}

#[derive(Debug, Serialize)]
struct Stage {
    time: String,
    phase: EventKind,
    step: Option<u32>,
    traffic: Split,
    message: String,
}

#[derive(Debug, Serialize)]
struct HistoryLine {
    #[serde(flatten)]
    stage: Stage,
    triggered_by: Trigger,
    cause: Option<CauseKind>,
    alarms: Vec<String>,
    tripped: Vec<TrippedAlarm>,
}

/// An alarm that tripped.
#[derive(Debug, Serialize)]
struct TrippedAlarm {
    alarm: String,
    time: String,
    reason: String,
    value: Option<f64>,
    threshold: Option<f64>,
}

/// Percent of the traffic; the sides sum to 100.
#[derive(Debug, Serialize)]
struct Split {
    blue: Number,
    green: Number,
}

impl From<Event> for Stage {
    fn from(event: Event) -> Self {
        Self {
            time: event.at.to_string(),
            phase: event.kind,
            step: event.step,
            traffic: event.traffic.into(),
            message: event.message,
        }
    }
}

impl HistoryLine {
    fn of(mut event: Event, tripped: Vec<Tripped>, began: Timestamp) -> Self {
        let (triggered_by, cause) = (event.triggered_by(began), event.cause);
        let alarms = std::mem::take(&mut event.alarms);
        let tripped = tripped.into_iter().map(TrippedAlarm::from).collect();
        Self { stage: event.into(), triggered_by, cause, alarms, tripped }
    }
}

impl From<Tripped> for TrippedAlarm {
    fn from(tripped: Tripped) -> Self {
        let Tripped { alarm, at, reason, value, threshold } = tripped;
        Self { alarm, time: at.to_string(), reason, value, threshold }
    }
}

impl From<Outlook> for Described {
    fn from(outlook: Outlook) -> Self {
        let Outlook { row, history, prospect } = outlook;
        let Prospect { why, paused, alarms, wanted, actual, planned } = prospect;
        let began = row.record.started_at;
        let lines = history.into_iter().map(|(event, tripped)| HistoryLine::of(event, tripped, began));
        Self {
            why,
            alarms,
            traffic: WantedAndActual { wanted: wanted.map(Split::from), actual: actual.into() },
            next_at: planned.first().map(|event| event.at.to_string()),
            planned: planned.into_iter().map(Stage::from).collect(),
            events: lines.collect(),
            deployment: Deployment::of(row, paused),
        }
    }
}

impl From<Traffic> for Split {
    fn from(traffic: Traffic) -> Self {
        Self { blue: percent(traffic.blue_bp()), green: percent(traffic.green_bp()) }
    }
}

/// Hundredths of a percent as a JSON number of percent, whole where they are whole.
fn percent(bp: u16) -> Number {
    if bp.is_multiple_of(100) {
        return (bp / 100).into();
    }
    Number::from_f64(f64::from(bp) / 100.0).expect("a small integer by a hundred is finite")
}

pub(super) async fn list(
    State(engine): State<Engine>,
    WorldAnd(world, mut query): WorldAnd,
) -> Result<Json<Deployments>, Problem> {
    let (endpoint, limit) = (query.take("endpoint"), query.take("limit"));
    query.finish("endpoint, limit, account and region")?;
    let limit = limit.map_or(Ok(MOST), |limit| {
        let number = limit.parse().ok().filter(|number| (1..=MOST).contains(number));
        number.ok_or_else(|| {
            Problem::bad(format!("limit is {limit:?}, but it takes a number from 1 to {MOST}."))
        })
    })?;
    let listed = engine.deployments(&world, endpoint.as_deref(), limit).await?;
    let deployments = listed.into_iter().map(|(row, paused)| Deployment::of(row, paused)).collect();
    Ok(Json(Deployments { deployments }))
}

pub(super) async fn describe(
    State(engine): State<Engine>,
    World(world): World,
    path: Result<Path<String>, PathRejection>,
) -> Result<Json<Described>, Problem> {
    let Path(id) = path.map_err(|_| Problem::bad("The id of a deployment is text in UTF-8."))?;
    Ok(Json(described(&engine, &world, &id).await?))
}

/// The deployment of that id.
pub(super) async fn described(engine: &Engine, world: &WorldId, id: &str) -> Result<Described, Problem> {
    let outlook = engine.outlook(world, id).await?;
    outlook.map(Described::from).ok_or_else(|| missing(id, world))
}

/// There is no deployment of that id.
pub(super) fn missing(id: &str, world: &WorldId) -> Problem {
    Problem::not_found(format!(
        "There is no deployment {id:?} in {world}; /_sagebrush/deployments?endpoint=NAME lists those of an endpoint \
         with their ids."
    ))
}

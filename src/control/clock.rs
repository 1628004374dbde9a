//! `GET` and `PUT /_sagebrush/clock`, `POST /_sagebrush/clock/advance`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Number;

use super::body::Body;
use super::problem::Problem;
use super::value::thousandths;
use super::world::World;
use crate::clock::Mode;
use crate::engine::{Advance, Change, Engine, Reading, Standing};

/// The clock of a world.
#[derive(Debug, Serialize)]
pub(super) struct Clock {
    now: String,
    mode: &'static str,
    /// Seconds of the world in a second of real time; 0 on a manual clock.
    rate: Number,
    /// How far the world is ahead of real time.
    offset_seconds: Number,
}

impl From<Reading> for Clock {
    fn from(reading: Reading) -> Self {
        Self {
            now: reading.now.to_string(),
            mode: reading.mode.word(),
            rate: thousandths(reading.mode.rate_milli()),
            offset_seconds: thousandths(reading.offset_ms),
        }
    }
}

/// What an advance answers: the clock, and what happened on the way.
#[derive(Debug, Serialize)]
pub(super) struct Advanced {
    #[serde(flatten)]
    clock: Clock,
    transitions: Vec<Transition>,
    /// Servers that share the database and did not answer in time, by name.
    late_replicas: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Transition {
    time: String,
    endpoint: String,
    from: Stand,
    /// Null when the endpoint is gone.
    to: Option<Stand>,
    message: String,
}

#[derive(Debug, Serialize)]
struct Stand {
    status: &'static str,
    phase: Option<&'static str>,
    step: Option<u32>,
}

impl From<Change> for Transition {
    fn from(change: Change) -> Self {
        Self {
            time: change.at.to_string(),
            endpoint: change.endpoint,
            from: change.from.into(),
            to: change.to.map(Stand::from),
            message: change.message,
        }
    }
}

impl From<Standing> for Stand {
    fn from(standing: Standing) -> Self {
        Self { status: standing.status, phase: standing.phase, step: standing.step }
    }
}

pub(super) async fn read(State(engine): State<Engine>, World(world): World) -> Result<Json<Clock>, Problem> {
    Ok(Json(engine.clock(&world).await?.into()))
}

pub(super) async fn set(
    State(engine): State<Engine>,
    World(world): World,
    body: Body,
) -> Result<Json<Clock>, Problem> {
    let mode = mode(body)?;
    Ok(Json(engine.set_mode(&world, mode).await?.into()))
}

pub(super) async fn advance(
    State(engine): State<Engine>,
    World(world): World,
    body: Body,
) -> Result<Json<Advanced>, Problem> {
    let advance = target(body)?;
    let advanced = engine.advance(&world, advance).await?;
    let transitions = advanced.changes.into_iter().map(Transition::from).collect();
    let late_replicas = advanced.late.into_iter().collect();
    Ok(Json(Advanced { clock: advanced.reading.into(), transitions, late_replicas }))
}

fn mode(mut body: Body) -> Result<Mode, Problem> {
    let (word, rate) = (body.text("mode")?, body.number("rate")?);
    body.finish("mode and rate")?;
    let mode = match (word.as_deref(), rate) {
        (Some("real"), None) => Some(Mode::Real),
        (Some("manual"), None) => Some(Mode::Manual),
        (Some("real" | "manual"), Some(_)) => {
            return Err(Problem::bad("The member \"rate\" belongs to the mode \"scaled\" alone."));
        }
        (Some("scaled"), Some(rate)) => Mode::scaled(rate),
        (Some("scaled"), None) => None,
        _ => {
            let sentence = "The member \"mode\" must be \"real\", \"scaled\" or \"manual\".";
            return Err(Problem::bad(sentence));
        }
    };
    let sentence = "The mode \"scaled\" needs the member \"rate\": a number from 0.001 to 100000.";
    mode.ok_or_else(|| Problem::bad(sentence))
}

fn target(mut body: Body) -> Result<Advance, Problem> {
    let (to, seconds) = (body.text("to")?, body.number("seconds")?);
    body.finish("seconds and to")?;
    match (to.as_deref(), seconds) {
        (Some("next"), None) => Ok(Advance::Next),
        (Some("idle"), None) => Ok(Advance::Idle),
        // A number beyond all reason ends at the largest, which the engine refuses with its own sentence.
        #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
        (None, Some(seconds)) => Ok(Advance::By((seconds * 1000.0).round() as i64)),
        (Some(_), None) => Err(Problem::bad("The member \"to\" must be \"next\" or \"idle\".")),
        _ => Err(Problem::bad("The body must have one member: \"seconds\" or \"to\".")),
    }
}

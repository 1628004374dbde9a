//! `GET /_sagebrush/events`: what EventBridge is told, in the order in which it happened; a page of it, or a stream.

mod stream;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::problem::Problem;
use super::world::{Query, WorldAnd};
use crate::domain::world::WorldId;
use crate::engine::{Engine, Error};
use crate::store::bus_event::{BusEvent, BusEventQuery};

/// The most events in one answer, and as many as it has unless told otherwise.
const MOST: u32 = 1_000;

/// What a browser asks for that wants a stream.
const STREAM: &str = "text/event-stream";

/// Events, the oldest first.
#[derive(Debug, Serialize)]
struct Events {
    events: Vec<Numbered>,
}

#[derive(Debug, Serialize)]
struct Numbered {
    number: i64,
    event: Value,
}

/// Which events are asked for.
#[derive(Clone, Debug)]
struct Wanted {
    world: WorldId,
    after: i64,
    resource: Option<String>,
    detail_type: Option<String>,
    limit: u32,
}

impl Wanted {
    fn read(world: WorldId, mut query: Query) -> Result<Self, Problem> {
        let [after, limit, endpoint, detail_type] =
            ["after", "limit", "endpoint", "detail_type"].map(|name| query.take(name));
        query.finish("after, limit, endpoint, detail_type, account and region")?;
        let after = after.as_deref().map_or(Ok(0), |text| number(text, "after", 0, i64::MAX))?;
        let limit =
            limit.as_deref().map_or(Ok(i64::from(MOST)), |text| number(text, "limit", 1, MOST.into()))?;
        let resource = endpoint.map(|name| world.sagemaker_arn("endpoint", &name));
        Ok(Self { world, after, resource, detail_type, limit: u32::try_from(limit).unwrap_or(MOST) })
    }

    async fn found(&self, engine: &Engine) -> Result<Vec<BusEvent>, Error> {
        let query = BusEventQuery {
            after: self.after,
            resource: self.resource.as_deref(),
            detail_type: self.detail_type.as_deref(),
            limit: self.limit,
        };
        engine.bus_events(&self.world, &query).await
    }
}

fn number(text: &str, name: &str, least: i64, most: i64) -> Result<i64, Problem> {
    let number = text.parse().ok().filter(|number| (least..=most).contains(number));
    number.ok_or_else(|| {
        Problem::bad(format!("{name} is {text:?}, but it takes a number from {least} to {most}."))
    })
}

/// A page of them; for whoever accepts nothing but a stream, the stream.
pub(super) async fn read(
    State(engine): State<Engine>,
    WorldAnd(world, query): WorldAnd,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let mut wanted = Wanted::read(world, query)?;
    if headers.get(ACCEPT).is_some_and(|accept| accept == STREAM) {
        if let Some(last) = headers.get("last-event-id") {
            let last = last.to_str().unwrap_or("text that is not ASCII");
            wanted.after = number(last, "Last-Event-ID", 0, i64::MAX)?;
        }
        return Ok(stream::of(engine, wanted));
    }
    let numbered = |it: BusEvent| {
        let event = serde_json::from_str(&it.body).map_err(|error| Problem::internal(&error))?;
        Ok(Numbered { number: it.number, event })
    };
    let events = wanted.found(&engine).await?.into_iter().map(numbered);
    Ok(Json(Events { events: events.collect::<Result<_, Problem>>()? }).into_response())
}

//! `FilterLogEvents` and `GetLogEvents`: what is in a group, by time.

use serde::Deserialize;

use super::pattern::Pattern;
use super::{bad_token, invalid, named};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input, token};
use crate::store::log::{LogEvent, LogQuery};

/// A page, if the request does not say: as many as it may ask for.
const PAGE: u32 = 10_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FilterLogEvents {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    #[serde(default)]
    log_stream_names: Vec<String>,
    log_stream_name_prefix: Option<String>,
    start_time: Option<i64>,
    end_time: Option<i64>,
    filter_pattern: Option<String>,
    next_token: Option<String>,
    limit: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GetLogEvents {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name: String,
    start_time: Option<i64>,
    end_time: Option<i64>,
    next_token: Option<String>,
    limit: Option<u32>,
    #[serde(default)]
    start_from_head: bool,
}

/// Where a page ended: a time, and a number among what has that time.
type Mark = (i64, i64);

/// Events of a group that a pattern finds. A page may be empty and have another one behind it.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>
pub(super) async fn filter(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let asked: FilterLogEvents = input(value)?;
    if !asked.log_stream_names.is_empty() && asked.log_stream_name_prefix.is_some() {
        return Err(invalid("Only one of logStreamNames and logStreamNamePrefix may be given."));
    }
    let pattern = Pattern::read(asked.filter_pattern.as_deref().unwrap_or_default())?;
    let mut session = context.store.session();
    let group = named::group(&mut session, world, asked.log_group_name, asked.log_group_identifier).await?;
    let mark: Option<Mark> =
        asked.next_token.as_deref().map(|text| token::open("log events", text, bad_token)).transpose()?;
    let limit = asked.limit.unwrap_or(PAGE);
    let query = LogQuery {
        streams: &asked.log_stream_names,
        prefix: asked.log_stream_name_prefix.as_deref(),
        from: asked.start_time.map(Timestamp),
        to: asked.end_time.map(Timestamp),
        beyond: mark.map(|(at, number)| (Timestamp(at), number)),
        backward: false,
        limit: limit + 1,
    };
    let mut found = session.log_events(world, &group, query).await?;
    let end = token::cut(&mut found, limit, |event| (event.at.0, event.number));
    let events: Vec<Value> =
        found.iter().filter(|event| pattern.finds(&event.message)).map(filtered).collect();
    let none: Vec<Value> = Vec::new();
    let mut answer =
        Fields::from_iter([("events", Value::from(events)), ("searchedLogStreams", none.into())]);
    if let Some(end) = end {
        answer.insert("nextToken", token::seal("log events", end).into());
    }
    Ok(answer.into())
}

/// A page of a stream, the last one unless the head is wanted; the tokens lead both ways, and at an end back to itself.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html>
pub(super) async fn get(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let asked: GetLogEvents = input(value)?;
    let mut session = context.store.session();
    let group = named::group(&mut session, world, asked.log_group_name, asked.log_group_identifier).await?;
    if !session.has_log_stream(world, &group, &asked.log_stream_name).await? {
        let sentence = "The specified log stream does not exist.";
        return Err(Fault::declared("ResourceNotFoundException", sentence));
    }
    let (backward, mark) = match asked.next_token.as_deref().map(|text| text.split_once('/')) {
        None => (!asked.start_from_head, None),
        Some(Some(("f", text))) => (false, Some(token::open::<Mark>("a log stream", text, bad_token)?)),
        Some(Some(("b", text))) => (true, Some(token::open::<Mark>("a log stream", text, bad_token)?)),
        Some(_) => return Err(bad_token()),
    };
    let streams = [asked.log_stream_name];
    let query = LogQuery {
        streams: &streams,
        prefix: None,
        from: asked.start_time.map(Timestamp),
        // Unlike that of FilterLogEvents, this end is not part of it.
        to: asked.end_time.map(|end| Timestamp(end - 1)),
        beyond: mark.map(|(at, number)| (Timestamp(at), number)),
        backward,
        limit: asked.limit.unwrap_or(PAGE),
    };
    let found = session.log_events(world, &group, query).await?;
    let mark_of = |event: Option<&LogEvent>, none: Mark| {
        event.map_or(mark.unwrap_or(none), |event| (event.at.0, event.number))
    };
    let (first, last) = (mark_of(found.first(), (i64::MAX, i64::MAX)), mark_of(found.last(), (0, 0)));
    let sealed = |way: &str, mark: Mark| format!("{way}/{}", token::seal("a log stream", mark));
    Ok(Fields::from_iter([
        ("events", Value::from(found.iter().map(got).collect::<Vec<_>>())),
        ("nextForwardToken", sealed("f", last).into()),
        ("nextBackwardToken", sealed("b", first).into()),
    ])
    .into())
}

fn got(event: &LogEvent) -> Value {
    Fields::from_iter([
        ("timestamp", Value::from(event.at.0)),
        ("message", event.message.as_str().into()),
        ("ingestionTime", event.ingested.0.into()),
    ])
    .into()
}

fn filtered(event: &LogEvent) -> Value {
    Fields::from_iter([
        ("logStreamName", Value::from(event.stream.as_str())),
        ("timestamp", event.at.0.into()),
        ("message", event.message.as_str().into()),
        ("ingestionTime", event.ingested.0.into()),
        ("eventId", format!("{:056}", event.number).into()),
    ])
    .into()
}

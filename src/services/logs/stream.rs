//! `DescribeLogStreams`.

use serde::Deserialize;

use super::{bad_token, named};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input, token};
use crate::store::by_name::ByName;
use crate::store::log::LogStream;

/// A page, if the request does not say: as many as it may ask for.
const PAGE: u32 = 50;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    log_group_name: Option<String>,
    log_group_identifier: Option<String>,
    log_stream_name_prefix: Option<String>,
    order_by: Option<String>,
    descending: Option<bool>,
    next_token: Option<String>,
    limit: Option<u32>,
}

/// Streams in the order of their names.
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html>
pub(super) async fn describe(context: &Context, world: &WorldId, value: Value) -> Result<Value, Fault> {
    let asked: Describe = input(value)?;
    if asked.order_by.as_deref() == Some("LastEventTime") || asked.descending == Some(true) {
        return Err(Fault::unsupported("sagebrush lists log streams by their names alone, ascending."));
    }
    let mut session = context.store.session();
    let group = named::group(&mut session, world, asked.log_group_name, asked.log_group_identifier).await?;
    let after: Option<String> =
        asked.next_token.as_deref().map(|text| token::open("log streams", text, bad_token)).transpose()?;
    let limit = asked.limit.unwrap_or(PAGE);
    let prefix = asked.log_stream_name_prefix.as_deref();
    let page = ByName { prefix, after: after.as_deref(), limit: limit + 1 };
    let mut found = session.log_streams(world, &group, page).await?;
    let end = token::cut(&mut found, limit, |stream| stream.name.clone());
    let arn = world.log_group_arn(&group);
    let shown: Vec<Value> = found.iter().map(|stream| shown(&arn, stream)).collect();
    let mut answer = Fields::from_iter([("logStreams", Value::from(shown))]);
    if let Some(end) = end {
        answer.insert("nextToken", token::seal("log streams", end).into());
    }
    Ok(answer.into())
}

fn shown(group_arn: &str, stream: &LogStream) -> Value {
    let mut shown = Fields::from_iter([
        ("logStreamName", stream.name.as_str().into()),
        ("creationTime", stream.created.0.into()),
    ]);
    if let Some([first, last, came]) = stream.events {
        shown.insert("firstEventTimestamp", first.0.into());
        shown.insert("lastEventTimestamp", last.0.into());
        shown.insert("lastIngestionTime", came.0.into());
    }
    shown.insert("arn", format!("{group_arn}:log-stream:{}", stream.name).into());
    // AWS shows no bytes of a stream any more.
    shown.insert("storedBytes", 0.into());
    shown.into()
}

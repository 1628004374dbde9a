//! `DescribeAlarmHistory`.

use serde::{Deserialize, Serialize};

use super::alarm::{kind_of, type_of};
use super::bad_token;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Value};
use crate::services::{Context, answer, input, token};
use crate::store::{HistoryItem, HistoryQuery, Order, Session};

/// A page, if the request does not say: as many as a request may ask for.
const PAGE: u32 = 100;

/// `DescribeAlarmHistoryInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    alarm_name: Option<String>,
    alarm_contributor_id: Option<String>,
    #[serde(default)]
    alarm_types: Vec<String>,
    history_item_type: Option<String>,
    start_date: Option<Timestamp>,
    end_date: Option<Timestamp>,
    max_records: Option<u32>,
    next_token: Option<String>,
    scan_by: Option<String>,
}

/// `AlarmHistoryItem`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown<'a> {
    alarm_name: &'a str,
    alarm_type: &'static str,
    timestamp: Timestamp,
    history_item_type: &'a str,
    history_summary: &'a str,
    history_data: &'a str,
}

/// `DescribeAlarmHistoryOutput`.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer<'a> {
    alarm_history_items: Vec<Shown<'a>>,
    next_token: Option<String>,
}

/// The history, newest first unless `ScanBy` says otherwise; it outlives its alarm. Alarms here have no
/// contributors, so nothing has a contributor's id.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html>
pub(super) async fn describe_alarm_history(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    let mut session = context.store.session();
    let limit = request.max_records.unwrap_or(PAGE);
    let after =
        request.next_token.as_deref().map(|token| token::open("history", token, bad_token)).transpose()?;
    let ascending = request.scan_by.as_deref() == Some("TimestampAscending");
    let query = HistoryQuery {
        alarm: request.alarm_name.as_deref(),
        kind: kind_of(&request.alarm_types),
        item_type: request.history_item_type.as_deref(),
        from: world_time(context, &mut session, world, request.start_date).await?,
        until: world_time(context, &mut session, world, request.end_date).await?,
        order: if ascending { Order::Ascending } else { Order::Descending },
        after,
        limit: limit + 1,
    };
    let mut items = match request.alarm_contributor_id {
        Some(_) => Vec::new(),
        None => session.alarm_history(world, &query).await?,
    };
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let end = items.last().filter(|_| more).map(|item| token::seal("history", item.seq));
    answer(&Answer { alarm_history_items: items.iter().map(show).collect(), next_token: end })
}

/// The world's time that the client means.
async fn world_time(
    context: &Context,
    session: &mut Session,
    world: &WorldId,
    sent: Option<Timestamp>,
) -> Result<Option<Timestamp>, Fault> {
    let Some(sent) = sent else { return Ok(None) };
    let row = session.world(world).await?;
    Ok(Some(context.settings.client_times.read(sent, &row, session.base_now().await?)))
}

fn show(item: &HistoryItem) -> Shown<'_> {
    Shown {
        alarm_name: &item.alarm,
        alarm_type: type_of(item.kind),
        timestamp: item.at,
        history_item_type: &item.item_type,
        history_summary: &item.summary,
        history_data: &item.body,
    }
}

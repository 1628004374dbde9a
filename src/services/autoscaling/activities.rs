//! `DescribeScalingActivities`.

use serde::Deserialize;

use super::key::{Filter, NAMESPACE, dimension_of};
use super::page::Page;
use crate::autoscaling::{Activity, Reason};
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input};
use crate::store::scaling::{ActivityQuery, ActivityRow, KEPT_MS};

/// AWS's largest page.
const PAGE: u32 = 50;

/// `DescribeScalingActivitiesRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(flatten)]
    filter: Filter,
    max_results: Option<i64>,
    next_token: Option<String>,
    #[serde(default)]
    include_not_scaled_activities: bool,
}

/// The newest first.
/// <https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingActivities.html>
pub(super) async fn describe_scaling_activities(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: Request = input(value)?;
    let can_match = request.filter.can_match()?;
    let page = Page::<i64>::of("activities", PAGE, request.max_results, request.next_token.as_deref())?;
    let mut session = context.store.session();
    let query = ActivityQuery {
        resource: request.filter.resource_id.as_deref(),
        from: session.world_now(world).await?.plus_ms(-KEPT_MS),
        with_not_scaled: request.include_not_scaled_activities,
        before: page.after,
        limit: page.limit(),
    };
    let found = if can_match { session.activities(world, &query).await? } else { Vec::new() };
    page.answer("ScalingActivities", found, |row| row.number, shown)
}

/// `ScalingActivity`.
fn shown(row: &ActivityRow) -> Result<Value, Fault> {
    let activity: Activity = row.read()?;
    let mut shown = Fields::from_iter([
        ("ActivityId", activity.id.into()),
        ("ServiceNamespace", NAMESPACE.into()),
        ("ResourceId", row.resource.as_str().into()),
        ("ScalableDimension", dimension_of(&row.resource)),
        ("Description", activity.description.into()),
        ("Cause", activity.cause.into()),
        ("StartTime", activity.started.into()),
        ("StatusCode", activity.status.word().into()),
    ]);
    if let Some(ended) = activity.ended {
        shown.insert("EndTime", ended.into());
    }
    if let Some(message) = activity.message {
        shown.insert("StatusMessage", message.into());
    }
    if let Some(reason) = activity.not_scaled {
        shown.insert("NotScaledReasons", vec![not_scaled(reason)].into());
    }
    Ok(shown.into())
}

/// `NotScaledReason`.
fn not_scaled(reason: Reason) -> Value {
    let mut shown = Fields::from_iter([("Code", Value::from(reason.code()))]);
    let member = match reason {
        Reason::AlreadyAtMaxCapacity(max) => Some(("MaxCapacity", max)),
        Reason::AlreadyAtMinCapacity(min) => Some(("MinCapacity", min)),
        Reason::AlreadyAtDesiredCapacity(current) => Some(("CurrentCapacity", current)),
        Reason::TargetServicePutResourceAsUnscalable => None,
    };
    if let Some((name, capacity)) = member {
        shown.insert(name, i64::from(capacity).into());
    }
    shown.into()
}

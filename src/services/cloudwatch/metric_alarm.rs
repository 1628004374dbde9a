//! `PutMetricAlarm` and `DescribeAlarmsForMetric`.

use serde::Deserialize;

use super::alarm::{self, describe};
use super::put::{check_name, put};
use crate::domain::world::WorldId;
use crate::engine::scaling;
use crate::metrics::alarm::MetricAlarm;
use crate::metrics::metric::Metric;
use crate::schema::{Fault, Fields, Value};
use crate::services::tag::merged;
use crate::services::{Context, input};
use crate::store::{Alarm, AlarmKind, AlarmQuery, Tags, Tx};

mod check;
#[cfg(test)]
mod tests;

/// Puts a metric alarm. It is evaluated at its next regular time, and then as its metrics move.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html>
pub(super) async fn put_metric_alarm(context: &Context, world: &WorldId, value: Value) -> Result<(), Fault> {
    let members = value.as_map().cloned().unwrap_or_default();
    let mut request: check::Request = input(value)?;
    check_name(&request.alarm_name)?;
    request.check()?;
    let tags = merged(Tags::new(), request.tags).map_err(Fault::validation)?;
    let mut tx = context.begin(world).await?;
    place(&mut tx, request.alarm_name, members, tags).await?;
    tx.commit().await?;
    context.wake(world);
    Ok(())
}

/// Puts the metric alarm that these members describe, which were checked.
pub(in crate::services) async fn place(
    tx: &mut Tx,
    name: String,
    members: Fields,
    tags: Tags,
) -> Result<(), Fault> {
    let (alarm, _) = put(tx, AlarmKind::Metric, name, members, tags).await?;
    let definition = definition(&alarm);
    let metrics = definition.as_ref().map(MetricAlarm::metrics).unwrap_or_default();
    let metrics: Vec<_> = metrics.iter().map(Metric::key).collect();
    tx.set_alarm_metrics(&alarm.name, &metrics).await?;
    let next = definition.map(|definition| definition.next_evaluation(tx.now()));
    tx.wake_alarm(&alarm.name, next).await?;
    scaling::called(tx, &alarm, tx.now()).await?;
    Ok(())
}

/// What the alarm watches. There is always something: what cannot be read is refused when it is put.
fn definition(alarm: &Alarm) -> Option<MetricAlarm> {
    alarm.read().ok()
}

/// `DescribeAlarmsForMetricInput`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ForMetric {
    metric_name: String,
    namespace: String,
    statistic: Option<String>,
    extended_statistic: Option<String>,
    period: Option<i64>,
    unit: Option<String>,
    #[serde(default)]
    dimensions: Vec<Value>,
}

impl ForMetric {
    /// Whether an alarm watches this metric: the dimensions must be the same, in any order; the rest only
    /// where the request names it.
    fn is_watched_by(&self, alarm: &Fields) -> bool {
        let is = |member: &str, wanted: Option<&str>| {
            wanted.is_none() || alarm.get(member).and_then(Value::as_str) == wanted
        };
        let dimensions = alarm.get("Dimensions").and_then(Value::as_list).unwrap_or_default();
        let same = dimensions.len() == self.dimensions.len()
            && self.dimensions.iter().all(|dimension| dimensions.contains(dimension));
        same && is("MetricName", Some(&self.metric_name))
            && is("Namespace", Some(&self.namespace))
            && is("Statistic", self.statistic.as_deref())
            && is("ExtendedStatistic", self.extended_statistic.as_deref())
            && is("Unit", self.unit.as_deref())
            && (self.period.is_none() || alarm.get("Period").and_then(Value::as_int) == self.period)
    }
}

/// The alarms over one metric; those over a list of metrics are not found here.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmsForMetric.html>
pub(super) async fn describe_alarms_for_metric(
    context: &Context,
    world: &WorldId,
    value: Value,
) -> Result<Value, Fault> {
    let request: ForMetric = input(value)?;
    let query = AlarmQuery { kind: Some(AlarmKind::Metric), ..AlarmQuery::default() };
    let mut found = Vec::new();
    for alarm in context.store.session().list_alarms(world, &query).await? {
        if request.is_watched_by(&alarm::request(&alarm)?) {
            found.push(describe(world, &alarm)?);
        }
    }
    Ok(Fields::from_iter([("MetricAlarms", found.into())]).into())
}

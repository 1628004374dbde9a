//! The alarms of a policy that tracks a target: they come, change and go with it.

use serde_json::Value as Json;

use super::Stored;
use crate::autoscaling::{self, HIGH_PERIODS, LOW_PERIODS, ResourceId, Side, TargetTracking, low_threshold};
use crate::metrics::alarm::MetricAlarm;
use crate::metrics::invoked::Tracked;
use crate::metrics::metric::Metric;
use crate::metrics::usage::SLOT_MS;
use crate::schema::{Fault, Fields, Value};
use crate::services::autoscaling::key::subject;
use crate::services::cloudwatch::{place, remove as remove_alarm};
use crate::services::{stored, to_stored};
use crate::store::scaling::RuleRow;
use crate::store::{Tags, Tx};

/// The period of standard metrics, seconds.
const MINUTE: i64 = 60;

/// SageMaker's predefined metrics.
const PREDEFINED: [(&str, Kind, Tracked); 4] = [
    ("SageMakerVariantInvocationsPerInstance", Kind::Variant, Tracked::Invocations),
    ("SageMakerVariantConcurrentRequestsPerModelHighResolution", Kind::Variant, Tracked::Concurrency),
    ("SageMakerInferenceComponentInvocationsPerCopy", Kind::Component, Tracked::Invocations),
    (
        "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution",
        Kind::Component,
        Tracked::Concurrency,
    ),
];

/// What a predefined metric is of.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Variant,
    Component,
}

/// What of a metric the requests of both alarms say.
pub(super) struct Watched {
    members: Fields,
    /// The period of the alarm that has more come, seconds.
    high_period: i64,
}

/// What the alarms of a policy for this resource are to watch.
pub(super) fn watched(tracking: &TargetTracking, id: ResourceId<'_>) -> Result<Watched, Fault> {
    match tracking.metric() {
        Some(autoscaling::Metric::Predefined(name)) => predefined(name, id),
        Some(autoscaling::Metric::Customized(metric)) => {
            Ok(Watched { members: customized(metric)?, high_period: MINUTE })
        }
        None => Err(Fault::internal("a policy without a metric was not refused")),
    }
}

fn predefined(name: &str, id: ResourceId<'_>) -> Result<Watched, Fault> {
    let kind = match id {
        ResourceId::Variant { .. } => Kind::Variant,
        ResourceId::Component(_) => Kind::Component,
    };
    if let Some((.., tracked)) = PREDEFINED.iter().find(|(known, of, _)| *known == name && *of == kind) {
        let (statistic, high_period) = match tracked {
            Tracked::Invocations => ("Sum", MINUTE),
            Tracked::Concurrency => ("Maximum", SLOT_MS / 1000),
        };
        let Metric { namespace, name, dimensions } = tracked.metric(subject(id));
        let dimensions = dimensions.iter().map(|it| {
            Value::from(Fields::from_iter([("Name", value_of(&it.name)), ("Value", value_of(&it.value))]))
        });
        let members = Fields::from_iter([
            ("MetricName", name.into()),
            ("Namespace", namespace.into()),
            ("Statistic", statistic.into()),
            ("Dimensions", dimensions.collect::<Vec<_>>().into()),
        ]);
        return Ok(Watched { members, high_period });
    }
    if name == "SageMakerVariantProvisionedConcurrencyUtilization" {
        return Err(Fault::unsupported(format!("sagebrush does not publish the metric of {name}")));
    }
    Err(Fault::validation(format!("The metric type {name} is not valid for the scalable dimension.")))
}

fn value_of(text: &str) -> Value {
    text.into()
}

/// `CustomizedMetricSpecification`: a metric, or metrics and expressions over them, all by the minute.
fn customized(metric: &Json) -> Result<Fields, Fault> {
    let Value::Map(mut members) = stored(&metric.to_string())? else {
        return Err(Fault::internal("a metric is no structure"));
    };
    if members.get("Metrics").is_none() {
        let missing =
            ["MetricName", "Namespace", "Statistic"].into_iter().find(|name| members.get(name).is_none());
        if let Some(missing) = missing {
            let sentence =
                format!("{missing} is required in a CustomizedMetricSpecification without Metrics.");
            return Err(Fault::validation(sentence));
        }
        return Ok(members);
    }
    let queries = members.remove("Metrics").and_then(|queries| queries.as_list().map(<[Value]>::to_vec));
    let mut queries = queries.unwrap_or_default();
    for query in &mut queries {
        let mut stat = query.get("MetricStat").cloned();
        if let (Some(members), Some(stat)) = (query.as_map_mut(), stat.as_mut()) {
            if let Some(stat) = stat.as_map_mut() {
                stat.insert("Period", MINUTE.into());
            }
            members.insert("MetricStat", stat.clone());
        }
    }
    Ok(Fields::from_iter([("Metrics", queries.into())]))
}

/// Puts the alarms of a policy, takes away one that it had and does not want any more, and answers the names of those
/// that it has.
pub(super) async fn put(
    tx: &mut Tx,
    tracking: &TargetTracking,
    watched: &Watched,
    (resource, arn): (&str, &str),
    before: &[String],
) -> Result<Vec<String>, Fault> {
    let mut names = Vec::new();
    for side in [Side::High, Side::Low] {
        let begin = format!("TargetTracking-{resource}-{}-", side.word());
        let old = before.iter().find(|name| name.starts_with(&begin));
        if side == Side::Low && tracking.disable_scale_in {
            if let Some(old) = old {
                delete(tx, old).await?;
            }
            continue;
        }
        let name = match old {
            Some(old) => old.clone(),
            None => format!("{begin}{}", tx.new_id().await?),
        };
        let members = request(tracking, watched, side, &name, arn);
        if let Err(error) = serde_json::from_str::<MetricAlarm>(&to_stored(&members.clone().into())?) {
            return Err(Fault::validation(format!("CustomizedMetricSpecification is not valid: {error}")));
        }
        place(tx, name.clone(), members, Tags::new()).await?;
        names.push(name);
    }
    Ok(names)
}

/// The request that puts an alarm of a policy.
fn request(tracking: &TargetTracking, watched: &Watched, side: Side, name: &str, arn: &str) -> Fields {
    let (periods, threshold, operator) = match side {
        Side::High => (HIGH_PERIODS, tracking.target_value, "GreaterThanThreshold"),
        Side::Low => (LOW_PERIODS, low_threshold(tracking.target_value), "LessThanThreshold"),
    };
    let description = format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}.");
    let mut members = Fields::from_iter([
        ("AlarmName", name.into()),
        ("AlarmDescription", description.into()),
        ("AlarmActions", vec![value_of(arn)].into()),
        ("EvaluationPeriods", i64::from(periods).into()),
        ("Threshold", threshold.into()),
        ("ComparisonOperator", operator.into()),
    ]);
    for (name, value) in watched.members.iter() {
        members.insert(name, value.clone());
    }
    if watched.members.get("Metrics").is_none() {
        let period = if side == Side::High { watched.high_period } else { MINUTE };
        members.insert("Period", period.into());
    }
    members
}

/// Deletes the alarms of a policy.
pub(in crate::services::autoscaling) async fn remove(tx: &mut Tx, policy: &RuleRow) -> Result<(), Fault> {
    let stored: Stored = policy.read()?;
    for name in &stored.alarms {
        delete(tx, name).await?;
    }
    Ok(())
}

/// Deletes an alarm, if nobody did before.
async fn delete(tx: &mut Tx, name: &str) -> Result<(), Fault> {
    let world = tx.id().clone();
    match tx.alarm(&world, name).await? {
        Some(alarm) => remove_alarm(tx, &alarm).await,
        None => Ok(()),
    }
}

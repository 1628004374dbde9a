//! Amazon CloudWatch, as far as a deployment's guardrails need it: metrics, and alarms with their states and
//! their history.
//!
//! A metric alarm's state follows its metrics, which the engine sees to, and `SetAlarmState`; a composite
//! alarm's follows the states of its children. Every change is one item of the history, written in the same
//! transaction, because a guardrail judges by the history of its window. Actions are kept and shown; of them only
//! scaling policies are executed, by the engine.

use super::operations;
use crate::schema::{Fault, Violation};

mod actions;
mod alarm;
mod composite_alarm;
mod delete;
mod describe;
mod describe_history;
mod get_metric_data;
mod get_metric_statistics;
mod history;
mod list_metrics;
mod metric_alarm;
mod metric_data_fault;
mod metric_query;
mod parameter;
mod put;
mod put_metric_data;
mod set_state;
mod tags;
#[cfg(test)]
mod tests;
mod window;

pub(super) use delete::remove;
pub(super) use metric_alarm::place;

operations! {
    "DeleteAlarms" => delete::delete_alarms,
    "DescribeAlarmHistory" => describe_history::describe_alarm_history,
    "DescribeAlarms" => describe::describe_alarms,
    "DescribeAlarmsForMetric" => metric_alarm::describe_alarms_for_metric,
    "DisableAlarmActions" => actions::disable_alarm_actions,
    "EnableAlarmActions" => actions::enable_alarm_actions,
    "GetMetricData" => get_metric_data::get_metric_data,
    "GetMetricStatistics" => get_metric_statistics::get_metric_statistics,
    "ListMetrics" => list_metrics::list_metrics,
    "ListTagsForResource" => tags::list_tags_for_resource,
    "PutCompositeAlarm" => composite_alarm::put_composite_alarm,
    "PutMetricAlarm" => metric_alarm::put_metric_alarm,
    "PutMetricData" => put_metric_data::put_metric_data,
    "SetAlarmState" => set_state::set_alarm_state,
    "TagResource" => tags::tag_resource,
    "UntagResource" => tags::untag_resource,
}

/// The fault of an input that its shape refuses, where an operation is known to have words of its own for it.
pub(super) fn refusal(operation: &str, violations: &[Violation<'_>]) -> Option<Fault> {
    if operation == "PutMetricData" { metric_data_fault::fault(violations) } else { None }
}

/// The fault of a token that no page of that list has given.
fn bad_token() -> Fault {
    Fault::declared("InvalidNextToken", "The next token is not valid.")
}

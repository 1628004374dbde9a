//! Amazon CloudWatch, as far as a deployment's guardrails need it: alarms, their states and their history.
//!
//! A state changes by `SetAlarmState`, and a composite alarm's by the states of its children. Every change
//! is one item of the history, written in the same transaction, because a guardrail judges by the history
//! of its window. Actions are kept and shown; nobody executes them.

use super::operations;

mod actions;
mod alarm;
mod composite_alarm;
mod delete;
mod describe;
mod describe_history;
mod history;
mod metric_alarm;
mod put;
mod set_state;
mod tags;
#[cfg(test)]
mod tests;
mod token;

operations! {
    "DeleteAlarms" => delete::delete_alarms,
    "DescribeAlarmHistory" => describe_history::describe_alarm_history,
    "DescribeAlarms" => describe::describe_alarms,
    "DescribeAlarmsForMetric" => metric_alarm::describe_alarms_for_metric,
    "DisableAlarmActions" => actions::disable_alarm_actions,
    "EnableAlarmActions" => actions::enable_alarm_actions,
    "ListTagsForResource" => tags::list_tags_for_resource,
    "PutCompositeAlarm" => composite_alarm::put_composite_alarm,
    "PutMetricAlarm" => metric_alarm::put_metric_alarm,
    "SetAlarmState" => set_state::set_alarm_state,
    "TagResource" => tags::tag_resource,
    "UntagResource" => tags::untag_resource,
}

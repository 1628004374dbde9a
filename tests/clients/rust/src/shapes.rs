//! The SDK's structures and enums by their members: what a request carries, and what an answer shows.

use aws_sdk_cloudwatch::types::{
    ActionsSuppressedBy, AlarmHistoryItem, AlarmType, ComparisonOperator, CompositeAlarm, Datapoint,
    Dimension, DimensionFilter, EvaluationState, HistoryItemType, LabelOptions, MessageData, Metric,
    MetricAlarm, MetricDataQuery, MetricDataResult, MetricDatum, MetricStat, RecentlyActive, ScanBy,
    StandardUnit, StateValue, Statistic, StatisticSet, StatusCode, Tag,
};
use serde_json::{Map, Value};

use crate::json::{Read, Show, nothing_left, put, set_by};

macro_rules! enums {
    ($($name:ident),+ $(,)?) => {$(
        impl Read for $name {
            fn read(json: &Value) -> Result<Self, String> {
                Ok(Self::from(String::read(json)?.as_str()))
            }
        }
        impl Show for $name {
            fn show(&self) -> Value {
                self.as_str().into()
            }
        }
    )+};
}

enums! {
    ActionsSuppressedBy, AlarmType, ComparisonOperator, EvaluationState, HistoryItemType, RecentlyActive, ScanBy,
    StandardUnit, StateValue, Statistic, StatusCode,
}

macro_rules! carried {
    ($($name:ident { $($setter:ident),+ $(,)? })+) => {$(
        impl Read for $name {
            fn read(json: &Value) -> Result<Self, String> {
                let mut left = json.as_object().cloned().ok_or("a structure is wanted")?;
                let mut builder = Self::builder();
                $(if let Some(value) = left.remove(&set_by(stringify!($setter))) {
                    builder = builder.$setter(Some(Read::read(&value)?));
                })+
                nothing_left(stringify!($name), &left)?;
                Ok(builder.build())
            }
        }
    )+};
}

carried! {
    Dimension { set_name, set_value }
    DimensionFilter { set_name, set_value }
    LabelOptions { set_timezone }
    Metric { set_namespace, set_metric_name, set_dimensions }
    MetricDataQuery { set_id, set_metric_stat, set_expression, set_label, set_return_data, set_period, set_account_id }
    MetricDatum {
        set_metric_name, set_dimensions, set_timestamp, set_value, set_statistic_values, set_values, set_counts,
        set_unit, set_storage_resolution,
    }
    MetricStat { set_metric, set_period, set_stat, set_unit }
    StatisticSet { set_sample_count, set_sum, set_minimum, set_maximum }
    Tag { set_key, set_value }
}

macro_rules! shown {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {$(
        impl Show for $name {
            fn show(&self) -> Value {
                let mut shown = Map::new();
                $(put(&mut shown, stringify!($field), &self.$field);)+
                shown.into()
            }
        }
    )+};
}

// Every member but those that AWS added after the service models in models/ were taken.
shown! {
    AlarmHistoryItem {
        alarm_name, alarm_contributor_id, alarm_type, timestamp, history_item_type, history_summary, history_data,
        alarm_contributor_attributes,
    }
    CompositeAlarm {
        actions_enabled, alarm_actions, alarm_arn, alarm_configuration_updated_timestamp, alarm_description,
        alarm_name, alarm_rule, insufficient_data_actions, ok_actions, state_reason, state_reason_data,
        state_updated_timestamp, state_value, state_transitioned_timestamp, actions_suppressed_by,
        actions_suppressed_reason, actions_suppressor, actions_suppressor_wait_period,
        actions_suppressor_extension_period,
    }
    Datapoint { timestamp, sample_count, average, sum, minimum, maximum, unit, extended_statistics }
    Dimension { name, value }
    MessageData { code, value }
    Metric { namespace, metric_name, dimensions }
    MetricAlarm {
        alarm_name, alarm_arn, alarm_description, alarm_configuration_updated_timestamp, actions_enabled, ok_actions,
        alarm_actions, insufficient_data_actions, state_value, state_reason, state_reason_data,
        state_updated_timestamp, metric_name, namespace, statistic, extended_statistic, dimensions, period, unit,
        evaluation_periods, datapoints_to_alarm, threshold, comparison_operator, treat_missing_data,
        evaluate_low_sample_count_percentile, metrics, threshold_metric_id, evaluation_state,
        state_transitioned_timestamp, evaluation_interval,
    }
    MetricDataQuery { id, metric_stat, expression, label, return_data, period, account_id }
    MetricDataResult { id, label, timestamps, values, status_code, messages }
    MetricStat { metric, period, stat, unit }
    Tag { key, value }
}

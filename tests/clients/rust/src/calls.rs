//! The operations by their setters and by what their answers show.

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::http::HttpResponse;
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};
use serde_json::{Map, Value, json};

use crate::json::{Read, named, nothing_left, put, set_by};

/// `Ok(Ok)` is the answer, `Ok(Err)` the error that the server gave, `Err` why there was neither.
type Outcome = Result<Result<Value, Value>, String>;

macro_rules! operations {
    ($($operation:ident($($setter:ident),+ $(,)?) -> { $($field:ident),* $(,)? })+) => {
        /// Sends one call.
        pub async fn send(client: &Client, operation: &str, parameters: &Value) -> Outcome {
            let mut left = parameters.as_object().cloned().ok_or("parameters are a JSON object")?;
            $(if operation == named(stringify!($operation)) {
                let mut request = client.$operation();
                $(if let Some(value) = left.remove(&set_by(stringify!($setter))) {
                    request = request.$setter(Some(Read::read(&value)?));
                })+
                nothing_left(operation, &left)?;
                return match request.send().await {
                    Ok(_answer) => {
                        #[allow(unused_mut, reason = "an answer may have no members")]
                        let mut shown = Map::new();
                        $(put(&mut shown, stringify!($field), &_answer.$field);)*
                        Ok(Ok(shown.into()))
                    }
                    Err(error) => told(&error).map(Err),
                };
            })+
            Err("this client does not carry the operation; name it in calls.rs".into())
        }
    };
}

operations! {
    delete_alarms(set_alarm_names) -> {}
    describe_alarm_history(
        set_alarm_name, set_alarm_types, set_history_item_type, set_start_date, set_end_date, set_max_records,
        set_next_token, set_scan_by,
    ) -> { alarm_history_items, next_token }
    describe_alarms(
        set_alarm_names, set_alarm_name_prefix, set_alarm_types, set_children_of_alarm_name,
        set_parents_of_alarm_name, set_state_value, set_action_prefix, set_max_records, set_next_token,
    ) -> { composite_alarms, metric_alarms, next_token }
    describe_alarms_for_metric(
        set_metric_name, set_namespace, set_statistic, set_extended_statistic, set_dimensions, set_period, set_unit,
    ) -> { metric_alarms }
    disable_alarm_actions(set_alarm_names) -> {}
    enable_alarm_actions(set_alarm_names) -> {}
    get_metric_data(
        set_metric_data_queries, set_start_time, set_end_time, set_next_token, set_scan_by, set_max_datapoints,
        set_label_options,
    ) -> { metric_data_results, next_token, messages }
    get_metric_statistics(
        set_namespace, set_metric_name, set_dimensions, set_start_time, set_end_time, set_period, set_statistics,
        set_extended_statistics, set_unit,
    ) -> { label, datapoints }
    list_metrics(
        set_namespace, set_metric_name, set_dimensions, set_next_token, set_recently_active,
        set_include_linked_accounts, set_owning_account,
    ) -> { metrics, next_token, owning_accounts }
    list_tags_for_resource(set_resource_arn) -> { tags }
    put_composite_alarm(
        set_actions_enabled, set_alarm_actions, set_alarm_description, set_alarm_name, set_alarm_rule,
        set_insufficient_data_actions, set_ok_actions, set_tags, set_actions_suppressor,
        set_actions_suppressor_wait_period, set_actions_suppressor_extension_period,
    ) -> {}
    put_metric_alarm(
        set_alarm_name, set_alarm_description, set_actions_enabled, set_ok_actions, set_alarm_actions,
        set_insufficient_data_actions, set_metric_name, set_namespace, set_statistic, set_extended_statistic,
        set_dimensions, set_period, set_unit, set_evaluation_periods, set_datapoints_to_alarm, set_threshold,
        set_comparison_operator, set_treat_missing_data, set_evaluate_low_sample_count_percentile, set_metrics,
        set_tags, set_threshold_metric_id,
    ) -> {}
    put_metric_data(set_namespace, set_metric_data) -> {}
    set_alarm_state(set_alarm_name, set_state_value, set_state_reason, set_state_reason_data) -> {}
    tag_resource(set_resource_arn, set_tags) -> {}
    untag_resource(set_resource_arn, set_tag_keys) -> {}
}

/// The server's error as the SDK shows it; `Err` if there is no answer that can be read.
fn told<E: ProvideErrorMetadata + std::fmt::Debug>(
    error: &SdkError<E, HttpResponse>,
) -> Result<Value, String> {
    match (error.as_service_error(), error.raw_response()) {
        (Some(service), Some(raw)) => Ok(json!({
            "code": service.code(), "message": service.message(), "status": raw.status().as_u16(),
        })),
        _ => Err(format!("no answer that can be read: {error:?}")),
    }
}

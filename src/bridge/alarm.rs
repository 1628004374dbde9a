//! The event of an alarm that goes from one state to another.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>.

use serde_json::{Map, Value, json};

use super::event::{DetailType, Event};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::metrics::text::json_time;

/// An alarm in a state.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// `StateValue`.
    pub state: AlarmState,
    /// `StateReason`.
    pub reason: &'a str,
    /// `StateReasonData`.
    pub reason_data: Option<&'a str>,
    /// When it got into the state.
    pub since: Timestamp,
}

impl Standing<'_> {
    fn told(&self) -> Value {
        let mut told = json!({"reason": self.reason});
        if let Some(data) = self.reason_data {
            told["reasonData"] = data.into();
        }
        told["timestamp"] = json_time(self.since).into();
        told["value"] = self.state.word().into();
        told
    }
}

/// That the alarm of this name, which was put with these members, went from `before` to `after`. A metric that has no id
/// is told with `id`: AWS makes one up.
pub fn alarm_event(
    world: &WorldId,
    name: &str,
    put: &Map<String, Value>,
    (before, after): (Standing<'_>, Standing<'_>),
    id: &str,
) -> Event {
    let told = [
        ("alarmName", name.into()),
        ("configuration", configuration(put, id)),
        ("previousState", before.told()),
        ("state", after.told()),
    ];
    let detail = told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Event::of(DetailType::Alarm, world.alarm_arn(name), after.since, detail)
}

/// What of an alarm's members the event tells: the metrics, or the rule of a composite alarm.
fn configuration(put: &Map<String, Value>, id: &str) -> Value {
    let mut told = Map::new();
    let mut tell = |name: &str, value: Value| drop(told.insert(name.to_owned(), value));
    if let Some(text) = put.get("AlarmDescription") {
        tell("description", text.clone());
    }
    for (member, name) in [
        ("AlarmRule", "alarmRule"),
        ("ActionsSuppressor", "actionsSuppressor"),
        ("ActionsSuppressorWaitPeriod", "actionsSuppressorWaitPeriod"),
        ("ActionsSuppressorExtensionPeriod", "actionsSuppressorExtensionPeriod"),
    ] {
        if let Some(value) = put.get(member) {
            tell(name, value.clone());
        }
    }
    if let Some(queries) = put.get("Metrics").and_then(Value::as_array) {
        tell("metrics", queries.iter().map(query).collect::<Vec<_>>().into());
    } else if put.contains_key("MetricName") {
        tell("metrics", json!([{"id": id, "metricStat": stat(put, put), "returnData": true}]));
    }
    told.into()
}

/// A `MetricDataQuery`.
fn query(query: &Value) -> Value {
    let mut told = Map::new();
    for (member, name) in
        [("Id", "id"), ("Expression", "expression"), ("Label", "label"), ("Period", "period")]
    {
        if let Some(value) = query.get(member) {
            told.insert(name.to_owned(), value.clone());
        }
    }
    let empty = Map::new();
    if let Some(of) = query.get("MetricStat").and_then(Value::as_object) {
        let metric = of.get("Metric").and_then(Value::as_object).unwrap_or(&empty);
        told.insert("metricStat".to_owned(), stat(metric, of));
    }
    let returns = query.get("ReturnData").and_then(Value::as_bool).unwrap_or(true);
    told.insert("returnData".to_owned(), returns.into());
    told.into()
}

/// A metric and how it is aggregated, of an alarm's own members or of a `MetricStat`.
fn stat(metric: &Map<String, Value>, of: &Map<String, Value>) -> Value {
    let dimensions = metric.get("Dimensions").and_then(Value::as_array).into_iter().flatten();
    let dimension = |it: &Value| Some((it.get("Name")?.as_str()?.to_owned(), it.get("Value")?.clone()));
    let dimensions: Map<_, _> = dimensions.filter_map(dimension).collect();
    let mut told = json!({
        "metric": {"dimensions": dimensions, "name": metric.get("MetricName"), "namespace": metric.get("Namespace")},
        "period": of.get("Period"),
        "stat": of.get("Stat").or(of.get("Statistic")).or(of.get("ExtendedStatistic")),
    });
    if let Some(unit) = of.get("Unit") {
        told["unit"] = unit.clone();
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    const DATA: &str = r#"{"version":"1.0"}"#;

    fn at(state: AlarmState, reason: &str, ms: i64) -> Standing<'_> {
        Standing { state, reason, reason_data: Some(DATA), since: Timestamp(1_570_035_880_000 + ms) }
    }

    fn told(name: &str, put: &Value) -> Value {
        let world = WorldId::new(WorldId::DEFAULT_ACCOUNT, WorldId::DEFAULT_REGION);
        let states = (at(AlarmState::Ok, "calm", 0), at(AlarmState::Alarm, "too high", 989));
        let put = put.as_object().expect("members");
        alarm_event(&world, name, put, states, "m").to_json("id", &world)
    }

    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html>, a single metric.
    #[test]
    fn an_alarm_on_a_metric_is_told_as_in_awss_example() {
        let event = told(
            "ServerCpuTooHigh",
            &json!({
                "AlarmDescription": "Goes into alarm when server CPU utilization is too high!",
                "MetricName": "CPUUtilization", "Namespace": "AWS/EC2", "Statistic": "Average", "Period": 300,
                "Dimensions": [{"Name": "InstanceId", "Value": "i-12345678901234567"}],
                "Threshold": 50.0, "EvaluationPeriods": 1, "ComparisonOperator": "GreaterThanThreshold",
            }),
        );
        let expected = json!({
            "version": "0", "id": "id", "detail-type": "CloudWatch Alarm State Change", "source": "aws.cloudwatch",
            "account": "123456789012", "time": "2019-10-02T17:04:40Z", "region": "us-east-1",
            "resources": ["arn:aws:cloudwatch:us-east-1:123456789012:alarm:ServerCpuTooHigh"],
            "detail": {
                "alarmName": "ServerCpuTooHigh",
                "configuration": {
                    "description": "Goes into alarm when server CPU utilization is too high!",
                    "metrics": [{
                        "id": "m",
                        "metricStat": {
                            "metric": {
                                "dimensions": {"InstanceId": "i-12345678901234567"}, "name": "CPUUtilization",
                                "namespace": "AWS/EC2",
                            },
                            "period": 300, "stat": "Average",
                        },
                        "returnData": true,
                    }],
                },
                "previousState": {
                    "reason": "calm", "reasonData": DATA, "timestamp": "2019-10-02T17:04:40.000+0000", "value": "OK",
                },
                "state": {
                    "reason": "too high", "reasonData": DATA, "timestamp": "2019-10-02T17:04:40.989+0000",
                    "value": "ALARM",
                },
            },
        });
        assert_eq!(event.to_string(), expected.to_string());
    }

    #[test]
    fn an_alarm_on_an_expression_is_told_with_every_query() {
        let metric = json!({"MetricName": "Errors", "Namespace": "N"});
        let event = told(
            "math",
            &json!({"Metrics": [
                {"Id": "e1", "Expression": "m1 * 2", "Label": "twice"},
                {"Id": "m1", "ReturnData": false, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum", "Unit": "Count"}},
            ]}),
        );
        assert_eq!(
            event["detail"]["configuration"],
            json!({"metrics": [
                {"id": "e1", "expression": "m1 * 2", "label": "twice", "returnData": true},
                {"id": "m1", "returnData": false, "metricStat": {
                    "metric": {"dimensions": {}, "name": "Errors", "namespace": "N"}, "period": 60, "stat": "Sum",
                    "unit": "Count",
                }},
            ]})
        );
    }

    #[test]
    fn a_composite_alarm_is_told_with_its_rule() {
        let event =
            told("all", &json!({"AlarmRule": "ALARM(a) OR ALARM(b)", "ActionsSuppressorWaitPeriod": 120}));
        let expected = json!({"alarmRule": "ALARM(a) OR ALARM(b)", "actionsSuppressorWaitPeriod": 120});
        assert_eq!(event["detail"]["configuration"], expected);
    }
}

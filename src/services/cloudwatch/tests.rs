//! Stories of alarms, told in requests and answers.

use serde_json::{Value as Json, json};

use crate::schema::Fault;
use crate::services::tests::House;

mod composite;
mod describe;
mod history;
mod lifecycle;

const ARN: &str = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:";

/// A metric alarm of that name.
async fn metric(house: &House, name: &str) {
    let alarm = json!({
        "AlarmName": name, "MetricName": "ModelLatency", "Namespace": "AWS/SageMaker", "Statistic": "Average",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 10_000, "ComparisonOperator": "GreaterThanThreshold",
    });
    house.ask("PutMetricAlarm", alarm).await.unwrap();
}

async fn composite(house: &House, name: &str, rule: &str) -> Result<Json, Fault> {
    house.ask("PutCompositeAlarm", json!({"AlarmName": name, "AlarmRule": rule})).await
}

async fn set(house: &House, name: &str, state: &str) {
    let change = json!({"AlarmName": name, "StateValue": state, "StateReason": "a test"});
    house.ask("SetAlarmState", change).await.unwrap();
}

/// Asks for both kinds of alarms.
async fn list(house: &House, mut request: Json) -> (Vec<String>, Vec<String>) {
    if request.get("AlarmTypes").is_none() {
        request["AlarmTypes"] = json!(["MetricAlarm", "CompositeAlarm"]);
    }
    let answer = house.ask("DescribeAlarms", request).await.unwrap();
    (names(&answer["MetricAlarms"]), names(&answer["CompositeAlarms"]))
}

fn names(alarms: &Json) -> Vec<String> {
    let alarms = alarms.as_array().expect("a list, if an empty one");
    alarms.iter().map(|alarm| alarm["AlarmName"].as_str().unwrap().to_owned()).collect()
}

/// The alarm as it is described.
async fn show(house: &House, name: &str) -> Json {
    let request = json!({"AlarmNames": [name], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]});
    let answer = house.ask("DescribeAlarms", request).await.unwrap();
    let mut alarms =
        [&answer["MetricAlarms"], &answer["CompositeAlarms"]].map(|list| list.as_array().unwrap().clone());
    alarms.iter_mut().find_map(Vec::pop).unwrap_or_else(|| panic!("there is no alarm {name}"))
}

async fn state(house: &House, name: &str) -> String {
    show(house, name).await["StateValue"].as_str().unwrap().to_owned()
}

/// The summaries of all history, oldest first.
async fn summaries(house: &House) -> Vec<String> {
    let request = json!({"AlarmTypes": ["MetricAlarm", "CompositeAlarm"], "ScanBy": "TimestampAscending"});
    let answer = house.ask("DescribeAlarmHistory", request).await.unwrap();
    let items = answer["AlarmHistoryItems"].as_array().unwrap().clone();
    let line = |item: &Json| {
        format!("{}: {}", item["AlarmName"].as_str().unwrap(), item["HistorySummary"].as_str().unwrap())
    };
    items.iter().map(line).collect()
}

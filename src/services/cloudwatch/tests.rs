//! Stories of alarms, told in requests and answers.

use serde_json::{Value as Json, json};

use crate::clock::Timestamp;
use crate::schema::Fault;
use crate::services::tests::House;

mod composite;
mod describe;
mod evaluated;
mod history;
mod lifecycle;
mod list_metrics;
mod metric_data;
mod published;
mod statistics;

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

/// A whole minute, in seconds, far from the real now: nothing that a story sends is mapped.
const NOON: i64 = 4_000_000_020;

/// A house whose time stands at [`NOON`].
async fn at_noon() -> House {
    let house = House::new().await;
    let mut tx = house.store.begin(&house.world).await.unwrap();
    let clock = tx.world().clock.moved_to(Timestamp(NOON * 1000), tx.begun_at());
    tx.set_clock(clock);
    tx.commit().await.unwrap();
    house
}

/// Publishes one datum in the namespace `shop`.
async fn publish(house: &House, datum: Json) -> Result<Json, Fault> {
    house.ask("PutMetricData", json!({"Namespace": "shop", "MetricData": [datum]})).await
}

/// Publishes values of the metric `sales`, one a minute from [`NOON`] on.
async fn sales(house: &House, values: &[f64]) {
    for (minute, value) in (0..).zip(values) {
        let datum = json!({"MetricName": "sales", "Timestamp": NOON + 60 * minute, "Value": value});
        publish(house, datum).await.unwrap();
    }
}

//! The alarms of a guardrail as the engine tells them: the state, the newest value, and what it is held against.

use sagebrush::domain::alarm::AlarmState;
use sagebrush::engine::{Guard, Limit};
use serde_json::{Value, json};

use super::{SHOP, Site};

async fn guards(site: &Site, names: &[&str]) -> Vec<Guard> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    site.engine.guards(&site.world, &names).await.unwrap()
}

fn above(threshold: f64) -> Limit {
    Limit { words: "greater than", threshold }
}

/// An alarm on the shop's requests, with more of its members.
fn alarm(name: &str, members: Value) -> Value {
    let mut alarm = json!({"AlarmName": name, "EvaluationPeriods": 1, "Threshold": 0.25});
    let Value::Object(members) = members else { panic!("members") };
    alarm.as_object_mut().unwrap().extend(members);
    alarm
}

fn errors() -> Value {
    let dimensions =
        json!([{"Name": "EndpointName", "Value": "shop"}, {"Name": "VariantName", "Value": "AllTraffic"}]);
    json!({"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Dimensions": dimensions})
}

#[tokio::test]
async fn a_metric_alarm_has_its_state_since_when_its_newest_value_and_its_limit() {
    let site = Site::of(SHOP).await;
    site.client.control("PUT", "models/shop-v1/behaviour", Some(&json!({"error_rate": 1}))).await;
    let before = site.now().await;
    site.advance(180).await;
    let [guard] = &guards(&site, &["shop-errors"]).await[..] else { panic!("one") };
    assert_eq!((guard.name.as_str(), guard.state), ("shop-errors", Some(AlarmState::Alarm)));
    assert_eq!((guard.value, guard.limit), (Some(1.0), Some(above(0.05))));
    assert!(guard.since.unwrap() > before && guard.reason.starts_with("Threshold Crossed: "), "{guard:?}");
}

#[tokio::test]
async fn every_comparison_is_told_in_words() {
    let site = Site::of(SHOP).await;
    let mut names = Vec::new();
    for (name, operator) in [
        ("above", "GreaterThanThreshold"),
        ("from", "GreaterThanOrEqualToThreshold"),
        ("below", "LessThanThreshold"),
        ("to", "LessThanOrEqualToThreshold"),
    ] {
        let mut request = alarm(name, errors());
        request["Statistic"] = json!("Average");
        request["Period"] = json!(60);
        request["ComparisonOperator"] = json!(operator);
        site.client.cloudwatch("PutMetricAlarm", &request).await;
        names.push(name);
    }
    let words: Vec<_> = guards(&site, &names).await.iter().map(|guard| guard.limit.unwrap().words).collect();
    assert_eq!(words, ["greater than", "greater than or equal to", "less than", "less than or equal to"]);
}

#[tokio::test]
async fn metric_math_has_a_value_and_a_composite_or_missing_alarm_has_none() {
    let site = Site::of(SHOP).await;
    let mut stat = json!({"Metric": errors(), "Period": 60, "Stat": "Average"});
    let metrics = json!([
        {"Id": "rate", "MetricStat": stat.take(), "ReturnData": false},
        {"Id": "percent", "Expression": "100 * (rate + 1)", "ReturnData": true},
    ]);
    let math = alarm("math", json!({"Metrics": metrics, "ComparisonOperator": "GreaterThanThreshold"}));
    site.client.cloudwatch("PutMetricAlarm", &math).await;
    let any = json!({"AlarmName": "any", "AlarmRule": "ALARM(math)"});
    site.client.cloudwatch("PutCompositeAlarm", &any).await;
    site.advance(180).await;
    let told = guards(&site, &["any", "missing", "math", "missing"]).await;
    let [any, missing, math, again] = &told[..] else { panic!("{told:?}") };
    assert_eq!((any.state, any.value, any.limit), (Some(AlarmState::Alarm), None, None));
    assert_eq!(
        (math.state, math.value, math.limit),
        (Some(AlarmState::Alarm), Some(100.0), Some(above(0.25)))
    );
    assert_eq!((missing.state, missing.since, missing.value, missing.limit), (None, None, None, None));
    assert_eq!((missing.name.as_str(), missing.reason.as_str()), ("missing", "There is no such alarm."));
    assert_eq!(missing, again, "the order and the number are those of the names");
    assert_eq!(guards(&site, &[]).await, []);
}

#[tokio::test]
async fn an_alarm_without_data_has_no_value_and_the_page_a_dash() {
    let site = Site::of(&SHOP.replace("shop = 20", "")).await;
    site.advance(180).await;
    let [guard] = &guards(&site, &["shop-errors"]).await[..] else { panic!("one") };
    assert_eq!((guard.value, guard.limit), (None, Some(above(0.05))));
    site.canary("shop-v3", &["shop-errors"]).await;
    site.client.cloudwatch("DeleteAlarms", &json!({"AlarmNames": ["shop-errors"]})).await;
    let page = site.page("/console/endpoints/shop").await;
    page.says("shop-errors does not exist – –");
}

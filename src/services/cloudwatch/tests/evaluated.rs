//! Alarms that judge by what was published.

use super::*;
use crate::domain::rules::Rules;
use crate::engine::{Advance, Engine};

/// An alarm on the sales of each minute.
fn poor_sales(more: &Json) -> Json {
    let mut alarm = json!({
        "AlarmName": "poor", "EvaluationPeriods": 1, "Threshold": 10, "ComparisonOperator": "LessThanThreshold",
    });
    for (member, value) in more.as_object().unwrap() {
        alarm[member] = value.clone();
    }
    alarm
}

fn over_one_metric() -> Json {
    poor_sales(&json!({"Namespace": "shop", "MetricName": "sales", "Statistic": "Sum", "Period": 60}))
}

/// When the alarms of the house are evaluated next, in seconds after [`NOON`].
async fn due(house: &House) -> Vec<(String, i64)> {
    let mut tx = house.store.begin(&house.world).await.unwrap();
    let due = tx.due_alarms(&house.world, Timestamp(i64::MAX), 9).await.unwrap();
    due.into_iter().map(|(at, alarm)| (alarm.name, at.0 / 1000 - NOON)).collect()
}

/// Lets time pass with everything that is due in it.
async fn pass(house: &House, seconds: i64) {
    let engine = Engine::new(house.store.clone(), Rules::default());
    engine.advance(&house.world, Advance::By(seconds * 1000)).await.unwrap();
}

#[tokio::test]
async fn an_alarm_is_evaluated_at_its_next_minute_and_when_its_metric_moves() {
    let house = at_noon().await;
    house.advance(25).await;
    let rung = house.rung();
    house.ask("PutMetricAlarm", over_one_metric()).await.unwrap();
    assert_eq!((due(&house).await, house.rung()), (vec![("poor".to_owned(), 60)], rung + 1));
    let mut fine = over_one_metric();
    fine["Period"] = json!(10);
    house.ask("PutMetricAlarm", fine).await.unwrap();
    assert_eq!(due(&house).await, [("poor".to_owned(), 30)]);
    let mut tx = house.store.begin(&house.world).await.unwrap();
    tx.wake_alarm("poor", None).await.unwrap();
    tx.commit().await.unwrap();
    publish(&house, json!({"MetricName": "returns", "Value": 1})).await.unwrap();
    assert_eq!(due(&house).await, [], "that is none of its metrics");
    publish(&house, json!({"MetricName": "sales", "Value": 1})).await.unwrap();
    assert_eq!(due(&house).await, [("poor".to_owned(), 30)]);
}

#[tokio::test]
async fn the_next_evaluation_undoes_a_state_that_was_set() {
    let house = at_noon().await;
    house.ask("PutMetricAlarm", over_one_metric()).await.unwrap();
    sales(&house, &[50.0, 1.0, 1.0, 1.0, 1.0, 1.0]).await;
    pass(&house, 120).await;
    assert_eq!(state(&house, "poor").await, "OK");
    pass(&house, 60).await;
    assert_eq!(state(&house, "poor").await, "ALARM");
    set(&house, "poor", "OK").await;
    assert_eq!(
        (state(&house, "poor").await, due(&house).await),
        ("OK".to_owned(), vec![("poor".to_owned(), 240)])
    );
    pass(&house, 60).await;
    assert_eq!(state(&house, "poor").await, "ALARM");
}

#[tokio::test]
async fn a_math_alarm_is_woken_by_each_of_its_metrics() {
    let house = at_noon().await;
    let metric = |id: &str| json!({"Id": id, "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "shop", "MetricName": id}, "Period": 60, "Stat": "Sum"}});
    let metrics = json!([{"Id": "e1", "Expression": "sales - returns"}, metric("sales"), metric("returns")]);
    house.ask("PutMetricAlarm", poor_sales(&json!({"Metrics": metrics}))).await.unwrap();
    for name in ["sales", "returns"] {
        let mut tx = house.store.begin(&house.world).await.unwrap();
        tx.wake_alarm("poor", None).await.unwrap();
        tx.commit().await.unwrap();
        publish(&house, json!({"MetricName": name, "Value": 1})).await.unwrap();
        assert_eq!(due(&house).await, [("poor".to_owned(), 0)], "{name}");
    }
}

#[tokio::test]
async fn an_alarm_against_a_band_says_that_it_cannot_be_evaluated() {
    let house = at_noon().await;
    let metric = json!({"Namespace": "shop", "MetricName": "sales"});
    let metrics = json!([
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}},
        {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
    ]);
    let mut band = poor_sales(&json!({"Metrics": metrics, "ThresholdMetricId": "ad1"}));
    band["ComparisonOperator"] = json!("LessThanLowerThreshold");
    band.as_object_mut().unwrap().remove("Threshold");
    house.ask("PutMetricAlarm", band).await.unwrap();
    set(&house, "poor", "OK").await;
    pass(&house, 60).await;
    let shown = show(&house, "poor").await;
    assert_eq!(shown["EvaluationState"], json!("EVALUATION_ERROR"));
    assert_eq!(shown["StateValue"], json!("INSUFFICIENT_DATA"));
    assert!(shown["StateReason"].as_str().unwrap().contains("band"), "{shown}");
    metric_alarm_has_none(&house).await;
}

async fn metric_alarm_has_none(house: &House) {
    metric(house, "plain").await;
    assert_eq!(show(house, "plain").await.get("EvaluationState"), None);
}

//! Alarms that judge by what was published.

use super::*;
use crate::domain::rules::Rules;
use crate::engine::{Advance, Engine};
use crate::store::{HistoryQuery, Order};

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

/// The items of the alarm's history: when, in seconds after [`NOON`], and what.
async fn told(house: &House) -> Vec<(i64, String)> {
    let query = HistoryQuery { order: Order::Ascending, ..HistoryQuery::default() };
    let items = house.store.session().alarm_history(&house.world, &query).await.unwrap();
    items.into_iter().map(|item| (item.at.0 / 1000 - NOON, item.summary)).collect()
}

/// The worker is late, or there is none: the evaluation of the second minute has not happened.
#[tokio::test]
async fn a_command_does_not_overtake_an_evaluation_that_was_due_before_it() {
    let house = at_noon().await;
    house.ask("PutMetricAlarm", over_one_metric()).await.unwrap();
    set(&house, "poor", "OK").await;
    house.advance(90).await;
    set(&house, "poor", "ALARM").await;
    let line = |at, from: &str, to: &str| (at, format!("Alarm updated from {from} to {to}"));
    let wanted = [
        (0, "Alarm \"poor\" created".to_owned()),
        line(0, "INSUFFICIENT_DATA", "OK"),
        line(60, "OK", "INSUFFICIENT_DATA"),
        line(90, "INSUFFICIENT_DATA", "ALARM"),
    ];
    assert_eq!(told(&house).await, wanted);
}

#[tokio::test]
async fn an_alarm_that_is_deleted_late_was_evaluated_in_time() {
    let house = at_noon().await;
    house.ask("PutMetricAlarm", over_one_metric()).await.unwrap();
    set(&house, "poor", "OK").await;
    house.advance(90).await;
    house.ask("DeleteAlarms", json!({"AlarmNames": ["poor"]})).await.unwrap();
    let last: Vec<_> = told(&house).await.into_iter().skip(2).collect();
    let evaluated = (60, "Alarm updated from OK to INSUFFICIENT_DATA".to_owned());
    assert_eq!(last, [evaluated, (90, "Alarm \"poor\" deleted".to_owned())]);
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

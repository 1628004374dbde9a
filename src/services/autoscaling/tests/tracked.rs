//! Target tracking, from requests to instances.

use super::*;
use crate::domain::demand::Demand;
use crate::domain::serving::Latency;
use crate::domain::tuning::Tuning;

/// So many requests a minute to the endpoint from now on.
async fn traffic(hosting: &Hosting, a_minute: f64) {
    let demand = Demand::constant(a_minute / 60.0);
    assert!(hosting.engine.set_traffic(&hosting.world, "web", Some(demand)).await.unwrap());
}

#[tokio::test]
async fn traffic_brings_instances_and_takes_them_away() {
    let hosting = registered(1, 1, 4).await;
    track(&hosting, json!({})).await;
    traffic(&hosting, 30.0).await;
    hosting.pass(180).await;
    assert_eq!(stands(&hosting).await.0, 1);
    hosting.pass(120).await;
    assert_eq!(stands(&hosting).await.0, 3, "30 a minute, 10 for each");
    hosting.pass(1_200).await;
    assert_eq!(stands(&hosting).await, (3, 3, "InService".to_owned()));
    traffic(&hosting, 6.0).await;
    hosting.pass(14 * 60).await;
    assert_eq!(stands(&hosting).await.0, 3);
    hosting.pass(5 * 60).await;
    assert_eq!(stands(&hosting).await.0, 1);
    let causes: Vec<_> = told(&hosting).await.into_iter().map(|[_, cause, ..]| cause).collect();
    for (cause, word) in causes.iter().zip(["AlarmLow", "AlarmHigh"]) {
        let begin = format!("monitor alarm TargetTracking-{RESOURCE}-{word}-");
        assert!(
            cause.starts_with(&begin) && cause.ends_with(" in state ALARM triggered policy track"),
            "{cause}"
        );
    }
    assert_eq!(causes.len(), 2);
}

#[tokio::test]
async fn without_any_traffic_a_variant_is_scaled_in() {
    let hosting = registered(3, 1, 4).await;
    track(&hosting, json!({})).await;
    hosting.pass(25 * 60).await;
    assert_eq!(stands(&hosting).await, (1, 1, "InService".to_owned()));
    let day = 86_400;
    hosting.pass(day).await;
    assert_eq!(not_scaled(&hosting).await["Code"], "AlreadyAtMinCapacity");
}

#[tokio::test]
async fn a_variant_is_scaled_in_only_if_all_policies_agree() {
    let hosting = registered(3, 1, 4).await;
    track(&hosting, json!({})).await;
    let custom = json!({"MetricName": "load", "Namespace": "shop", "Statistic": "Average"});
    let policy = json!({
        "PolicyName": "load", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {"TargetValue": 50.0, "CustomizedMetricSpecification": custom},
    });
    hosting.get("PutScalingPolicy", with(key(), &policy)).await;
    hosting.pass(1_800).await;
    assert_eq!(stands(&hosting).await.0, 3, "the other has no datapoint, so it does not agree");
    hosting.get("DeleteScalingPolicy", with(key(), &json!({"PolicyName": "load"}))).await;
    hosting.pass(60).await;
    assert_eq!(stands(&hosting).await.0, 1);
}

/// Half a second for each request.
async fn slow(hosting: &Hosting) {
    let row = hosting.store.session().endpoint(&hosting.world, "web").await.unwrap().expect("it is there");
    let model = row.endpoint.model_ids().swap_remove(0);
    let tuning = Tuning { latency: Some(Latency::Fixed { us: 500_000 }), ..Tuning::default() };
    hosting.engine.tune(&hosting.world, &model, Some(&tuning)).await.unwrap();
}

#[tokio::test]
async fn requests_at_once_bring_instances_within_a_minute_and_take_them_away_as_slowly_as_others() {
    let hosting = registered(1, 1, 8).await;
    slow(&hosting).await;
    let metric = json!({"PredefinedMetricSpecification": {
        "PredefinedMetricType": "SageMakerVariantConcurrentRequestsPerModelHighResolution",
    }});
    track(&hosting, with(json!({"TargetValue": 5.0}), &metric)).await;
    let alarms = hosting.get("DescribeAlarms", json!({})).await;
    let alarms: Vec<_> = alarms["MetricAlarms"].as_array().unwrap().iter().collect();
    let seen = |member: &str| alarms.iter().map(|alarm| alarm[member].clone()).collect::<Vec<_>>();
    assert_eq!(seen("MetricName"), ["ConcurrentRequestsPerModel"; 2]);
    assert_eq!(seen("Period"), [10, 60], "the high one, the low one");
    traffic(&hosting, 40.0 * 60.0).await;
    hosting.pass(30).await;
    assert_eq!(stands(&hosting).await.0, 1);
    hosting.pass(10).await;
    assert_eq!(stands(&hosting).await.0, 4, "40 a second of half a second each are 20 at once, 5 for each");
    hosting.pass(900).await;
    assert_eq!(stands(&hosting).await, (4, 4, "InService".to_owned()));
    traffic(&hosting, 60.0).await;
    hosting.pass(14 * 60).await;
    assert_eq!(stands(&hosting).await.0, 4);
    hosting.pass(5 * 60).await;
    assert_eq!(stands(&hosting).await.0, 1);
}

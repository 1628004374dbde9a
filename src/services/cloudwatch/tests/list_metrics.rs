//! `ListMetrics`: filters, age, pages, and what instances report of themselves.

use super::*;
use crate::store::InstanceCount;

/// The metrics as `name dimension=value …`, and the token of the next page.
async fn list(house: &House, request: Json) -> (Vec<String>, Option<Json>) {
    let answer = house.ask("ListMetrics", request).await.unwrap();
    let line = |metric: &Json| {
        let dimensions = metric["Dimensions"].as_array().unwrap().iter();
        let pair = |it: &Json| format!(" {}={}", it["Name"].as_str().unwrap(), it["Value"].as_str().unwrap());
        format!("{}{}", metric["MetricName"].as_str().unwrap(), dimensions.map(pair).collect::<String>())
    };
    let lines = answer["Metrics"].as_array().unwrap().iter().map(line).collect();
    (lines, answer.get("NextToken").cloned())
}

async fn names(house: &House, request: Json) -> Vec<String> {
    list(house, request).await.0
}

#[tokio::test]
async fn filters_hold_together() {
    let house = at_noon().await;
    let dimensions = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect::<Vec<_>>()
    };
    for (metric, pairs) in [
        ("sales", vec![]),
        ("sales", vec![("till", "1"), ("city", "Rome")]),
        ("sales", vec![("till", "2"), ("city", "Rome")]),
        ("returns", vec![("city", "Oslo")]),
    ] {
        publish(&house, json!({"MetricName": metric, "Value": 1, "Dimensions": dimensions(&pairs)}))
            .await
            .unwrap();
    }
    let other = json!({"Namespace": "bank", "MetricData": [{"MetricName": "rates", "Value": 1}]});
    house.ask("PutMetricData", other).await.unwrap();
    let (rome1, rome2) = ("sales city=Rome till=1", "sales city=Rome till=2");
    assert_eq!(names(&house, json!({})).await, ["rates", "returns city=Oslo", "sales", rome1, rome2]);
    assert_eq!(names(&house, json!({"Namespace": "bank"})).await, ["rates"]);
    assert_eq!(names(&house, json!({"MetricName": "sales"})).await, ["sales", rome1, rome2]);
    assert_eq!(
        names(&house, json!({"Dimensions": [{"Name": "city"}]})).await,
        ["returns city=Oslo", rome1, rome2]
    );
    let till = json!({"Dimensions": [{"Name": "city", "Value": "Rome"}, {"Name": "till", "Value": "2"}]});
    assert_eq!(names(&house, till).await, [rome2]);
    assert_eq!(
        names(&house, json!({"MetricName": "rates", "Namespace": "shop"})).await,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn what_is_silent_for_long_is_not_listed() {
    let house = at_noon().await;
    publish(&house, json!({"MetricName": "sales", "Value": 1})).await.unwrap();
    let recent = json!({"RecentlyActive": "PT3H"});
    house.advance(3 * 3600).await;
    assert_eq!(names(&house, recent.clone()).await, ["sales"]);
    house.advance(60).await;
    assert_eq!(names(&house, recent).await, Vec::<String>::new());
    assert_eq!(names(&house, json!({})).await, ["sales"]);
    house.advance(14 * 86_400).await;
    assert_eq!(names(&house, json!({})).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_page_has_five_hundred_metrics() {
    let house = at_noon().await;
    let all: Vec<_> = (0..501).map(|n| json!({"MetricName": format!("m{n:03}"), "Value": 1})).collect();
    house.ask("PutMetricData", json!({"Namespace": "shop", "MetricData": all})).await.unwrap();
    let (first, token) = list(&house, json!({})).await;
    assert_eq!((first.len(), first.last().map(String::as_str)), (500, Some("m499")));
    let (second, token) = list(&house, json!({"NextToken": token.unwrap()})).await;
    assert_eq!((second, token), (vec!["m500".to_owned()], None));
}

#[tokio::test]
async fn instances_report_metrics_that_nobody_stores() {
    let house = at_noon().await;
    let mut tx = house.store.begin(&house.world).await.unwrap();
    let (now, ended) = (tx.now(), tx.now().plus_secs(60));
    let count = |variant: &str, instance_type: &str| InstanceCount {
        variant: variant.to_owned(),
        config: "config".to_owned(),
        instance_type: instance_type.to_owned(),
        instances: 1,
        report_ms: 60_000,
    };
    tx.set_instances("id", "house", &[count("v", "ml.m5.large"), count("w", "ml.g5.xlarge")], now)
        .await
        .unwrap();
    tx.set_instances("id", "house", &[count("v", "ml.m5.large")], ended).await.unwrap();
    tx.commit().await.unwrap();
    let of = |names: &[&str], variant: &str| -> Vec<String> {
        names.iter().map(|name| format!("{name} EndpointName=house VariantName={variant}")).collect()
    };
    let plain = ["CPUUtilization", "DiskUtilization", "MemoryUtilization"];
    let gpu =
        ["CPUUtilization", "DiskUtilization", "GPUMemoryUtilization", "GPUUtilization", "MemoryUtilization"];
    let variant = |variant: &str| json!({"Dimensions": [{"Name": "VariantName", "Value": variant}]});
    assert_eq!(names(&house, variant("v")).await, of(&plain, "v"));
    assert_eq!(names(&house, variant("w")).await, of(&gpu, "w"));
    let cpu = json!({"Namespace": "/aws/sagemaker/Endpoints", "MetricName": "CPUUtilization"});
    let both = [of(&["CPUUtilization"], "v"), of(&["CPUUtilization"], "w")].concat();
    assert_eq!(names(&house, cpu.clone()).await, both);
    assert_eq!(names(&house, json!({"Namespace": "shop"})).await, Vec::<String>::new());
    house.advance(15 * 86_400).await;
    assert_eq!(names(&house, cpu).await, of(&["CPUUtilization"], "v"), "the others ended long ago");
}

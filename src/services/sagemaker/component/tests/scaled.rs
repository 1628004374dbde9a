//! Components that Application Auto Scaling scales.

use serde_json::json;

use super::*;
use crate::domain::demand::Demand;

fn key() -> Json {
    json!({
        "ServiceNamespace": "sagemaker", "ResourceId": "inference-component/llm",
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
    })
}

async fn register(hosting: &Hosting, min: u32, max: u32) {
    let bounds = json!({"MinCapacity": min, "MaxCapacity": max});
    hosting.get("RegisterScalableTarget", with(key(), &bounds)).await;
}

async fn track(hosting: &Hosting, metric: &str, target: f64) {
    let policy = json!({
        "PolicyName": "track", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": target, "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
        },
    });
    hosting.get("PutScalingPolicy", with(key(), &policy)).await;
}

/// So many requests a minute to the component from now on.
async fn traffic(hosting: &Hosting, a_minute: f64) {
    let demand = Demand::constant(a_minute / 60.0);
    let name = "inference-component/llm";
    assert!(hosting.engine.set_traffic(&hosting.world, name, Some(demand)).await.unwrap());
}

#[tokio::test]
async fn traffic_brings_copies_and_takes_them_away() {
    let hosting = in_service(1).await;
    register(&hosting, 1, 6).await;
    track(&hosting, "SageMakerInferenceComponentInvocationsPerCopy", 10.0).await;
    traffic(&hosting, 40.0).await;
    hosting.pass(300).await;
    assert_eq!(stand(&hosting, "llm").await.1, 4, "40 a minute, 10 for each");
    hosting.pass(900).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 4, 4));
    let of_it = json!({"ServiceNamespace": "sagemaker", "ResourceId": "inference-component/llm"});
    let activities = hosting.get("DescribeScalingActivities", of_it).await;
    let last = &activities["ScalingActivities"][0];
    assert_eq!(last["ScalableDimension"], "sagemaker:inference-component:DesiredCopyCount");
    assert_eq!(last["Description"], "Setting desired copy count to 4.");
    assert_eq!(
        last["StatusMessage"],
        "Successfully set desired copy count to 4. Change successfully fulfilled by sagemaker."
    );
    traffic(&hosting, 0.0).await;
    hosting.pass(1_800).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 1, 1));
}

#[tokio::test]
async fn a_component_scales_to_zero_and_from_there_when_somebody_asks_in_vain() {
    let hosting = in_service(1).await;
    register(&hosting, 0, 4).await;
    track(&hosting, "SageMakerInferenceComponentInvocationsPerCopy", 10.0).await;
    hosting.pass(1_800).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 0, 0));
    let step = json!({
        "PolicyName": "from-zero", "PolicyType": "StepScaling",
        "StepScalingPolicyConfiguration": {
            "AdjustmentType": "ChangeInCapacity", "MetricAggregationType": "Maximum", "Cooldown": 60,
            "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
        },
    });
    let policy = hosting.get("PutScalingPolicy", with(key(), &step)).await;
    let alarm = json!({
        "AlarmName": "asked-in-vain", "AlarmActions": [policy["PolicyARN"]],
        "MetricName": "NoCapacityInvocationFailures", "Namespace": "AWS/SageMaker", "Statistic": "Maximum",
        "Dimensions": [{"Name": "InferenceComponentName", "Value": "llm"}], "Period": 30,
        "EvaluationPeriods": 1, "DatapointsToAlarm": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "missing",
    });
    hosting.get("PutMetricAlarm", alarm).await;
    let request = json!({"EndpointName": "web", "InferenceComponentName": "llm", "Body": ""});
    let refused = hosting.call("InvokeEndpoint", request.clone()).await.expect_err("there is no copy");
    assert!(refused.to_string().contains("no capacity"), "{refused}");
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 1, 0));
    hosting.pass(60).await;
    hosting.call("InvokeEndpoint", request).await.expect("there is a copy");
}

#[tokio::test]
async fn synthetic_requests_that_find_no_copy_are_counted_like_others() {
    let hosting = in_service(0).await;
    traffic(&hosting, 60.0).await;
    hosting.pass(120).await;
    let of_it = [("InferenceComponentName", "llm")];
    let sum = super::invoked::sum(&hosting, "NoCapacityInvocationFailures", &of_it, 10_000).await;
    assert!((sum - 120.0).abs() < 1e-9, "one a second: {sum}");
}

#[tokio::test]
async fn requests_at_once_bring_copies_within_a_minute() {
    let hosting = house(2).await;
    let container = json!({"Image": IMAGE, "Environment": {"SAGEBRUSH_LATENCY_MS": "1000"}});
    hosting.get("CreateModel", json!({"ModelName": "slow", "PrimaryContainer": container})).await;
    let slow = json!({"Specification": specification("slow")});
    hosting.get("CreateInferenceComponent", with(creation("llm", 1), &slow)).await;
    hosting.pass(60).await;
    register(&hosting, 1, 8).await;
    track(&hosting, "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution", 5.0).await;
    traffic(&hosting, 15.0 * 60.0).await;
    hosting.pass(40).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 3, 1), "15 at once, 5 for each");
}

#[tokio::test]
async fn a_component_that_is_deleted_is_deregistered() {
    let hosting = in_service(1).await;
    register(&hosting, 1, 4).await;
    let of_it = json!({
        "ServiceNamespace": "sagemaker", "ResourceIds": ["inference-component/llm"],
        "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount",
    });
    let found = async |dimension: &str| {
        let request = with(of_it.clone(), &json!({"ScalableDimension": dimension}));
        let found = hosting.get("DescribeScalableTargets", request).await;
        found["ScalableTargets"].as_array().unwrap().len()
    };
    assert_eq!(found("sagemaker:inference-component:DesiredCopyCount").await, 1);
    assert_eq!(found("sagemaker:variant:DesiredInstanceCount").await, 0);
    hosting.get("DeleteInferenceComponent", of("llm")).await;
    assert_eq!(found("sagemaker:inference-component:DesiredCopyCount").await, 0);
}

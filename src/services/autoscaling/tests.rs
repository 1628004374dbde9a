//! Stories of scaling, told in requests and answers.

use serde_json::{Value as Json, json};

use crate::services::sagemaker::tests::{Hosting, with};

mod actions;
mod blocked;
mod course;
mod policies;
mod stepped;
mod tagged;
mod targets;
mod tracked;

const RESOURCE: &str = "endpoint/web/variant/main";

/// What names the variant of the endpoint `web`.
fn key() -> Json {
    json!({
        "ServiceNamespace": "sagemaker", "ResourceId": RESOURCE,
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    })
}

/// The endpoint `web` in service, its variant registered between bounds.
async fn registered(instances: u32, min: u32, max: u32) -> Hosting {
    let hosting = Hosting::in_service(instances).await;
    register(&hosting, json!({"MinCapacity": min, "MaxCapacity": max})).await;
    hosting
}

async fn register(hosting: &Hosting, members: Json) -> Json {
    hosting.get("RegisterScalableTarget", with(key(), &members)).await
}

/// A policy that keeps ten requests a minute on each instance.
async fn track(hosting: &Hosting, members: Json) -> Json {
    let metric = json!({"PredefinedMetricType": "SageMakerVariantInvocationsPerInstance"});
    let configuration = with(json!({"TargetValue": 10.0, "PredefinedMetricSpecification": metric}), &members);
    let policy = json!({
        "PolicyName": "track", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": configuration,
    });
    hosting.get("PutScalingPolicy", with(key(), &policy)).await
}

/// A step policy of that name; answers its ARN.
async fn step(hosting: &Hosting, name: &str, configuration: Json) -> String {
    let policy = json!({"PolicyName": name, "StepScalingPolicyConfiguration": configuration});
    let answer = hosting.get("PutScalingPolicy", with(key(), &policy)).await;
    answer["PolicyARN"].as_str().expect("an ARN").to_owned()
}

/// An alarm over a metric of our own, with these actions on ALARM.
async fn alarm(hosting: &Hosting, name: &str, actions: &[&str], members: Json) {
    let alarm = json!({
        "AlarmName": name, "Namespace": "shop", "MetricName": "load", "Statistic": "Average", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 10.0, "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": actions, "TreatMissingData": "ignore",
    });
    hosting.get("PutMetricAlarm", with(alarm, &members)).await;
}

async fn set(hosting: &Hosting, name: &str, state: &str) {
    let request = json!({"AlarmName": name, "StateValue": state, "StateReason": "a test"});
    hosting.get("SetAlarmState", request).await;
}

/// Publishes the load of this minute.
async fn load(hosting: &Hosting, value: f64) {
    let datum = json!({"MetricName": "load", "Value": value});
    hosting.get("PutMetricData", json!({"Namespace": "shop", "MetricData": [datum]})).await;
}

/// Desired and current instances, and the status.
async fn stands(hosting: &Hosting) -> (u64, u64, String) {
    let shown = hosting.describe().await;
    let variant = &shown["ProductionVariants"][0];
    let count = |name: &str| variant[name].as_u64().expect("a count");
    let status = shown["EndpointStatus"].as_str().expect("a status").to_owned();
    (count("DesiredInstanceCount"), count("CurrentInstanceCount"), status)
}

/// The activities, the newest first.
async fn activities(hosting: &Hosting, with_not_scaled: bool) -> Vec<Json> {
    let request = json!({"ServiceNamespace": "sagemaker", "IncludeNotScaledActivities": with_not_scaled});
    let answer = hosting.get("DescribeScalingActivities", request).await;
    answer["ScalingActivities"].as_array().expect("a list").clone()
}

/// Description, cause, status and message of each activity, the newest first.
async fn told(hosting: &Hosting) -> Vec<[String; 4]> {
    let text = |activity: &Json, name: &str| activity[name].as_str().unwrap_or("").to_owned();
    let line = |activity: &Json| {
        ["Description", "Cause", "StatusCode", "StatusMessage"].map(|name| text(activity, name))
    };
    activities(hosting, false).await.iter().map(line).collect()
}

/// The code of the newest activity in which nothing was scaled.
async fn not_scaled(hosting: &Hosting) -> Json {
    activities(hosting, true).await.into_iter().next().unwrap_or_default()["NotScaledReasons"][0].clone()
}

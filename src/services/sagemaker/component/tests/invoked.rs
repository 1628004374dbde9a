//! Requests to components.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::json;

use super::*;
use crate::clock::Timestamp;
use crate::engine::measure::{Wanted, points};
use crate::metrics::invoked::INVOCATIONS;
use crate::metrics::metric::Metric;
use crate::metrics::utilization::COPIES;
use crate::schema::Fault;

async fn invoke(hosting: &Hosting, members: Json) -> Result<Json, Fault> {
    let request = json!({"EndpointName": "web", "Body": BASE64.encode("hello")});
    let answer = hosting.call("InvokeEndpoint", with(request, &members)).await?;
    Ok(serde_json::to_value(answer).unwrap())
}

async fn refusal(hosting: &Hosting, members: Json) -> String {
    invoke(hosting, members).await.expect_err("a refusal").to_string()
}

/// The sum of a metric in periods of ten seconds or a minute, after what was counted is written.
pub(super) async fn sum(hosting: &Hosting, name: &str, dimensions: &[(&str, &str)], period_ms: i64) -> f64 {
    hosting.pass(0).await;
    let metric = Metric::new(INVOCATIONS, name, dimensions.iter().copied());
    let (from, until) = (Timestamp(0), Timestamp(i64::MAX));
    let wanted = Wanted { metric: &metric, unit: None, from, until, now: until, period_ms, with_bins: false };
    let points = points(&mut hosting.store.session(), &hosting.world, &wanted).await.unwrap();
    points.iter().fold(0.0, |sum, (_, point)| sum + point.datapoint.sum)
}

#[track_caller]
fn assert_close(seen: f64, expected: f64) {
    assert!((seen - expected).abs() < 1e-9, "{seen}, not {expected}");
}

#[tokio::test]
async fn a_request_names_the_component_that_takes_it() {
    let hosting = in_service(2).await;
    let answer = invoke(&hosting, json!({"InferenceComponentName": "llm"})).await.unwrap();
    assert_eq!(answer["InvokedProductionVariant"], "main");
    assert_eq!(answer["Body"], BASE64.encode("hello"));
    let unnamed = refusal(&hosting, json!({})).await;
    assert!(unnamed.starts_with("ValidationError: Inference Component Name header is required"), "{unnamed}");
    assert_eq!(
        refusal(&hosting, json!({"InferenceComponentName": "other"})).await,
        "ValidationError: Inference Component other not found for endpoint web of account 123456789012."
    );
}

#[tokio::test]
async fn a_component_is_reached_through_its_own_endpoint() {
    let hosting = in_service(1).await;
    config(&hosting, "next", 1).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "next", "EndpointConfigName": "next"})).await;
    hosting.pass(60).await;
    let elsewhere = json!({"EndpointName": "next", "InferenceComponentName": "llm"});
    let refused = refusal(&hosting, elsewhere).await;
    assert!(refused.contains("Inference Component llm not found for endpoint next"), "{refused}");
}

#[tokio::test]
async fn a_component_without_copies_says_so_and_is_counted() {
    let hosting = house(1).await;
    hosting.get("CreateInferenceComponent", creation("llm", 1)).await;
    let no_copy = "ValidationError: Inference Component has no capacity to process this request. \
                   ApplicationAutoScaling may be in-progress (if configured) or try to increase the capacity by \
                   invoking UpdateInferenceComponentRuntimeConfig API.";
    let to_it = || json!({"InferenceComponentName": "llm"});
    assert_eq!(refusal(&hosting, to_it()).await, no_copy, "it is being created");
    hosting.pass(60).await;
    invoke(&hosting, to_it()).await.unwrap();
    let none = json!({"InferenceComponentName": "llm", "DesiredRuntimeConfig": {"CopyCount": 0}});
    hosting.get("UpdateInferenceComponentRuntimeConfig", none).await;
    hosting.pass(10).await;
    for _ in 0..3 {
        assert_eq!(refusal(&hosting, to_it()).await, no_copy);
    }
    let of_it = [("InferenceComponentName", "llm")];
    assert_close(sum(&hosting, "NoCapacityInvocationFailures", &of_it, 10_000).await, 4.0);
}

#[tokio::test]
async fn what_is_measured_of_a_component_bears_its_name_and_counts_for_the_variant() {
    let hosting = in_service(4).await;
    for _ in 0..8 {
        invoke(&hosting, json!({"InferenceComponentName": "llm"})).await.unwrap();
    }
    let (of_it, of_variant) =
        ([("InferenceComponentName", "llm")], [("EndpointName", "web"), ("VariantName", "main")]);
    for (name, dimensions, expected) in [
        ("Invocations", &of_it[..], 8.0),
        ("InvocationsPerCopy", &of_it, 2.0),
        ("InvocationsPerInstance", &of_it, 0.0),
        ("Invocations", &of_variant, 8.0),
        ("InvocationsPerCopy", &of_variant, 0.0),
    ] {
        assert_close(sum(&hosting, name, dimensions, 60_000).await, expected);
    }
    let at_once = sum(&hosting, "ConcurrentRequestsPerCopy", &of_it, 10_000).await;
    assert_close(at_once, 8.0 * 0.003 / 10.0 / 4.0);
}

#[tokio::test]
async fn copies_report_what_they_take_of_their_instances() {
    let hosting = in_service(2).await;
    hosting.pass(600).await;
    let listed = hosting.get("ListMetrics", json!({"Namespace": "/aws/sagemaker/InferenceComponents"})).await;
    let listed = listed["Metrics"].as_array().unwrap();
    let names: Vec<_> = listed.iter().map(|metric| metric["MetricName"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "CPUUtilizationNormalized",
            "GPUMemoryUtilizationNormalized",
            "GPUUtilizationNormalized",
            "MemoryUtilizationNormalized"
        ]
    );
    let of_it = json!([{"Name": "InferenceComponentName", "Value": "llm"}]);
    assert!(listed.iter().all(|metric| metric["Dimensions"] == of_it), "{listed:?}");
    let of_instances = hosting.get("ListMetrics", json!({"Namespace": "/aws/sagemaker/Endpoints"})).await;
    assert!(!of_instances.to_string().contains("inference-component"), "{of_instances}");
    let metric = Metric::new(COPIES, "CPUUtilizationNormalized", [("InferenceComponentName", "llm")]);
    let (from, until, period_ms) =
        (Timestamp(0), hosting.store.session().world_now(&hosting.world).await.unwrap(), 60_000);
    let wanted = Wanted { metric: &metric, unit: None, from, until, now: until, period_ms, with_bins: false };
    let points = points(&mut hosting.store.session(), &hosting.world, &wanted).await.unwrap();
    for (_, point) in &points {
        assert_close(point.datapoint.count, 2.0);
    }
    assert!(points.len() >= 9, "{points:?}");
}

#[tokio::test]
async fn synthetic_requests_find_no_copy_of_what_is_being_created_either() {
    let hosting = house(1).await;
    let tag = json!({"Tags": [{"Key": "sagebrush:requests-per-second", "Value": "1"}]});
    hosting.get("CreateInferenceComponent", with(creation("llm", 1), &tag)).await;
    hosting.pass(60).await;
    let of_it = [("InferenceComponentName", "llm")];
    assert!(sum(&hosting, "NoCapacityInvocationFailures", &of_it, 10_000).await > 30.0);
}

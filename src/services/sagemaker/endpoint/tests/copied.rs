//! What an endpoint takes over from its config and its models to serve with.

use serde_json::{Value as Json, json};

use super::Hosting;
use crate::domain::endpoint::State;
use crate::domain::serving::{Latency, Publish, Response, Routing, Warmup};
use crate::domain::variant::Spec;
use crate::services::sagemaker::tests::{IMAGE, variant, with};

/// The copy that an endpoint takes of a model with these containers and a config with these members.
async fn copied(containers: &Json, of_variant: &Json, of_config: &Json) -> Spec {
    let hosting = Hosting::new().await;
    hosting.get("CreateModel", with(json!({"ModelName": "model"}), containers)).await;
    let variants = json!([with(variant("main", 1), of_variant)]);
    let config = json!({"EndpointConfigName": "blue", "ProductionVariants": variants});
    hosting.get("CreateEndpointConfig", with(config, of_config)).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    let row = hosting.store.session().endpoint(&hosting.world, "web").await.unwrap().expect("it exists");
    let State::Creating { green, .. } = row.endpoint.state else { panic!("it is being created") };
    green.spec
}

fn primary(environment: &Json) -> Json {
    json!({"PrimaryContainer": {"Image": IMAGE, "Environment": environment}})
}

#[tokio::test]
async fn a_models_environment_says_how_it_serves() {
    let environment = json!({
        "SAGEBRUSH_ERROR_RATE": "0.25", "SAGEBRUSH_ERROR_STATUS": "503", "SAGEBRUSH_LATENCY_MS": "5/40",
        "SAGEBRUSH_RESPONSE": "[1]", "SAGEBRUSH_WARMUP": "180:4", "SAGEBRUSH_FAIL_AFTER": "900",
        "SAGEBRUSH_CONCURRENCY": "4", "OTHER": "x"
    });
    let spec = copied(&primary(&environment), &json!({}), &json!({})).await;
    let serving = &spec.variants[0].serving;
    assert!((serving.error_rate - 0.25).abs() < f64::EPSILON);
    assert_eq!(serving.error_status, 503);
    assert_eq!(serving.latency, Latency::LogNormal { p50_us: 5_000, p99_us: 40_000 });
    let body = Response::Fixed { content_type: "application/json".into(), body: "[1]".into() };
    assert_eq!(serving.response, body);
    assert_eq!(serving.warmup, Some(Warmup { ms: 180_000, factor: 4.0 }));
    assert_eq!((serving.fail_after_ms, serving.concurrency), (Some(900_000), Some(4)));
}

#[tokio::test]
async fn a_variants_routing_and_a_configs_publishing_are_taken_over() {
    let model = primary(&json!({}));
    let table = [
        (json!({}), Routing::Random),
        (json!({"RoutingConfig": {"RoutingStrategy": "RANDOM"}}), Routing::Random),
        (
            json!({"RoutingConfig": {"RoutingStrategy": "LEAST_OUTSTANDING_REQUESTS"}}),
            Routing::LeastOutstandingRequests,
        ),
    ];
    for (of_variant, routing) in table {
        assert_eq!(copied(&model, &of_variant, &json!({})).await.variants[0].routing, routing);
    }
    let table = [
        (json!({}), (false, 60)),
        (json!({"MetricsConfig": {"EnableEnhancedMetrics": true}}), (true, 60)),
        (json!({"MetricsConfig": {"MetricPublishFrequencyInSeconds": 10}}), (false, 10)),
        (json!({"MetricsConfig": {"MetricPublishFrequencyInSeconds": 0}}), (false, 60)),
    ];
    for (of_config, (enhanced, frequency_secs)) in table {
        let publish = copied(&model, &json!({}), &of_config).await.publish;
        assert_eq!(publish, Publish { enhanced, frequency_secs }, "{of_config}");
    }
}

#[tokio::test]
async fn a_container_is_called_primary_by_its_hostname_or_model() {
    let named = json!({"Image": IMAGE, "ContainerHostname": "first"});
    let nameless = json!({"Image": IMAGE});
    let table = [
        (json!({"PrimaryContainer": named}), "primary"),
        (json!({"Containers": [named, nameless]}), "first"),
        (json!({"Containers": [nameless, named]}), "model"),
    ];
    for (containers, name) in table {
        assert_eq!(copied(&containers, &json!({}), &json!({})).await.variants[0].container, name);
    }
}

//! What is refused, and in which words.

use serde_json::{Value as Json, json};

use super::{ARN, Hosting, canary, update};
use crate::domain::rules::{MissingAlarm, Rules};
use crate::services::Settings;
use crate::services::sagemaker::tests::variant;

fn scale(targets: &Json) -> Json {
    json!({"EndpointName": "web", "DesiredWeightsAndCapacities": targets})
}

fn web() -> Json {
    json!({"EndpointName": "web"})
}

#[tokio::test]
async fn what_does_not_exist_is_named_by_its_arn() {
    let hosting = Hosting::new().await;
    let endpoint = format!("ValidationException: Could not find endpoint \"{ARN}\".");
    for (operation, request) in [
        ("DescribeEndpoint", json!({"EndpointName": "WEB"})),
        ("DeleteEndpoint", web()),
        ("UpdateEndpoint", update(&json!({}))),
        ("UpdateEndpointWeightsAndCapacities", scale(&json!([{"VariantName": "main"}]))),
    ] {
        assert_eq!(hosting.refused(operation, request).await, endpoint, "{operation}");
    }
    let create = json!({"EndpointName": "web", "EndpointConfigName": "blue"});
    let config = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/blue";
    assert_eq!(
        hosting.refused("CreateEndpoint", create).await,
        format!("ValidationException: Could not find endpoint configuration \"{config}\".")
    );
}

#[tokio::test]
async fn an_endpoint_in_transition_takes_no_command() {
    let hosting = Hosting::new().await;
    hosting.endpoint(1).await;
    let commands = [
        ("UpdateEndpoint", update(&json!({}))),
        ("UpdateEndpoint", update(&json!({"EndpointConfigName": "nowhere"}))),
        ("UpdateEndpointWeightsAndCapacities", scale(&json!([{"VariantName": "nobody"}]))),
        ("DeleteEndpoint", web()),
    ];
    let sentence = format!("ValidationException: Cannot update in-progress endpoint \"{ARN}\".");
    let everything_is_refused = async |stage: &str| {
        for (operation, request) in &commands {
            assert_eq!(hosting.refused(operation, request.clone()).await, sentence, "{stage}: {operation}");
        }
        let create = json!({"EndpointName": "Web", "EndpointConfigName": "blue"});
        assert_eq!(
            hosting.refused("CreateEndpoint", create).await,
            format!("ValidationException: Cannot create already existing endpoint \"{ARN}\".")
        );
    };
    everything_is_refused("Creating").await;
    hosting.pass(60).await;
    hosting.get("UpdateEndpoint", update(&json!({}))).await;
    everything_is_refused("Updating").await;
    hosting.pass(1000).await;
    hosting
        .get(
            "UpdateEndpointWeightsAndCapacities",
            scale(&json!([{"VariantName": "main", "DesiredInstanceCount": 2}])),
        )
        .await;
    everything_is_refused("scaling").await;
    hosting.pass(1000).await;
    hosting.get("DeleteEndpoint", web()).await;
    everything_is_refused("Deleting").await;
}

#[tokio::test]
async fn a_name_is_free_when_its_endpoint_is_gone() {
    let hosting = Hosting::in_service(1).await;
    hosting.get("DeleteEndpoint", web()).await;
    assert_eq!(hosting.describe().await["EndpointStatus"], json!("Deleting"));
    hosting.pass(10).await;
    hosting.refused("DescribeEndpoint", web()).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
}

#[tokio::test]
async fn what_is_in_use_can_be_deleted_and_only_the_next_update_needs_it() {
    for (operation, name, words, arn) in [
        (
            "DeleteEndpointConfig",
            json!({"EndpointConfigName": "blue"}),
            "endpoint configuration",
            "endpoint-config/blue",
        ),
        (
            "DeleteEndpointConfig",
            json!({"EndpointConfigName": "green"}),
            "endpoint configuration",
            "endpoint-config/green",
        ),
        ("DeleteModel", json!({"ModelName": "model"}), "model", "model/model"),
    ] {
        let hosting = Hosting::in_service(1).await;
        hosting.get(operation, name).await;
        assert_eq!(hosting.describe().await["EndpointStatus"], json!("InService"));
        assert_eq!(
            hosting.refused("UpdateEndpoint", update(&json!({}))).await,
            format!(
                "ValidationException: Could not find {words} \"arn:aws:sagemaker:us-east-1:123456789012:{arn}\"."
            )
        );
    }
}

#[tokio::test]
async fn an_alarm_that_does_not_exist_refuses_the_update_where_the_server_is_set_to() {
    let rules = Rules { missing_alarm: MissingAlarm::Reject, ..Rules::default() };
    let hosting = Hosting::with(Settings { rules, ..Settings::default() }).await;
    hosting.endpoint(3).await;
    hosting.pass(60).await;
    let alarm = json!({
        "AlarmName": "latency", "MetricName": "m", "Namespace": "n", "Statistic": "Average", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
    });
    hosting.get("PutMetricAlarm", alarm).await;
    let guarded = update(&json!({"DeploymentConfig": canary(&["errors", "latency", "none"])}));
    let sentence = hosting.refused("UpdateEndpoint", guarded).await;
    assert!(sentence.contains("errors, none"), "{sentence}");
    hosting.get("UpdateEndpoint", update(&json!({"DeploymentConfig": canary(&["latency"])}))).await;
}

#[tokio::test]
async fn a_retained_config_is_held_to_the_alarms_that_exist_now() {
    let rules = Rules { missing_alarm: MissingAlarm::Reject, ..Rules::default() };
    let hosting = Hosting::with(Settings { rules, ..Settings::default() }).await;
    hosting.model("model").await;
    hosting.config("blue", 3).await;
    hosting.config("green", 3).await;
    let create = json!({
        "EndpointName": "web", "EndpointConfigName": "blue", "DeploymentConfig": canary(&["errors"]),
    });
    hosting.get("CreateEndpoint", create).await;
    hosting.pass(60).await;
    let sentence = hosting.refused("UpdateEndpoint", update(&json!({"RetainDeploymentConfig": true}))).await;
    assert!(sentence.contains("errors"), "{sentence}");
    hosting.get("UpdateEndpoint", update(&json!({}))).await;
}

#[tokio::test]
async fn an_async_config_cannot_be_dropped() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    hosting.config("green", 1).await;
    let output = json!({"OutputConfig": {"S3OutputPath": "s3://b/out"}});
    let config = json!({
        "EndpointConfigName": "blue", "ProductionVariants": [variant("main", 1)],
        "AsyncInferenceConfig": output,
    });
    hosting.get("CreateEndpointConfig", config).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    hosting.pass(60).await;
    let sentence = hosting.refused("UpdateEndpoint", update(&json!({}))).await;
    assert!(
        sentence.contains("The AsyncInferenceConfig parameter cannot be removed from this endpoint web."),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_scaling_of_serverless_capacity_is_not_built() {
    let hosting = Hosting::in_service(1).await;
    let target = json!([{"VariantName": "main", "ServerlessUpdateConfig": {"MaxConcurrency": 1}}]);
    let fault = hosting.ask("UpdateEndpointWeightsAndCapacities", scale(&target)).await.expect_err("501");
    assert_eq!(fault.to_string(), "NotImplemented: sagebrush does not implement serverless variants");
}

#[tokio::test]
async fn a_refused_command_rings_no_bell_and_an_accepted_one_does() {
    let hosting = Hosting::in_service(1).await;
    let before = hosting.rung();
    hosting.refused("UpdateEndpoint", update(&json!({"EndpointConfigName": "nowhere"}))).await;
    assert_eq!(hosting.rung(), before);
    hosting.get("UpdateEndpoint", update(&json!({}))).await;
    assert_eq!(hosting.rung(), before + 1);
}

//! What an update takes from the old config, from the new one, and from the request.

use serde_json::{Value as Json, json};

use super::{Hosting, canary, update};
use crate::services::sagemaker::tests::{IMAGE, variant, with};

/// Count and weight that the variant of that name is to have, while an update is on its way.
fn wanted(shown: &Json, name: &str) -> (Json, Json) {
    let variants = shown["PendingDeploymentSummary"]["ProductionVariants"].as_array().expect("variants");
    let variant = variants.iter().find(|variant| variant["VariantName"] == name).expect("the variant");
    (variant["DesiredInstanceCount"].clone(), variant["DesiredWeight"].clone())
}

#[tokio::test]
async fn properties_of_variants_are_retained_by_name_with_exceptions() {
    let exclude = |property: &str| json!([{"VariantPropertyType": property}]);
    for (members, main) in [
        (json!({}), (2, 0.5)),
        (json!({"RetainAllVariantProperties": false}), (2, 0.5)),
        (json!({"ExcludeRetainedVariantProperties": exclude("DesiredWeight")}), (2, 0.5)),
        (json!({"RetainAllVariantProperties": true}), (5, 3.0)),
        (
            json!({"RetainAllVariantProperties": true,
                   "ExcludeRetainedVariantProperties": exclude("DesiredInstanceCount")}),
            (2, 3.0),
        ),
        (
            json!({"RetainAllVariantProperties": true,
                   "ExcludeRetainedVariantProperties": exclude("DesiredWeight")}),
            (5, 0.5),
        ),
        (
            json!({"RetainAllVariantProperties": true,
                   "ExcludeRetainedVariantProperties": exclude("DataCaptureConfig")}),
            (5, 3.0),
        ),
    ] {
        let hosting = Hosting::in_service(1).await;
        let light = with(variant("main", 2), &json!({"InitialVariantWeight": 0.5}));
        let config = json!({"EndpointConfigName": "both", "ProductionVariants": [light, variant("new", 4)]});
        hosting.get("CreateEndpointConfig", config).await;
        let target = json!([{"VariantName": "main", "DesiredInstanceCount": 5, "DesiredWeight": 3.0}]);
        let scale = json!({"EndpointName": "web", "DesiredWeightsAndCapacities": target});
        hosting.get("UpdateEndpointWeightsAndCapacities", scale).await;
        hosting.pass(1000).await;
        let request = with(update(&members), &json!({"EndpointConfigName": "both"}));
        hosting.get("UpdateEndpoint", request).await;
        let shown = hosting.describe().await;
        assert_eq!(wanted(&shown, "main"), (json!(main.0), json!(main.1)), "{members}");
        assert_eq!(wanted(&shown, "new"), (json!(4), json!(1.0)), "a new variant takes its own");
    }
}

#[tokio::test]
async fn a_retained_deployment_config_is_used_again_and_the_requests_own_wins() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    hosting.config("blue", 3).await;
    hosting.config("green", 3).await;
    let create =
        json!({"EndpointName": "web", "EndpointConfigName": "blue", "DeploymentConfig": canary(&[])});
    hosting.get("CreateEndpoint", create).await;
    let at_once = json!({"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration":
        {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}}});
    hosting.pass(60).await;
    for (members, strategy) in [
        (json!({"RetainDeploymentConfig": true}), "CANARY"),
        (json!({}), "ALL_AT_ONCE"),
        (json!({"RetainDeploymentConfig": true}), "CANARY"),
        (json!({"RetainDeploymentConfig": true, "DeploymentConfig": at_once}), "ALL_AT_ONCE"),
    ] {
        hosting.get("UpdateEndpoint", update(&members)).await;
        let mut session = hosting.store.session();
        let newest = session.list_deployments(&hosting.world, Some("web"), 1).await.unwrap().remove(0);
        let named = serde_json::to_value(newest.record.strategy).unwrap();
        assert_eq!(named, json!(strategy), "{members}");
        hosting.pass(2000).await;
    }
    assert_eq!(hosting.describe().await["LastDeploymentConfig"], at_once);
}

#[tokio::test]
async fn what_aws_excludes_from_guardrails_shifts_at_once_and_the_history_says_so() {
    let package = json!({"ModelPackageName": "arn:aws:sagemaker:us-east-1:123456789012:model-package/p/1"});
    for (container, instance, reason) in [
        (json!({"Image": IMAGE}), "ml.inf1.xlarge", "the variant main runs on ml.inf1.xlarge"),
        (package, "ml.m5.large", "the variant main runs the model package arn:aws:sagemaker:"),
    ] {
        let hosting = Hosting::in_service(3).await;
        hosting.get("CreateModel", json!({"ModelName": "special", "PrimaryContainer": container})).await;
        let special = json!({"ModelName": "special", "InstanceType": instance});
        let config = json!({
            "EndpointConfigName": "special", "ProductionVariants": [with(variant("main", 3), &special)],
        });
        hosting.get("CreateEndpointConfig", config).await;
        let request =
            update(&json!({"EndpointConfigName": "special", "DeploymentConfig": canary(&["errors"])}));
        hosting.get("UpdateEndpoint", request).await;
        let mut session = hosting.store.session();
        let newest = session.list_deployments(&hosting.world, Some("web"), 1).await.unwrap().remove(0);
        let events = session.events(&newest.record.id).await.unwrap();
        assert!(events.iter().any(|event| event.message.contains(reason)), "{events:?}");
        hosting.pass(60 + 5 + 10).await;
        assert_eq!(hosting.describe().await["EndpointConfigName"], json!("special"));
    }
}

#[tokio::test]
async fn a_command_finds_the_endpoint_where_time_has_brought_it() {
    let hosting = Hosting::new().await;
    hosting.endpoint(1).await;
    hosting.advance(60).await;
    hosting.get("UpdateEndpoint", update(&json!({}))).await;
    let shown = hosting.describe().await;
    assert_eq!(shown["EndpointStatus"], json!("Updating"), "nobody but the update itself let time pass");
}

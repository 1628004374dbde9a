//! What cannot be asked of components, and of the endpoints that host them.

use serde_json::json;

use super::*;

#[tokio::test]
async fn a_component_needs_an_endpoint_that_serves_and_a_variant_without_a_model() {
    let hosting = house(1).await;
    let plain = json!({
        "VariantName": "main", "ModelName": "llm-1", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1,
    });
    let config = json!({"EndpointConfigName": "plain", "ProductionVariants": [plain]});
    hosting.get("CreateEndpointConfig", config).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "plain", "EndpointConfigName": "plain"})).await;
    let arn = |name: &str| format!("arn:aws:sagemaker:us-east-1:123456789012:endpoint/{name}");
    for (members, sentence) in [
        (json!({"EndpointName": "none"}), format!("Could not find endpoint \"{}\".", arn("none"))),
        (
            json!({"EndpointName": "plain"}),
            format!("Cannot update in-progress endpoint \"{}\".", arn("plain")),
        ),
        (
            json!({"VariantName": "other"}),
            "The variant name(s) \"other\" is/are not present within endpoint configuration \"blue\"."
                .to_owned(),
        ),
    ] {
        let refused = hosting.refused("CreateInferenceComponent", with(creation("llm", 1), &members)).await;
        assert_eq!(refused, format!("ValidationException: {sentence}"));
    }
    hosting.pass(60).await;
    let request = with(creation("llm", 1), &json!({"EndpointName": "plain"}));
    assert_eq!(
        hosting.refused("CreateInferenceComponent", request).await,
        "ValidationException: The variant \"main\" runs a model of its own and cannot host inference components: the \
         endpoint configuration must give it no ModelName."
    );
}

#[tokio::test]
async fn a_specification_names_one_thing_to_run_and_what_it_needs() {
    let hosting = house(1).await;
    let one = "Exactly one of ModelName and Container must be specified in the Specification of an inference component.";
    let needs = json!({"MinMemoryRequiredInMb": 128});
    for (specification, sentence) in [
        (
            json!({"ModelName": "llm-1"}),
            "ComputeResourceRequirements must be specified in the Specification of an \
          inference component.",
        ),
        (json!({"ComputeResourceRequirements": needs}), one),
        (
            json!({"ModelName": "llm-1", "Container": {"Image": IMAGE}, "ComputeResourceRequirements": needs}),
            one,
        ),
        (
            json!({"Container": {"ArtifactUrl": "s3://a/b"}, "ComputeResourceRequirements": needs}),
            "Image must be specified in the Container of an inference component without a ModelName.",
        ),
        (
            json!({"ModelName": "none", "ComputeResourceRequirements": needs}),
            "Could not find model \"arn:aws:sagemaker:us-east-1:123456789012:model/none\".",
        ),
    ] {
        let mut request = creation("llm", 1);
        request["Specification"] = specification.clone();
        let refused = hosting.refused("CreateInferenceComponent", request).await;
        assert_eq!(refused, format!("ValidationException: {sentence}"), "{specification}");
    }
    let adapter = json!({"BaseInferenceComponentName": "base", "ComputeResourceRequirements": needs});
    let mut request = creation("llm", 1);
    request["Specification"] = adapter;
    let fault = hosting.ask("CreateInferenceComponent", request).await.expect_err("it is not built");
    assert_eq!(
        (fault.status, fault.to_string().as_str()),
        (501, "NotImplemented: sagebrush does not implement adapters (BaseInferenceComponentName)")
    );
}

#[tokio::test]
async fn an_update_says_what_is_to_change() {
    let hosting = in_service(2).await;
    let policy = json!({"MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1}, "WaitIntervalInSeconds": 0});
    for members in [json!({}), json!({"DeploymentConfig": {"RollingUpdatePolicy": policy}})] {
        assert_eq!(
            hosting.refused("UpdateInferenceComponent", with(of("llm"), &members)).await,
            "ValidationException: At least one of Specification and RuntimeConfig must be specified."
        );
    }
    let large =
        json!({"MaximumBatchSize": {"Type": "CAPACITY_PERCENT", "Value": 60}, "WaitIntervalInSeconds": 0});
    let update = json!({
        "Specification": specification("llm-2"), "DeploymentConfig": {"RollingUpdatePolicy": large},
    });
    assert_eq!(
        hosting.refused("UpdateInferenceComponent", with(of("llm"), &update)).await,
        "ValidationException: MaximumBatchSize must be between 5 % and 50 % of the component's copy count, but it is 60 %."
    );
}

#[tokio::test]
async fn an_endpoint_outlives_its_components_and_keeps_the_variant_that_hosts_them() {
    let hosting = in_service(1).await;
    assert_eq!(
        hosting.refused("DeleteEndpoint", json!({"EndpointName": "web"})).await,
        "ValidationException: Endpoint has inference components attached: llm. Delete them before the endpoint \"web\"."
    );
    let renamed =
        json!({"VariantName": "renamed", "InstanceType": "ml.g5.12xlarge", "InitialInstanceCount": 1});
    let config = json!({"EndpointConfigName": "renamed", "ProductionVariants": [renamed]});
    hosting.get("CreateEndpointConfig", config).await;
    let refused = hosting
        .refused("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "renamed"}))
        .await;
    assert!(refused.contains("The variant \"main\" hosts the inference component \"llm\""), "{refused}");
    super::config(&hosting, "green", 3).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "green"})).await;
    hosting.pass(120).await;
    assert_eq!(hosting.describe().await["EndpointConfigName"], "green");
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 1, 1));
    hosting.get("DeleteInferenceComponent", of("llm")).await;
    hosting.pass(10).await;
    hosting.get("DeleteEndpoint", json!({"EndpointName": "web"})).await;
}

#[tokio::test]
async fn either_all_variants_have_a_model_or_none() {
    let hosting = Hosting::new().await;
    hosting.model("llm-1").await;
    let hosts = json!({"VariantName": "main", "InstanceType": "ml.g5.12xlarge", "InitialInstanceCount": 1});
    let plain = with(hosts.clone(), &json!({"VariantName": "other", "ModelName": "llm-1"}));
    let config = |variants: Json| json!({"EndpointConfigName": "mixed", "ProductionVariants": variants});
    for mixed in [json!([hosts, plain]), json!([plain, hosts])] {
        assert_eq!(
            hosting.refused("CreateEndpointConfig", config(mixed)).await,
            "ValidationException: Either every variant in ProductionVariants has a ModelName, or, to host inference \
             components, none."
        );
    }
    let second = with(hosts.clone(), &json!({"VariantName": "other"}));
    hosting.get("CreateEndpointConfig", config(json!([hosts, second]))).await;
}

#[tokio::test]
async fn a_component_is_deleted_once() {
    let hosting = in_service(1).await;
    hosting.get("DeleteInferenceComponent", of("llm")).await;
    assert_eq!(
        hosting.refused("DeleteInferenceComponent", of("llm")).await,
        "ValidationException: Inference component \"llm\" is DELETE_IN_PROGRESS already."
    );
    assert_eq!(described(&hosting, "llm").await["InferenceComponentStatus"], "Deleting");
}

#[tokio::test]
async fn what_hosts_components_is_not_scaled_by_itself() {
    let hosting = in_service(1).await;
    let target = json!({
        "ServiceNamespace": "sagemaker", "ResourceId": "endpoint/web/variant/main",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount", "MinCapacity": 1, "MaxCapacity": 2,
    });
    assert_eq!(
        hosting.refused("RegisterScalableTarget", target).await,
        "ValidationException: The variant \"main\" hosts inference components: register these, and let its instances follow \
         by ManagedInstanceScaling."
    );
}

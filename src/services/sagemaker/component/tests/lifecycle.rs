//! A component is created, described, listed, scaled, tagged and deleted.

use serde_json::json;

use super::*;

const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:inference-component/llm";
const HOST: &str = "arn:aws:sagemaker:us-east-1:123456789012:endpoint/web";

#[tokio::test]
async fn a_component_is_in_service_once_its_copies_are_up() {
    let hosting = house(2).await;
    let created = hosting.get("CreateInferenceComponent", creation("llm", 3)).await;
    assert_eq!(created, json!({"InferenceComponentArn": ARN}));
    assert_eq!(stand(&hosting, "llm").await, stands("Creating", 3, 0));
    hosting.pass(59).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Creating", 3, 0));
    hosting.pass(1).await;
    let shown = described(&hosting, "LLM").await;
    let expected = json!({
        "InferenceComponentName": "llm", "InferenceComponentArn": ARN, "EndpointName": "web",
        "EndpointArn": HOST, "VariantName": "main", "InferenceComponentStatus": "InService",
        "Specification": specification("llm-1"),
        "RuntimeConfig": {"DesiredCopyCount": 3, "CurrentCopyCount": 3},
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&shown[member], value, "{member}");
    }
    assert_eq!(shown.as_object().unwrap().len(), expected.as_object().unwrap().len() + 2, "and two times");
    let endpoint = hosting.describe().await;
    assert_eq!(endpoint["EndpointStatus"], "InService");
    assert_eq!(endpoint["ProductionVariants"][0]["CurrentInstanceCount"], 2);
}

#[tokio::test]
async fn a_container_of_its_own_is_shown_with_the_image_that_it_was_resolved_to() {
    let hosting = house(1).await;
    let container = json!({"Image": IMAGE, "ArtifactUrl": "s3://models/llm", "Environment": {"A": "b"}});
    let specification = with(specification("none"), &json!({"ModelName": null, "Container": container}));
    let mut request = creation("llm", 1);
    request["Specification"] = specification;
    request["Specification"].as_object_mut().unwrap().remove("ModelName");
    request.as_object_mut().unwrap().remove("VariantName");
    hosting.get("CreateInferenceComponent", request).await;
    let shown = described(&hosting, "llm").await;
    let container = &shown["Specification"]["Container"];
    assert_eq!(container["ArtifactUrl"], "s3://models/llm");
    assert_eq!(container["Environment"], json!({"A": "b"}));
    assert_eq!(container["DeployedImage"]["SpecifiedImage"], IMAGE);
    let resolved = container["DeployedImage"]["ResolvedImage"].as_str().unwrap();
    assert!(resolved.contains("@sha256:"), "{resolved}");
    assert_eq!(shown["VariantName"], "main", "the only one there is");
}

#[tokio::test]
async fn copies_come_and_go_by_the_runtime_config() {
    let hosting = in_service(2).await;
    let scale =
        |copies: u32| json!({"InferenceComponentName": "llm", "DesiredRuntimeConfig": {"CopyCount": copies}});
    let answer = hosting.get("UpdateInferenceComponentRuntimeConfig", scale(5)).await;
    assert_eq!(answer, json!({"InferenceComponentArn": ARN}));
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 5, 2));
    let busy = format!("ValidationException: Cannot update in-progress inference component \"{ARN}\".");
    assert_eq!(hosting.refused("UpdateInferenceComponentRuntimeConfig", scale(1)).await, busy);
    assert_eq!(hosting.refused("DeleteInferenceComponent", of("llm")).await, busy);
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 5, 5));
    let update = json!({"InferenceComponentName": "llm", "RuntimeConfig": {"CopyCount": 0}});
    hosting.get("UpdateInferenceComponent", update).await;
    hosting.pass(10).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 0, 0));
}

#[tokio::test]
async fn a_component_that_is_deleted_is_gone_and_its_name_is_free() {
    let hosting = in_service(1).await;
    hosting.get("DeleteInferenceComponent", of("llm")).await;
    assert_eq!(stand(&hosting, "llm").await.0, "Deleting");
    hosting.pass(10).await;
    let missing = format!("ValidationException: Could not find inference component \"{ARN}\".");
    assert_eq!(hosting.refused("DescribeInferenceComponent", of("llm")).await, missing);
    hosting.get("CreateInferenceComponent", creation("llm", 1)).await;
    assert_eq!(
        hosting.refused("CreateInferenceComponent", creation("LLM", 1)).await,
        format!("ValidationException: Cannot create already existing inference component \"{ARN}\".")
    );
}

#[tokio::test]
async fn a_component_whose_model_never_answers_has_failed_and_can_only_be_deleted() {
    let hosting = house(1).await;
    let container = json!({"Image": IMAGE, "Environment": {"SAGEBRUSH_HEALTH": "failing"}});
    hosting.get("CreateModel", json!({"ModelName": "ill", "PrimaryContainer": container})).await;
    let request = with(creation("llm", 1), &json!({"Specification": specification("ill")}));
    hosting.get("CreateInferenceComponent", request).await;
    hosting.pass(240).await;
    let shown = described(&hosting, "llm").await;
    assert_eq!(shown["InferenceComponentStatus"], "Failed");
    let reason = shown["FailureReason"].as_str().unwrap();
    assert!(reason.contains("did not pass the ping health check"), "{reason}");
    let scale = json!({"InferenceComponentName": "llm", "DesiredRuntimeConfig": {"CopyCount": 1}});
    assert_eq!(
        hosting.refused("UpdateInferenceComponentRuntimeConfig", scale).await,
        format!(
            "ValidationException: Cannot update failed inference component \"{ARN}\". DeleteInferenceComponent is \
             the only operation allowed."
        )
    );
    hosting.get("DeleteInferenceComponent", of("llm")).await;
}

#[tokio::test]
async fn components_are_listed_by_themselves_and_endpoints_without_them() {
    let hosting = in_service(1).await;
    config(&hosting, "other", 1).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "Next", "EndpointConfigName": "other"})).await;
    hosting.pass(60).await;
    for name in ["component-a", "b"] {
        let request = with(creation(name, 0), &json!({"EndpointName": "next"}));
        hosting.get("CreateInferenceComponent", request).await;
    }
    let names = async |request: Json| {
        let page = hosting.get("ListInferenceComponents", request).await;
        let all = page["InferenceComponents"].as_array().unwrap().iter();
        all.map(|it| it["InferenceComponentName"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(json!({})).await, ["b", "component-a", "llm"], "the newest first");
    for (filter, found) in [
        (json!({"EndpointNameEquals": "NEXT"}), vec!["b", "component-a"]),
        (json!({"EndpointNameEquals": "web", "VariantNameEquals": "main"}), vec!["llm"]),
        (json!({"VariantNameEquals": "other"}), vec![]),
        (json!({"NameContains": "component"}), vec!["component-a"]),
        (json!({"NameContains": "inference"}), vec![]),
        (json!({"StatusEquals": "Creating"}), vec!["b", "component-a"]),
        (json!({"SortBy": "Name", "SortOrder": "Ascending", "MaxResults": 2}), vec!["b", "component-a"]),
    ] {
        assert_eq!(names(filter.clone()).await, found, "{filter}");
    }
    let page = hosting.get("ListInferenceComponents", json!({"MaxResults": 1})).await;
    let first = &page["InferenceComponents"][0];
    assert_eq!((&first["EndpointName"], &first["VariantName"]), (&json!("Next"), &json!("main")));
    let rest = names(json!({"NextToken": page["NextToken"]})).await;
    assert_eq!(rest, ["component-a", "llm"]);
    let endpoints = hosting.get("ListEndpoints", json!({})).await;
    assert_eq!(endpoints["Endpoints"].as_array().unwrap().len(), 2);
    let hidden = json!({"EndpointName": "inference-component/llm"});
    let fault = hosting.refused("DescribeEndpoint", hidden).await;
    assert!(fault.contains("failed to satisfy constraint"), "{fault}");
}

#[tokio::test]
async fn a_component_has_tags_of_its_own() {
    let hosting = house(1).await;
    let tags = json!([{"Key": "team", "Value": "red"}]);
    hosting.get("CreateInferenceComponent", with(creation("llm", 0), &json!({"Tags": tags}))).await;
    let more = json!({"ResourceArn": ARN, "Tags": [{"Key": "stage", "Value": "test"}]});
    hosting.get("AddTags", more).await;
    let shown = hosting.get("ListTags", json!({"ResourceArn": ARN})).await;
    let keys: Vec<_> = shown["Tags"].as_array().unwrap().iter().map(|tag| tag["Key"].clone()).collect();
    assert_eq!(keys, ["team", "stage"]);
    hosting.get("DeleteTags", json!({"ResourceArn": ARN, "TagKeys": ["team"]})).await;
    assert_eq!(hosting.get("ListTags", json!({"ResourceArn": HOST})).await["Tags"], json!([]));
}

#[tokio::test]
async fn the_tag_of_traffic_counts_on_a_component_and_is_refused_on_its_endpoint() {
    let hosting = in_service(1).await;
    let traffic = json!([{"Key": "sagebrush:requests-per-second", "Value": "2"}]);
    hosting.get("AddTags", json!({"ResourceArn": ARN, "Tags": traffic})).await;
    hosting.get("CreateInferenceComponent", with(creation("other", 1), &json!({"Tags": traffic}))).await;
    hosting.pass(180).await;
    for name in ["llm", "other"] {
        let of_it = [("InferenceComponentName", name)];
        let sum = super::invoked::sum(&hosting, "Invocations", &of_it, 60_000).await;
        assert!((200.0..=400.0).contains(&sum), "{name}: {sum}");
    }
    assert_eq!(
        hosting.refused("AddTags", json!({"ResourceArn": HOST, "Tags": traffic})).await,
        "ValidationException: The endpoint \"web\" hosts inference components, one of which its requests must name: give \
         the traffic to \"inference-component/NAME\"."
    );
    let keys = json!(["sagebrush:requests-per-second"]);
    hosting.get("DeleteTags", json!({"ResourceArn": ARN, "TagKeys": keys})).await;
    let of_it = [("InferenceComponentName", "llm")];
    let before = super::invoked::sum(&hosting, "Invocations", &of_it, 60_000).await;
    hosting.pass(180).await;
    let after = super::invoked::sum(&hosting, "Invocations", &of_it, 60_000).await;
    assert!((after - before).abs() < 1e-9, "{before}, then {after}");
}

//! Instances that come and go with the copies that need them.

use serde_json::json;

use super::*;
use crate::domain::limit::Limit;

/// A config of one variant on one such instance, managed between these bounds, with `members` on top.
fn config(min: u32, max: u32, members: &Json) -> Json {
    let variant = json!({
        "VariantName": "main", "InstanceType": "ml.g5.12xlarge", "InitialInstanceCount": 1,
        "ManagedInstanceScaling": {"Status": "ENABLED", "MinInstanceCount": min, "MaxInstanceCount": max},
    });
    json!({"EndpointConfigName": "blue", "ProductionVariants": [with(variant, members)]})
}

/// The endpoint `web` in service on one instance of four accelerators, which may have from none to so many.
async fn managed(most: u32) -> Hosting {
    let hosting = Hosting::new().await;
    hosting.model("llm-1").await;
    hosting.get("CreateEndpointConfig", config(0, most, &json!({}))).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    hosting.pass(60).await;
    hosting
}

/// Desired and current instances.
async fn instances(hosting: &Hosting) -> (Json, Json) {
    let variant = hosting.describe().await["ProductionVariants"][0].clone();
    (variant["DesiredInstanceCount"].clone(), variant["CurrentInstanceCount"].clone())
}

async fn scale(hosting: &Hosting, copies: u32) {
    let request = json!({"InferenceComponentName": "llm", "DesiredRuntimeConfig": {"CopyCount": copies}});
    hosting.get("UpdateInferenceComponentRuntimeConfig", request).await;
}

#[tokio::test]
async fn a_component_gets_the_instances_that_it_is_created_with_too_few_of() {
    let hosting = managed(3).await;
    hosting.get("CreateInferenceComponent", creation("llm", 9)).await;
    assert_eq!(instances(&hosting).await, (json!(3), json!(1)));
    hosting.pass(60 + 60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 9, 9));
}

#[tokio::test]
async fn copies_without_room_bring_instances_and_those_that_go_take_them_away() {
    let hosting = managed(3).await;
    hosting.get("CreateInferenceComponent", creation("llm", 2)).await;
    hosting.pass(60).await;
    assert_eq!(instances(&hosting).await, (json!(1), json!(1)));
    scale(&hosting, 9).await;
    hosting.pass(0).await;
    assert_eq!(instances(&hosting).await, (json!(3), json!(1)));
    hosting.pass(60 + 60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 9, 9));
    assert_eq!(instances(&hosting).await, (json!(3), json!(3)));
    scale(&hosting, 4).await;
    hosting.pass(30).await;
    assert_eq!(instances(&hosting).await, (json!(1), json!(1)));
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 4, 4));
}

#[tokio::test]
async fn an_endpoint_without_copies_has_no_instances_and_gets_them_back() {
    let hosting = managed(3).await;
    hosting.get("CreateInferenceComponent", creation("llm", 1)).await;
    hosting.pass(60).await;
    scale(&hosting, 0).await;
    hosting.pass(30).await;
    assert_eq!(instances(&hosting).await, (json!(0), json!(0)));
    assert_eq!(hosting.describe().await["EndpointStatus"], "InService");
    scale(&hosting, 1).await;
    hosting.pass(60).await;
    assert_eq!(instances(&hosting).await, (json!(1), json!(1)));
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 1, 0), "its copy has begun to start");
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 1, 1));
    hosting.get("DeleteInferenceComponent", of("llm")).await;
    hosting.pass(30).await;
    assert_eq!(instances(&hosting).await, (json!(0), json!(0)));
}

#[tokio::test]
async fn no_more_instances_come_than_are_allowed() {
    let hosting = managed(2).await;
    hosting.get("CreateInferenceComponent", creation("llm", 4)).await;
    hosting.pass(60).await;
    scale(&hosting, 12).await;
    hosting.pass(120).await;
    assert_eq!(instances(&hosting).await, (json!(2), json!(2)));
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 12, 8));
    hosting.pass(600).await;
    let shown = described(&hosting, "llm").await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 4, 4), "what was before holds again");
    let reason = shown["FailureReason"].as_str().unwrap();
    assert!(reason.contains("InsufficientInstanceCapacity"), "{reason}");
}

#[tokio::test]
async fn an_update_brings_the_instance_that_its_batch_needs() {
    let hosting = managed(2).await;
    hosting.model("llm-2").await;
    hosting.get("CreateInferenceComponent", creation("llm", 4)).await;
    hosting.pass(60).await;
    let policy = json!({"MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 2}, "WaitIntervalInSeconds": 30});
    let update = json!({
        "InferenceComponentName": "llm", "Specification": specification("llm-2"),
        "DeploymentConfig": {"RollingUpdatePolicy": policy},
    });
    hosting.get("UpdateInferenceComponent", update).await;
    hosting.pass(0).await;
    assert_eq!(instances(&hosting).await.0, 2);
    hosting.pass(600).await;
    let shown = described(&hosting, "llm").await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 4, 4));
    assert_eq!(shown["Specification"]["ModelName"], "llm-2");
    assert_eq!(instances(&hosting).await, (json!(1), json!(1)), "and gives it back");
}

#[tokio::test]
async fn a_variant_with_a_model_is_never_without_instances() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let with_model = config(0, 2, &json!({"ModelName": "model"}));
    assert_eq!(
        hosting.refused("CreateEndpointConfig", with_model).await,
        "ValidationException: ManagedInstanceScaling is only supported for inference component endpoints."
    );
}

#[tokio::test]
async fn the_least_is_not_more_than_the_most() {
    let hosting = Hosting::new().await;
    assert_eq!(
        hosting.refused("CreateEndpointConfig", config(3, 2, &json!({}))).await,
        "ValidationException: MinInstanceCount of ManagedInstanceScaling of the variant \"main\" is 3, but it must not be \
         more than MaxInstanceCount, 2."
    );
}

#[tokio::test]
async fn a_component_can_be_created_while_an_instance_comes_up() {
    let hosting = managed(3).await;
    hosting.get("CreateInferenceComponent", creation("llm", 7)).await;
    hosting.pass(30).await;
    assert_eq!(hosting.describe().await["EndpointStatus"], "Updating");
    hosting.get("CreateInferenceComponent", creation("other", 4)).await;
    hosting.pass(30 + 60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 7, 7));
    assert_eq!(stand(&hosting, "other").await, stands("Creating", 4, 1), "its first copy had room at once");
    hosting.pass(60 + 60).await;
    assert_eq!(stand(&hosting, "other").await, stands("InService", 4, 4));
    assert_eq!(instances(&hosting).await, (json!(3), json!(3)));
}

#[tokio::test]
async fn instances_that_do_not_come_are_asked_for_again_but_not_at_once() {
    let hosting = managed(3).await;
    let limit = |pool| Limit { pool: Some(pool), ..Limit::default() };
    let kind = "ml.g5.12xlarge";
    hosting.engine.set_limit(&hosting.world, kind, limit(1)).await.unwrap();
    hosting.get("CreateInferenceComponent", creation("llm", 4)).await;
    hosting.get("CreateInferenceComponent", creation("early", 4)).await;
    hosting.pass(300).await;
    assert_eq!(instances(&hosting).await, (json!(2), json!(1)));
    hosting.get("CreateInferenceComponent", creation("late", 4)).await;
    hosting.pass(300 + 10).await;
    let shown = hosting.describe().await;
    assert_eq!(shown["EndpointStatus"], "InService", "it does not try again at the same instant");
    assert!(shown["FailureReason"].as_str().unwrap().contains("InsufficientInstanceCapacity"), "{shown}");
    assert_eq!(described(&hosting, "early").await["InferenceComponentStatus"], "Failed");
    assert_eq!(stand(&hosting, "late").await, stands("Creating", 4, 0));
    hosting.engine.set_limit(&hosting.world, kind, limit(3)).await.unwrap();
    hosting.pass(50).await;
    assert_eq!(hosting.describe().await["EndpointStatus"], "InService");
    hosting.pass(10 + 60 + 60).await;
    assert_eq!(stand(&hosting, "late").await, stands("InService", 4, 4));
    assert_eq!(instances(&hosting).await, (json!(2), json!(2)));
}

#[tokio::test]
async fn instances_that_came_are_used_while_others_are_still_waited_for() {
    let hosting = managed(3).await;
    let limit = Limit { pool: Some(2), ..Limit::default() };
    hosting.engine.set_limit(&hosting.world, "ml.g5.12xlarge", limit).await.unwrap();
    hosting.get("CreateInferenceComponent", creation("llm", 12)).await;
    assert_eq!(instances(&hosting).await, (json!(3), json!(1)));
    hosting.pass(60 + 60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Creating", 12, 8), "the third has not come");
}

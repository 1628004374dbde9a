//! Copies need room on the instances that host them.

use serde_json::json;

use super::*;

async fn scale_host(hosting: &Hosting, instances: u32) {
    let wanted = json!([{"VariantName": "main", "DesiredInstanceCount": instances}]);
    let request = json!({"EndpointName": "web", "DesiredWeightsAndCapacities": wanted});
    hosting.get("UpdateEndpointWeightsAndCapacities", request).await;
}

#[tokio::test]
async fn copies_without_room_wait_until_there_is_an_instance_for_them() {
    let hosting = house(1).await;
    hosting.get("CreateInferenceComponent", creation("llm", 6)).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Creating", 6, 4), "four accelerators");
    scale_host(&hosting, 2).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Creating", 6, 4), "the others have begun to start");
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 6, 6));
}

#[tokio::test]
async fn a_component_that_finds_no_room_has_failed() {
    let hosting = house(1).await;
    hosting.get("CreateInferenceComponent", creation("llm", 5)).await;
    hosting.pass(600).await;
    let shown = described(&hosting, "llm").await;
    assert_eq!(shown["InferenceComponentStatus"], "Failed");
    let reason = shown["FailureReason"].as_str().unwrap();
    assert!(reason.contains("InsufficientInstanceCapacity"), "{reason}");
    hosting.get("CreateInferenceComponent", creation("other", 4)).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "other").await, stands("InService", 4, 4), "what has failed takes no room");
}

#[tokio::test]
async fn components_share_instances_and_one_that_goes_leaves_its_room() {
    let hosting = in_service(5).await;
    hosting.get("CreateInferenceComponent", creation("other", 4)).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "other").await, stands("Creating", 4, 3));
    hosting.get("DeleteInferenceComponent", of("llm")).await;
    hosting.pass(10 + 60).await;
    assert_eq!(stand(&hosting, "other").await, stands("InService", 4, 4));
}

#[tokio::test]
async fn copies_go_with_their_instance_and_come_back_with_another() {
    let hosting = in_service(6).await;
    scale_host(&hosting, 1).await;
    hosting.pass(10).await;
    assert_eq!(hosting.describe().await["ProductionVariants"][0]["CurrentInstanceCount"], 1);
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 6, 4));
    hosting.pass(3600).await;
    scale_host(&hosting, 2).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 6, 4), "they had been given up");
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 6, 6));
}

#[tokio::test]
async fn a_copy_that_is_larger_than_what_is_left_of_any_instance_waits() {
    let hosting = in_service(6).await;
    let large = json!({"Specification": {
        "ModelName": "llm-2",
        "ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": 3, "MinMemoryRequiredInMb": 1024},
    }});
    hosting.get("CreateInferenceComponent", with(creation("large", 1), &large)).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "large").await, stands("Creating", 1, 0), "two are left, of one instance");
    let fewer = json!({"InferenceComponentName": "llm", "DesiredRuntimeConfig": {"CopyCount": 4}});
    hosting.get("UpdateInferenceComponentRuntimeConfig", fewer).await;
    hosting.pass(10 + 60).await;
    assert_eq!(stand(&hosting, "large").await, stands("InService", 1, 1));
}

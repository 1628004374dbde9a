//! Copies need room on the instances that host them.

use serde_json::json;

use super::*;
use crate::domain::injection::{Effect, End, Scope};
use crate::engine::injection::{Begin, Wanted};

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

#[tokio::test]
async fn a_component_that_is_created_while_its_endpoint_is_updated_survives_that() {
    let hosting = house(2).await;
    config(&hosting, "green", 3).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "green"})).await;
    hosting.pass(30).await;
    assert_eq!(hosting.describe().await["EndpointStatus"], "Updating");
    hosting.get("CreateInferenceComponent", creation("llm", 12)).await;
    hosting.pass(60).await;
    assert_eq!(
        stand(&hosting, "llm").await,
        stands("Creating", 12, 8),
        "old and new instances are not added up"
    );
    hosting.pass(600).await;
    assert_eq!(hosting.describe().await["EndpointConfigName"], "green");
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 12, 12));
}

#[tokio::test]
async fn copies_that_are_updated_are_placed_by_what_their_endpoint_runs_on_since() {
    let hosting = in_service(8).await;
    let variant = json!({"VariantName": "main", "InstanceType": "ml.g5.48xlarge", "InitialInstanceCount": 2});
    let config = json!({"EndpointConfigName": "larger", "ProductionVariants": [variant]});
    hosting.get("CreateEndpointConfig", config).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "larger"})).await;
    hosting.pass(120).await;
    let update = json!({"InferenceComponentName": "llm", "Specification": specification("llm-2")});
    hosting.get("UpdateInferenceComponent", update).await;
    hosting.pass(120).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 8, 8));
    let row =
        hosting.store.session().endpoint(&hosting.world, "inference-component/llm").await.unwrap().unwrap();
    assert_eq!(row.endpoint.only_variant().unwrap().instance_type, "ml.g5.48xlarge");
}

#[tokio::test]
async fn copies_that_start_go_with_their_instance_too() {
    let hosting = house(1).await;
    hosting.get("CreateInferenceComponent", creation("llm", 2)).await;
    hosting.pass(10).await;
    let (effect, scope) = (Effect::InstancesDie { instances: None }, Scope::default());
    let scope = Scope { endpoint: Some("web".to_owned()), ..scope };
    let wanted = Wanted { effect, scope, start: Begin::In(0), end: End::Never };
    hosting.engine.inject(&hosting.world, wanted).await.unwrap();
    hosting.pass(50).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Creating", 2, 0), "they had begun on the one that died");
    hosting.pass(10 + 60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 2, 2));
}

#[tokio::test]
async fn instances_that_are_going_and_smaller_ones_have_less_room() {
    let hosting = house(2).await;
    scale_host(&hosting, 1).await;
    hosting.get("CreateInferenceComponent", creation("llm", 8)).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Creating", 8, 4));
    scale_host(&hosting, 2).await;
    hosting.pass(60 + 60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 8, 8));
    let variant = json!({"VariantName": "main", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 2});
    let config = json!({"EndpointConfigName": "smaller", "ProductionVariants": [variant]});
    hosting.get("CreateEndpointConfig", config).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "smaller"})).await;
    hosting.pass(120).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 8, 2), "an accelerator each");
}

//! Stories of inference components: two instances of four accelerators each, which several models share.

mod invoked;
mod lifecycle;
mod managed;
mod placed;
mod refused;
mod rolled;
mod scaled;

use serde_json::{Value as Json, json};

use crate::services::Settings;
use crate::services::sagemaker::tests::{Hosting, IMAGE, with};

/// The endpoint `web` in service on so many instances of four accelerators, without a model, and the models `llm-1` and
/// `llm-2`.
async fn house(instances: u32) -> Hosting {
    with_settings(instances, Settings::default()).await
}

async fn with_settings(instances: u32, settings: Settings) -> Hosting {
    let hosting = Hosting::with(settings).await;
    for name in ["llm-1", "llm-2"] {
        hosting.model(name).await;
    }
    config(&hosting, "blue", instances).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    hosting.pass(60).await;
    hosting
}

async fn config(hosting: &Hosting, name: &str, instances: u32) {
    let variant = json!({
        "VariantName": "main", "InstanceType": "ml.g5.12xlarge", "InitialInstanceCount": instances,
    });
    let config = json!({"EndpointConfigName": name, "ProductionVariants": [variant]});
    hosting.get("CreateEndpointConfig", config).await;
}

/// A model that takes an accelerator for each copy.
fn specification(model: &str) -> Json {
    json!({
        "ModelName": model,
        "ComputeResourceRequirements": {
            "NumberOfAcceleratorDevicesRequired": 1.0, "MinMemoryRequiredInMb": 1024,
        },
    })
}

/// The request that creates a component of the endpoint `web` with so many copies of `llm-1`.
fn creation(name: &str, copies: u32) -> Json {
    json!({
        "InferenceComponentName": name, "EndpointName": "web", "VariantName": "main",
        "Specification": specification("llm-1"), "RuntimeConfig": {"CopyCount": copies},
    })
}

fn of(name: &str) -> Json {
    json!({"InferenceComponentName": name})
}

async fn described(hosting: &Hosting, name: &str) -> Json {
    hosting.get("DescribeInferenceComponent", of(name)).await
}

/// Status, desired and current copies.
async fn stand(hosting: &Hosting, name: &str) -> (String, i64, i64) {
    let shown = described(hosting, name).await;
    let (status, copies) = (shown["InferenceComponentStatus"].as_str().unwrap(), &shown["RuntimeConfig"]);
    let count = |member: &str| copies[member].as_i64().unwrap_or(-1);
    (status.to_owned(), count("DesiredCopyCount"), count("CurrentCopyCount"))
}

fn stands(status: &str, desired: i64, current: i64) -> (String, i64, i64) {
    (status.to_owned(), desired, current)
}

/// The component `llm` in service with so many copies, on two instances.
async fn in_service(copies: u32) -> Hosting {
    let hosting = house(2).await;
    hosting.get("CreateInferenceComponent", creation("llm", copies)).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", copies.into(), copies.into()));
    hosting
}

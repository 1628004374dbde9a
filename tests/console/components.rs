//! Inference components beside the endpoints that host them, and the page of one.

use serde_json::json;

use super::Site;

/// The endpoint `shared` with the component `llm`, two copies of `llm-1`, in service.
async fn shared() -> Site {
    let site = Site::new().await;
    for name in ["llm-1", "llm-2"] {
        let container = json!({"Image": "models/llm"});
        site.ask("CreateModel", json!({"ModelName": name, "PrimaryContainer": container})).await;
    }
    let variant = json!({"VariantName": "main", "InstanceType": "ml.g5.12xlarge", "InitialInstanceCount": 1});
    let config = json!({"EndpointConfigName": "shared", "ProductionVariants": [variant]});
    site.ask("CreateEndpointConfig", config).await;
    site.ask("CreateEndpoint", json!({"EndpointName": "shared", "EndpointConfigName": "shared"})).await;
    site.settle().await;
    let request = json!({
        "InferenceComponentName": "llm", "EndpointName": "shared", "Specification": specification("llm-1"),
        "RuntimeConfig": {"CopyCount": 2},
    });
    site.ask("CreateInferenceComponent", request).await;
    site.settle().await;
    site
}

fn specification(model: &str) -> serde_json::Value {
    json!({
        "ModelName": model,
        "ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": 1, "MinMemoryRequiredInMb": 1024},
    })
}

#[tokio::test]
async fn an_endpoint_shows_its_components_and_they_show_it() {
    let site = shared().await;
    let page = site.page("/console/endpoints/shared").await;
    page.says("Inference components Name Status Runs Variant Copies llm InService llm-1 main 2 of 2");
    let link = page.link("llm");
    assert_eq!(link, "/console/endpoints/inference-component%2Fllm");
    let page = site.page(link).await;
    assert_eq!(page.inner("h1"), "inference-component/llm");
    page.says("InService on llm-1, hosted by shared (main), created 20");
    page.says("main ml.g5.12xlarge, llm-1 2 serving");
    assert_eq!(page.link("shared"), "/console/endpoints/shared");
    let list = site.page("/console").await;
    assert_eq!(list.link("inference-component/llm"), link);
}

#[tokio::test]
async fn its_update_speaks_of_copies() {
    let site = shared().await;
    let policy =
        json!({"MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1}, "WaitIntervalInSeconds": 120});
    let update = json!({
        "InferenceComponentName": "llm", "Specification": specification("llm-2"),
        "DeploymentConfig": {"RollingUpdatePolicy": policy},
    });
    site.ask("UpdateInferenceComponent", update).await;
    let page = site.page("/console/endpoints/inference-component%2Fllm").await;
    page.says("Step 1 of 2 has launched 1 copy(ies) of llm-2, and waits until all are up.");
    page.says("Launching 1 copy(ies) of llm-2.");
    site.advance(100).await;
    site.page("/console/endpoints/shared").await.says("llm Updating llm-1 main 3 of 2");
    let id = site.newest("inference-component/llm").await;
    let page = site.page(&format!("/console/deployments/{id}")).await;
    assert_eq!(page.link("inference-component/llm"), "/console/endpoints/inference-component%2Fllm");
}

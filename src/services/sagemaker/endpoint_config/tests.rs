//! Stories of endpoint configs.

use serde_json::{Value as Json, json};

use crate::services::sagemaker::tests::{Hosting, variant, with};

const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:endpoint-config/blue";

fn config(variants: &Json) -> Json {
    json!({"EndpointConfigName": "blue", "ProductionVariants": variants})
}

#[tokio::test]
async fn a_config_is_described_as_it_was_given_until_it_is_deleted() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let request = config(&json!([variant("main", 2)]));
    let created = hosting.get("CreateEndpointConfig", request.clone()).await;
    assert_eq!(created, json!({"EndpointConfigArn": ARN}));
    assert_eq!(
        hosting.refused("CreateEndpointConfig", request.clone()).await,
        format!("ValidationException: Cannot create already existing endpoint configuration \"{ARN}\".")
    );
    let name = json!({"EndpointConfigName": "BLUE"});
    let shown = hosting.get("DescribeEndpointConfig", name.clone()).await;
    assert_eq!(shown["ProductionVariants"], request["ProductionVariants"]);
    hosting.get("DeleteEndpointConfig", name.clone()).await;
    for operation in ["DescribeEndpointConfig", "DeleteEndpointConfig"] {
        assert_eq!(
            hosting.refused(operation, name.clone()).await,
            format!("ValidationException: Could not find endpoint configuration \"{ARN}\".")
        );
    }
}

#[tokio::test]
async fn every_model_that_a_config_names_must_exist() {
    let hosting = Hosting::new().await;
    let arn = |name: &str| format!("arn:aws:sagemaker:us-east-1:123456789012:model/{name}");
    let missing = |name: &str| format!("ValidationException: Could not find model \"{}\".", arn(name));
    let request = config(&json!([variant("main", 1)]));
    assert_eq!(hosting.refused("CreateEndpointConfig", request.clone()).await, missing("model"));
    hosting.model("model").await;
    let shadow = with(variant("shadow", 1), &json!({"ModelName": "Other"}));
    let shadowed = with(request, &json!({"ShadowProductionVariants": [shadow]}));
    assert_eq!(hosting.refused("CreateEndpointConfig", shadowed).await, missing("other"));
    let pools = json!([{"InstanceType": "ml.m5.large", "Priority": 1, "ModelNameOverride": "third"}]);
    let pooled = config(&json!([with(variant("main", 1), &json!({"InstancePools": pools}))]));
    assert_eq!(hosting.refused("CreateEndpointConfig", pooled).await, missing("third"));
}

#[tokio::test]
async fn a_variant_has_a_name_of_its_own_and_something_to_run_on() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let twice = config(&json!([variant("main", 1), variant("main", 2)]));
    assert_eq!(
        hosting.refused("CreateEndpointConfig", twice).await,
        "ValidationException: The variant name \"main\" was non-unique within the request."
    );
    let nowhere = config(&json!([{"VariantName": "main", "ModelName": "model", "InitialInstanceCount": 1}]));
    assert_eq!(
        hosting.refused("CreateEndpointConfig", nowhere).await,
        "ValidationException: One of InstanceType, ServerlessConfig and InstancePools must be specified for \
         the variant \"main\"."
    );
    let uncounted = json!({"VariantName": "main", "ModelName": "model", "InstanceType": "ml.m5.large"});
    assert_eq!(
        hosting.refused("CreateEndpointConfig", config(&json!([uncounted]))).await,
        "ValidationException: InitialInstanceCount must be specified with InstanceType for the variant \"main\"."
    );
}

#[tokio::test]
async fn a_serverless_variant_has_whole_gigabytes_and_provisions_no_more_than_its_most() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let serverless = |memory: u32, provisioned: u32| {
        let limits = json!({
            "MemorySizeInMB": memory, "MaxConcurrency": 5, "ProvisionedConcurrency": provisioned
        });
        config(&json!([{"VariantName": "main", "ModelName": "model", "ServerlessConfig": limits}]))
    };
    assert_eq!(
        hosting.refused("CreateEndpointConfig", serverless(1500, 1)).await,
        "ValidationException: MemorySizeInMB of the variant \"main\" is 1500, but it must be 1024, 2048, 3072, \
         4096, 5120 or 6144."
    );
    assert_eq!(
        hosting.refused("CreateEndpointConfig", serverless(2048, 6)).await,
        "ValidationException: ProvisionedConcurrency of the variant \"main\" is 6, but it must not be more than \
         MaxConcurrency, 5."
    );
    hosting.get("CreateEndpointConfig", serverless(6144, 5)).await;
}

#[tokio::test]
async fn a_feature_that_is_not_built_is_kept_and_described_but_not_deployed() {
    let hosting = Hosting::in_service(1).await;
    let serverless = json!({"MemorySizeInMB": 1024, "MaxConcurrency": 5});
    let pools = json!([{"InstanceType": "ml.m5.large", "Priority": 1}]);
    let main = json!([variant("main", 1)]);
    let features = [
        (
            "serverless variants",
            json!([{"VariantName": "main", "ModelName": "model", "ServerlessConfig": serverless}]),
            None,
        ),
        (
            "instance pools",
            json!([{"VariantName": "main", "ModelName": "model", "InstancePools": pools}]),
            None,
        ),
        ("shadow variants", main, Some(json!([variant("shadow", 1)]))),
    ];
    for (feature, variants, shadows) in features {
        let name = feature.replace(' ', "-");
        let mut request = json!({"EndpointConfigName": name, "ProductionVariants": variants});
        if let Some(shadows) = shadows {
            request["ShadowProductionVariants"] = shadows;
        }
        hosting.get("CreateEndpointConfig", request.clone()).await;
        let shown = hosting.get("DescribeEndpointConfig", json!({"EndpointConfigName": name})).await;
        for member in ["ProductionVariants", "ShadowProductionVariants"] {
            assert_eq!(shown.get(member), request.get(member), "{feature}");
        }
        for (operation, endpoint) in [("CreateEndpoint", "other"), ("UpdateEndpoint", "web")] {
            let request = json!({"EndpointName": endpoint, "EndpointConfigName": name});
            let fault = hosting.ask(operation, request).await.expect_err(feature);
            assert_eq!(fault.status, 501);
            assert_eq!(fault.to_string(), format!("NotImplemented: sagebrush does not implement {feature}"));
        }
    }
    assert_eq!(hosting.describe().await["EndpointStatus"], json!("InService"));
}

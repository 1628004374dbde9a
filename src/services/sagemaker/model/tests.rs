//! Stories of models.

use serde_json::json;

use crate::services::sagemaker::tests::{Hosting, IMAGE};

const ARN: &str = "arn:aws:sagemaker:us-east-1:123456789012:model/mymodel";

#[tokio::test]
async fn a_model_is_described_with_what_aws_adds_to_it() {
    let hosting = Hosting::new().await;
    let container = json!({"Image": IMAGE, "ModelDataUrl": "s3://b/m.tar.gz", "Environment": {"A": "b"}});
    let many = json!({"Image": IMAGE, "ModelDataUrl": "s3://b/models/", "Mode": "MultiModel"});
    let request = json!({"ModelName": "MyModel", "PrimaryContainer": container});
    assert_eq!(hosting.get("CreateModel", request).await, json!({"ModelArn": ARN}));
    let mut shown = hosting.get("DescribeModel", json!({"ModelName": "mymodel"})).await;
    assert!(shown["CreationTime"].take().is_f64());
    let source = json!({"S3Uri": "s3://b/m.tar.gz", "S3DataType": "S3Object", "CompressionType": "Gzip"});
    assert_eq!(
        shown,
        json!({
            "ModelName": "MyModel",
            "PrimaryContainer": {
                "Image": IMAGE, "Mode": "SingleModel", "ModelDataUrl": "s3://b/m.tar.gz",
                "ModelDataSource": {"S3DataSource": source}, "Environment": {"A": "b"},
            },
            "CreationTime": null, "ModelArn": ARN, "EnableNetworkIsolation": false,
        })
    );
    hosting.get("CreateModel", json!({"ModelName": "many", "Containers": [many]})).await;
    let shown = hosting.get("DescribeModel", json!({"ModelName": "many"})).await;
    assert_eq!(shown["Containers"], json!([many]), "a folder of models is no archive");
}

#[tokio::test]
async fn a_models_name_is_its_own_ignoring_case_until_it_is_deleted() {
    let hosting = Hosting::new().await;
    hosting.model("MyModel").await;
    let again = json!({"ModelName": "MYMODEL", "PrimaryContainer": {"Image": IMAGE}});
    assert_eq!(
        hosting.refused("CreateModel", again.clone()).await,
        format!("ValidationException: Cannot create already existing model \"{ARN}\".")
    );
    hosting.get("DeleteModel", json!({"ModelName": "myModel"})).await;
    for operation in ["DescribeModel", "DeleteModel"] {
        assert_eq!(
            hosting.refused(operation, json!({"ModelName": "MyModel"})).await,
            format!("ValidationException: Could not find model \"{ARN}\".")
        );
    }
    hosting.get("CreateModel", again).await;
}

#[tokio::test]
async fn a_model_has_a_primary_container_or_several_containers() {
    let hosting = Hosting::new().await;
    let container = json!({"Image": IMAGE});
    for neither in [json!({"ModelName": "m"}), json!({"ModelName": "m", "Containers": []})] {
        assert_eq!(
            hosting.refused("CreateModel", neither).await,
            "ValidationException: One of PrimaryContainer and Containers must be specified."
        );
    }
    let both = json!({"ModelName": "m", "PrimaryContainer": container, "Containers": [container]});
    assert_eq!(
        hosting.refused("CreateModel", both).await,
        "ValidationException: Only one of PrimaryContainer and Containers can be specified."
    );
}

#[tokio::test]
async fn an_environment_of_ours_that_is_not_understood_is_refused_naming_the_container() {
    let hosting = Hosting::new().await;
    let slip = json!({"Image": IMAGE, "Environment": {"SAGEBRUSH_HEALTH": "sometimes"}});
    let sentence = hosting.refused("CreateModel", json!({"ModelName": "m", "PrimaryContainer": slip})).await;
    assert!(sentence.contains("The Environment of PrimaryContainer sets SAGEBRUSH_HEALTH"), "{sentence}");
    let containers = json!([{"Image": IMAGE}, {"Image": IMAGE, "Environment": {"SAGEBRUSH_COLOUR": "blue"}}]);
    let sentence = hosting.refused("CreateModel", json!({"ModelName": "m", "Containers": containers})).await;
    assert!(sentence.contains("container 2 of Containers has SAGEBRUSH_COLOUR"), "{sentence}");
    assert_eq!(hosting.get("ListModels", json!({})).await, json!({"Models": []}));
}

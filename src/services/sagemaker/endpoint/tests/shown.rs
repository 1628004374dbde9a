//! What `DescribeEndpoint` shows.

use serde_json::{Value as Json, json};

use super::{ARN, Hosting, canary, update, variant};
use crate::services::sagemaker::tests::{IMAGE, with};

fn members(shown: &Json) -> Vec<&str> {
    shown.as_object().expect("a structure").keys().map(String::as_str).collect()
}

#[tokio::test]
async fn an_endpoint_that_is_being_created_shows_only_what_is_to_come() {
    let hosting = Hosting::new().await;
    hosting.endpoint(2).await;
    let shown = hosting.describe().await;
    assert_eq!(
        members(&shown),
        [
            "EndpointName",
            "EndpointArn",
            "EndpointConfigName",
            "EndpointStatus",
            "CreationTime",
            "LastModifiedTime",
            "PendingDeploymentSummary"
        ]
    );
    assert_eq!((&shown["EndpointStatus"], &shown["EndpointArn"]), (&json!("Creating"), &json!(ARN)));
    let pending = variant(&shown, "/PendingDeploymentSummary/ProductionVariants/0");
    assert_eq!(
        members(pending),
        [
            "VariantName",
            "DeployedImages",
            "CurrentWeight",
            "DesiredWeight",
            "CurrentInstanceCount",
            "DesiredInstanceCount",
            "InstanceType",
            "VariantStatus"
        ]
    );
    assert_eq!(pending["InstanceType"], json!("ml.m5.large"));
    assert_eq!(pending["VariantStatus"][0]["StatusMessage"], json!("Launching 2 instance(s)."));
}

#[tokio::test]
async fn an_endpoint_in_service_shows_its_variants_with_their_images() {
    let hosting = Hosting::in_service(2).await;
    let shown = hosting.describe().await;
    assert_eq!(shown.get("PendingDeploymentSummary"), None);
    let main = variant(&shown, "/ProductionVariants/0");
    let mut main = main.clone();
    let image = main["DeployedImages"][0].take();
    assert_eq!(
        main,
        json!({
            "VariantName": "main", "DeployedImages": [null], "CurrentWeight": 1.0, "DesiredWeight": 1.0,
            "CurrentInstanceCount": 2, "DesiredInstanceCount": 2,
        })
    );
    assert_eq!(image["SpecifiedImage"], json!(IMAGE));
    assert_eq!(image["ResolutionTime"], shown["CreationTime"]);
    let resolved = image["ResolvedImage"].as_str().expect("an image");
    assert!(resolved.starts_with("123456789012.dkr.ecr.us-east-1.amazonaws.com/web@sha256:"), "{resolved}");
}

#[tokio::test]
async fn an_update_shows_the_old_config_above_and_the_new_one_pending() {
    let hosting = Hosting::in_service(3).await;
    hosting.get("UpdateEndpoint", update(&json!({"DeploymentConfig": canary(&[])}))).await;
    hosting.pass(65).await;
    let shown = hosting.describe().await;
    assert_eq!(
        (&shown["EndpointStatus"], &shown["EndpointConfigName"]),
        (&json!("Updating"), &json!("blue"))
    );
    assert_eq!(shown["LastDeploymentConfig"], canary(&[]));
    let pending = &shown["PendingDeploymentSummary"];
    assert_eq!(pending["EndpointConfigName"], json!("green"));
    let green = variant(pending, "/ProductionVariants/0");
    assert_eq!((&green["CurrentInstanceCount"], &green["CurrentWeight"]), (&json!(1), &json!(1.0)));
    assert_eq!(green["VariantStatus"][0]["Status"], json!("Baking"));
    hosting.pass(1000).await;
    let shown = hosting.describe().await;
    assert_eq!(
        (&shown["EndpointStatus"], &shown["EndpointConfigName"]),
        (&json!("InService"), &json!("green"))
    );
}

#[tokio::test]
async fn a_creation_that_fails_its_ping_shows_why_and_no_variants() {
    let hosting = Hosting::new().await;
    let ill = json!({"Image": IMAGE, "Environment": {"SAGEBRUSH_HEALTH": "failing"}});
    hosting.get("CreateModel", json!({"ModelName": "model", "PrimaryContainer": ill})).await;
    hosting.config("blue", 1).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    hosting.pass(240).await;
    let shown = hosting.describe().await;
    assert_eq!(shown["EndpointStatus"], json!("Failed"));
    assert_eq!(
        shown["FailureReason"],
        json!(
            "The primary container for production variant main did not pass the ping health check. Please \
             check CloudWatch logs for this endpoint."
        )
    );
    assert_eq!((shown.get("ProductionVariants"), shown.get("PendingDeploymentSummary")), (None, None));
    for (operation, request) in [
        ("UpdateEndpoint", update(&json!({}))),
        (
            "UpdateEndpointWeightsAndCapacities",
            json!({"EndpointName": "web", "DesiredWeightsAndCapacities": [{"VariantName": "main"}]}),
        ),
    ] {
        assert_eq!(
            hosting.refused(operation, request).await,
            format!(
                "ValidationException: Cannot update failed endpoint \"{ARN}\". DeleteEndpoint is the only \
                 operation allowed."
            )
        );
    }
    hosting.get("DeleteEndpoint", json!({"EndpointName": "web"})).await;
}

#[tokio::test]
async fn a_start_up_that_nobody_names_takes_as_long_as_the_server_is_set_to() {
    let settings = crate::services::Settings { launch_ms: 5_000, ..crate::services::Settings::default() };
    let hosting = Hosting::with(settings).await;
    hosting.endpoint(1).await;
    hosting.pass(4).await;
    assert_eq!(hosting.describe().await["EndpointStatus"], json!("Creating"));
    hosting.pass(1).await;
    assert_eq!(hosting.describe().await["EndpointStatus"], json!("InService"));
}

#[tokio::test]
async fn the_summary_of_a_data_capture_says_whether_it_runs() {
    let capture = json!({
        "InitialSamplingPercentage": 20, "DestinationS3Uri": "s3://b/c",
        "CaptureOptions": [{"CaptureMode": "Input"}],
    });
    for (given, enabled, status) in
        [(json!({}), true, "Started"), (json!({"EnableCapture": false}), false, "Stopped")]
    {
        let hosting = Hosting::new().await;
        hosting.model("model").await;
        let variants = [crate::services::sagemaker::tests::variant("main", 1)];
        let config = json!({
            "EndpointConfigName": "blue", "ProductionVariants": variants,
            "DataCaptureConfig": with(capture.clone(), &given),
        });
        hosting.get("CreateEndpointConfig", config).await;
        hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
        assert_eq!(
            hosting.describe().await["DataCaptureConfig"],
            json!({
                "EnableCapture": enabled, "CaptureStatus": status, "CurrentSamplingPercentage": 20,
                "DestinationS3Uri": "s3://b/c", "KmsKeyId": "",
            })
        );
    }
}

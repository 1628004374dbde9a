//! What is no request to a model, and what a model itself refuses.

use super::*;

/// The refusal of a request to `web` with these members: its code and its sentence.
async fn refusal(hosting: &Hosting, members: Json) -> String {
    invoke(hosting, members).await.expect_err("a refusal").to_string()
}

#[tokio::test]
async fn an_endpoint_that_is_not_in_a_state_to_serve_is_not_found() {
    let not_found = |name| format!("ValidationError: Endpoint {name} of account 123456789012 not found.");
    let hosting = Hosting::new().await;
    assert_eq!(refusal(&hosting, json!({})).await, not_found("web"), "there is none");
    hosting.endpoint(1).await;
    assert_eq!(refusal(&hosting, json!({})).await, not_found("web"), "it is created");
    hosting.pass(60).await;
    invoke(&hosting, json!({})).await.unwrap();
    assert_eq!(
        refusal(&hosting, json!({"EndpointName": "Web"})).await,
        not_found("Web"),
        "the case must match"
    );
    hosting.get("DeleteEndpoint", json!({"EndpointName": "web"})).await;
    assert_eq!(refusal(&hosting, json!({})).await, not_found("web"), "it is deleted");
    let failed = behaving(json!({"SAGEBRUSH_HEALTH": "failing"})).await;
    failed.pass(600).await;
    assert_eq!(failed.describe().await["EndpointStatus"], "Failed");
    assert_eq!(refusal(&failed, json!({})).await, not_found("web"), "it never came up");
}

#[tokio::test]
async fn a_variant_that_is_unknown_is_told_with_those_that_there_are() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    web(&hosting, &[variant("a", 1), variant("b", 1)]).await;
    assert_eq!(
        refusal(&hosting, json!({"TargetVariant": "c"})).await,
        "ValidationError: Variant c not found for endpoint web of account 123456789012. Its variants are: a, b."
    );
}

#[tokio::test]
async fn an_endpoint_without_an_instance_is_unavailable() {
    let hosting = Hosting::in_service(1).await;
    let target = json!([{"VariantName": "main", "DesiredInstanceCount": 0}]);
    let scale = json!({"EndpointName": "web", "DesiredWeightsAndCapacities": target});
    hosting.get("UpdateEndpointWeightsAndCapacities", scale).await;
    hosting.pass(100).await;
    let expected =
        "ServiceUnavailable: Endpoint web of account 123456789012 has no healthy instance for this request.";
    assert_eq!(refusal(&hosting, json!({})).await, expected);
    assert_eq!(refusal(&hosting, json!({"TargetVariant": "main"})).await, expected);
}

#[tokio::test]
async fn what_only_other_kinds_of_endpoints_have_is_refused_by_name() {
    let hosting = Hosting::in_service(1).await;
    assert_eq!(
        refusal(&hosting, json!({"InferenceComponentName": "part"})).await,
        "ValidationError: Inference Component Name header is not allowed for endpoints to which you do not plan to \
         deploy inference components. Please remove the Inference Component Name header and try again."
    );
    for (member, value) in [
        ("TargetModel", "a.tar.gz"),
        ("TargetContainerHostname", "second"),
        ("EnableExplanations", "`true`"),
        ("SessionId", "NEW_SESSION"),
    ] {
        let sentence = format!(
            "NotImplemented: sagebrush does not implement the member {member} of SageMakerRuntime.InvokeEndpoint; \
             leave it out."
        );
        assert_eq!(refusal(&hosting, json!({member: value})).await, sentence);
    }
    assert_eq!(sum(&hosting, "Invocations", &[("VariantName", "main")]).await, 0, "no model was asked");
}

#[tokio::test]
async fn the_error_of_a_model_is_told_in_full() {
    for (status, side, code) in
        [(404, "client", "CLIENT_ERROR_FROM_MODEL"), (503, "server", "INTERNAL_FAILURE_FROM_MODEL")]
    {
        let status_text = status.to_string();
        let environment = json!({"SAGEBRUSH_ERROR_RATE": "1", "SAGEBRUSH_ERROR_STATUS": status_text});
        let hosting = behaving(environment).await;
        let fault = invoke(&hosting, json!({})).await.expect_err("an error");
        let original = format!("The model answers {status}, as its behaviour says.");
        let sentence = format!(
            "ModelError: Received {side} error ({status}) from primary with message \"{original}\". See \
             https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logEventViewer:group=\
             /aws/sagemaker/Endpoints/web in account 123456789012 for more information."
        );
        assert_eq!(fault.to_string(), sentence);
        let members = serde_json::to_value(crate::schema::Value::Map(fault.members)).unwrap();
        let group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/web";
        let expected = json!({
            "ErrorCode": code, "LogStreamArn": group, "OriginalMessage": original, "OriginalStatusCode": status,
        });
        assert_eq!(members, expected);
    }
}

#[tokio::test]
async fn a_model_that_takes_longer_than_a_minute_times_out_with_status_0() {
    let hosting = Hosting::new().await;
    let slow = json!({"SAGEBRUSH_LATENCY_MS": "60000"});
    let container = json!({"Image": IMAGE, "ContainerHostname": "first", "Environment": slow});
    hosting.get("CreateModel", json!({"ModelName": "model", "Containers": [container]})).await;
    web(&hosting, &[variant("main", 1)]).await;
    let fault = invoke(&hosting, json!({})).await.expect_err("a time-out");
    let original = "Your invocation timed out while waiting for a response from container first. Review the latency \
                    metrics for each container in Amazon CloudWatch, resolve the issue, and try again.";
    let begins =
        format!("ModelError: Received server error (0) from first with message \"{original}\". See https:");
    assert!(fault.to_string().starts_with(&begins), "{fault}");
    assert_eq!(fault.members.get("OriginalStatusCode"), Some(&0.into()));
    assert_eq!(fault.members.get("OriginalMessage"), Some(&original.into()));
}

#[tokio::test]
async fn other_partitions_have_consoles_of_their_own() {
    for (region, partition, console) in [
        ("cn-north-1", "aws-cn", "https://cn-north-1.console.amazonaws.cn/cloudwatch"),
        ("us-gov-west-1", "aws-us-gov", "https://us-gov-west-1.console.amazonaws-us-gov.com/cloudwatch"),
    ] {
        let world = crate::domain::world::WorldId::new("111122223333", region);
        let fault = super::super::faults::model_error(&world, "web", "primary", 500);
        assert!(fault.to_string().contains(console), "{fault}");
        let arn =
            format!("arn:{partition}:logs:{region}:111122223333:log-group:/aws/sagemaker/Endpoints/web");
        assert_eq!(fault.members.get("LogStreamArn"), Some(&arn.into()));
    }
}

//! What a model answers, and which variant did.

use super::*;

#[tokio::test]
async fn a_model_answers_with_the_requests_own_body_and_type() {
    let hosting = behaving(json!({})).await;
    let plain = invoke(&hosting, json!({})).await.unwrap();
    let bytes = "application/octet-stream";
    let expected =
        json!({"Body": BASE64.encode("hello"), "ContentType": bytes, "InvokedProductionVariant": "main"});
    assert_eq!(plain, expected);
    let members = json!({
        "ContentType": "text/csv", "Accept": "application/json", "CustomAttributes": "trace=1", "InferenceId": "i-1",
    });
    let answer = invoke(&hosting, members).await.unwrap();
    assert_eq!(answer, with(expected, &json!({"ContentType": "text/csv", "CustomAttributes": "trace=1"})));
}

#[tokio::test]
async fn a_model_can_be_told_what_to_answer() {
    for (environment, body, content_type) in [
        (json!({"SAGEBRUSH_RESPONSE": r#"{"score": 0.9}"#}), r#"{"score": 0.9}"#, "application/json"),
        (
            json!({"SAGEBRUSH_RESPONSE": "0.9", "SAGEBRUSH_RESPONSE_CONTENT_TYPE": "text/csv"}),
            "0.9",
            "text/csv",
        ),
    ] {
        let hosting = behaving(environment).await;
        let answer = invoke(&hosting, json!({"ContentType": "image/png"})).await.unwrap();
        assert_eq!(
            (&answer["Body"], &answer["ContentType"]),
            (&json!(BASE64.encode(body)), &json!(content_type))
        );
    }
}

#[tokio::test]
async fn variants_are_invoked_by_their_weights_unless_one_is_named() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let weighed = |name, weight: f64| with(variant(name, 1), &json!({"InitialVariantWeight": weight}));
    web(&hosting, &[weighed("a", 3.0), weighed("b", 1.0), weighed("idle", 0.0)]).await;
    let mut by_a = 0;
    for _ in 0..10_000 {
        let answer = invoke(&hosting, json!({})).await.unwrap();
        assert_ne!(answer["InvokedProductionVariant"], "idle");
        by_a += i32::from(answer["InvokedProductionVariant"] == "a");
    }
    // 4 sigma of 10,000 tries at three quarters is 173.
    assert!((by_a - 7_500).abs() <= 173, "{by_a}");
    for name in ["a", "b", "idle"] {
        let answer = invoke(&hosting, json!({"TargetVariant": name})).await.unwrap();
        assert_eq!(answer["InvokedProductionVariant"], name);
    }
}

#[tokio::test]
async fn an_endpoint_serves_through_every_stage_of_an_update_and_of_a_scaling() {
    let hosting = Hosting::in_service(2).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "green"})).await;
    for _ in 0..10 {
        invoke(&hosting, json!({})).await.unwrap();
        hosting.pass(10).await;
    }
    assert_eq!(hosting.describe().await["EndpointStatus"], "InService");
    let target = json!([{"VariantName": "main", "DesiredInstanceCount": 5}]);
    let scale = json!({"EndpointName": "web", "DesiredWeightsAndCapacities": target});
    hosting.get("UpdateEndpointWeightsAndCapacities", scale).await;
    for status in ["Updating", "InService"] {
        assert_eq!(hosting.describe().await["EndpointStatus"], status);
        invoke(&hosting, json!({})).await.unwrap();
        hosting.pass(100).await;
    }
}

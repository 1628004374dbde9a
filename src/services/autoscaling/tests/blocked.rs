//! Scaling and updates in each other's way.

use super::*;

#[tokio::test]
async fn nothing_is_scaled_during_an_update_and_everything_after_it() {
    let hosting = registered(2, 1, 8).await;
    let steps = json!([{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 2}]);
    let arn =
        step(&hosting, "out", json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps})).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "green"})).await;
    set(&hosting, "busy", "ALARM").await;
    hosting.pass(30).await;
    assert_eq!(stands(&hosting).await.2, "Updating");
    assert_eq!(not_scaled(&hosting).await, json!({"Code": "TargetServicePutResourceAsUnscalable"}));
    hosting.pass(300).await;
    assert_eq!(stands(&hosting).await, (4, 4, "InService".to_owned()));
    assert_eq!(hosting.describe().await["EndpointConfigName"], "green");
}

#[tokio::test]
async fn at_one_instant_the_alarm_judges_the_deployment_ends_and_then_it_is_scaled() {
    let hosting = Hosting::new().await;
    load(&hosting, 99.0).await;
    hosting.pass(60).await;
    hosting.endpoint(2).await;
    register(&hosting, json!({"MinCapacity": 1, "MaxCapacity": 4})).await;
    let steps = json!([{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]);
    let configuration = json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps});
    let arn = step(&hosting, "out", configuration).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    hosting.pass(59).await;
    assert_eq!(hosting.describe().await["EndpointStatus"], "Creating");
    hosting.pass(1).await;
    assert_eq!(stands(&hosting).await, (3, 2, "Updating".to_owned()));
}

#[tokio::test]
async fn an_asynchronous_endpoint_is_scaled_to_nothing_and_back() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let config = json!({
        "EndpointConfigName": "blue", "ProductionVariants": [crate::services::sagemaker::tests::variant("main", 1)],
        "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://bucket/prefix"}},
    });
    hosting.get("CreateEndpointConfig", config).await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    hosting.pass(60).await;
    register(&hosting, json!({"MinCapacity": 0, "MaxCapacity": 2})).await;
    track(&hosting, json!({})).await;
    hosting.pass(1_800).await;
    assert_eq!(stands(&hosting).await, (0, 0, "InService".to_owned()));
    register(&hosting, json!({"MinCapacity": 2})).await;
    hosting.pass(60).await;
    assert_eq!(stands(&hosting).await, (2, 2, "InService".to_owned()));
}

#[tokio::test]
async fn an_update_may_neither_drop_a_registered_variant_nor_change_its_instance_type() {
    let hosting = registered(2, 1, 8).await;
    let variant = crate::services::sagemaker::tests::variant;
    for (config, variants) in [
        ("type", json!([with(variant("main", 1), &json!({"InstanceType": "ml.c5.large"}))])),
        ("name", json!([variant("other", 1)])),
        ("same", json!([variant("main", 1), variant("other", 1)])),
    ] {
        let request = json!({"EndpointConfigName": config, "ProductionVariants": variants});
        hosting.get("CreateEndpointConfig", request).await;
    }
    let update = |config: &str| json!({"EndpointName": "web", "EndpointConfigName": config});
    for config in ["type", "name"] {
        assert_eq!(
            hosting.refused("UpdateEndpoint", update(config)).await,
            "ValidationException: The variant(s) \"[main]\" must be deregistered as scalable targets with AutoScaling \
             before they can be removed or have their instance type updated."
        );
    }
    hosting.get("UpdateEndpoint", update("same")).await;
    hosting.pass(600).await;
    hosting.get("DeregisterScalableTarget", key()).await;
    hosting.get("UpdateEndpoint", update("type")).await;
}

#[tokio::test]
async fn an_endpoint_that_is_deleted_takes_its_targets_along() {
    let hosting = registered(2, 1, 8).await;
    track(&hosting, json!({})).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "green"})).await;
    hosting.refused("DeleteEndpoint", json!({"EndpointName": "web"})).await;
    let all = json!({"ServiceNamespace": "sagemaker"});
    let there = hosting.get("DescribeScalableTargets", all.clone()).await;
    assert_eq!(there["ScalableTargets"].as_array().unwrap().len(), 1);
    hosting.pass(600).await;
    hosting.get("DeleteEndpoint", json!({"EndpointName": "web"})).await;
    assert_eq!(hosting.get("DescribeScalableTargets", all.clone()).await, json!({"ScalableTargets": []}));
    assert_eq!(hosting.get("DescribeScalingPolicies", all).await, json!({"ScalingPolicies": []}));
    assert_eq!(hosting.get("DescribeAlarms", json!({})).await["MetricAlarms"], json!([]));
    hosting.pass(600).await;
}

#[tokio::test]
async fn a_scaling_that_rolls_back_is_told_as_failed_and_has_no_cooldown() {
    let hosting = registered(1, 1, 4).await;
    let limit = crate::domain::limit::Limit { pool: Some(1), quota: None };
    hosting.engine.set_limit(&hosting.world, "ml.m5.large", limit).await.unwrap();
    register(&hosting, json!({"MinCapacity": 2})).await;
    hosting.pass(700).await;
    let [_, _, status, message] = told(&hosting).await.remove(0);
    assert_eq!(status, "Failed");
    let begin = "Failed to set desired instance count to 2. Reason: Unable to provision requested ML compute capacity";
    assert!(message.starts_with(begin), "{message}");
    assert_eq!(stands(&hosting).await, (1, 1, "InService".to_owned()));
    // What a policy has tried in vain it tries again at the next minute.
    register(&hosting, json!({"MinCapacity": 1})).await;
    let steps = json!([{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]);
    let configuration =
        json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps, "Cooldown": 3600});
    let arn = step(&hosting, "out", configuration).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    set(&hosting, "busy", "ALARM").await;
    hosting.pass(700).await;
    assert_eq!(stands(&hosting).await.1, 1, "there is no room");
    let none = crate::domain::limit::Limit::default();
    hosting.engine.set_limit(&hosting.world, "ml.m5.large", none).await.unwrap();
    hosting.pass(240).await;
    assert_eq!(stands(&hosting).await, (2, 2, "InService".to_owned()));
}

#[tokio::test]
async fn a_variant_on_its_way_out_is_not_registered_and_none_is_scaled_to_nothing() {
    let hosting = registered(2, 1, 8).await;
    let action = json!({
        "ScheduledActionName": "night", "Schedule": "rate(1 day)", "ScalableTargetAction": {"MinCapacity": 0, "MaxCapacity": 0},
    });
    assert_eq!(
        hosting.refused("PutScheduledAction", with(key(), &action)).await,
        "ValidationException: Minimum capacity must be greater than or equal to 1 for this resource."
    );
    hosting.get("DeleteEndpoint", json!({"EndpointName": "web"})).await;
    let bounds = json!({"MinCapacity": 1, "MaxCapacity": 2});
    assert_eq!(
        hosting.refused("RegisterScalableTarget", with(key(), &bounds)).await,
        format!("ValidationException: SageMaker variant doesn't exist: {RESOURCE}")
    );
}

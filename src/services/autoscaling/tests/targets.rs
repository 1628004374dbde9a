//! What is registered.

use super::*;

#[tokio::test]
async fn a_variant_is_registered_shown_changed_and_deregistered() {
    let hosting = Hosting::in_service(2).await;
    let answer = register(&hosting, json!({"MinCapacity": 1, "MaxCapacity": 4})).await;
    let arn = answer["ScalableTargetARN"].as_str().unwrap();
    assert!(
        arn.starts_with("arn:aws:application-autoscaling:us-east-1:123456789012:scalable-target/"),
        "{arn}"
    );
    let list = async || {
        let answer = hosting.get("DescribeScalableTargets", json!({"ServiceNamespace": "sagemaker"})).await;
        answer["ScalableTargets"].as_array().unwrap().clone()
    };
    let created = list().await[0]["CreationTime"].clone();
    let mut expected = with(
        key(),
        &json!({
            "MinCapacity": 1, "MaxCapacity": 4, "CreationTime": created, "ScalableTargetARN": arn,
            "RoleARN": "arn:aws:iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint",
            "SuspendedState": {
                "DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": false,
                "ScheduledScalingSuspended": false,
            },
        }),
    );
    assert_eq!(list().await, [expected.clone()]);
    let more = json!({"MaxCapacity": 6, "SuspendedState": {"DynamicScalingInSuspended": true}});
    assert_eq!(register(&hosting, more).await["ScalableTargetARN"], arn);
    expected["MaxCapacity"] = json!(6);
    expected["SuspendedState"]["DynamicScalingInSuspended"] = json!(true);
    assert_eq!(list().await, [expected]);
    hosting.get("DeregisterScalableTarget", key()).await;
    assert_eq!(list().await, [] as [Json; 0]);
    assert_eq!(
        hosting.refused("DeregisterScalableTarget", key()).await,
        "ObjectNotFoundException: No scalable target found for service namespace: sagemaker, resource ID: \
         endpoint/web/variant/main, scalable dimension: sagemaker:variant:DesiredInstanceCount"
    );
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused() {
    let hosting = Hosting::in_service(2).await;
    let bounds = json!({"MinCapacity": 1, "MaxCapacity": 4});
    let other = "ValidationException: Unsupported service namespace, resource type or scalable dimension";
    for (members, refusal) in [
        (
            json!({"ResourceId": "endpoint/web/variant/other"}),
            "ValidationException: SageMaker variant doesn't exist: endpoint/web/variant/other",
        ),
        (
            json!({"ResourceId": "endpoint/WEB/variant/main"}),
            "ValidationException: SageMaker variant doesn't exist: endpoint/WEB/variant/main",
        ),
        (json!({"ResourceId": "endpoint/web"}), other),
        (json!({"ScalableDimension": "ecs:service:DesiredCount"}), other),
        (json!({"ServiceNamespace": "ecs"}), "NotImplemented: sagebrush does not implement scaling of ecs"),
        (
            json!({"ResourceId": "inference-component/ic", "ScalableDimension": "sagemaker:inference-component:DesiredCopyCount"}),
            "ValidationException: SageMaker inference component doesn't exist: inference-component/ic",
        ),
        (
            json!({"MinCapacity": null}),
            "ValidationException: MinCapacity and MaxCapacity are required when registering a new scalable target.",
        ),
        (
            json!({"MinCapacity": 5}),
            "ValidationException: Maximum capacity cannot be less than minimum capacity.",
        ),
        (
            json!({"MinCapacity": 0}),
            "ValidationException: Minimum capacity must be greater than or equal to 1 for this resource.",
        ),
    ] {
        let request = with(with(key(), &bounds), &members);
        assert_eq!(hosting.refused("RegisterScalableTarget", request).await, refusal, "{members}");
    }
}

#[tokio::test]
async fn burstable_instances_are_not_scaled() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let variant = crate::services::sagemaker::tests::variant("main", 1);
    let variants = json!([with(variant, &json!({"InstanceType": "ml.t2.medium"}))]);
    hosting
        .get("CreateEndpointConfig", json!({"EndpointConfigName": "blue", "ProductionVariants": variants}))
        .await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    assert_eq!(
        hosting
            .refused("RegisterScalableTarget", with(key(), &json!({"MinCapacity": 1, "MaxCapacity": 2})))
            .await,
        "ValidationException: Automatic scaling is not supported for burstable instances: ml.t2.medium"
    );
}

#[tokio::test]
async fn a_capacity_outside_of_the_bounds_is_brought_between_them() {
    let hosting = registered(2, 3, 4).await;
    assert_eq!(stands(&hosting).await, (3, 2, "Updating".to_owned()));
    let told_of = |to: u32, which: &str, status: &str, message: &str| {
        [
            format!("Setting desired instance count to {to}."),
            format!("{which} capacity was set to {to}"),
            status.to_owned(),
            format!("Successfully set desired instance count to {to}. {message}"),
        ]
    };
    let waiting = "Waiting for change to be fulfilled by sagemaker.";
    assert_eq!(told(&hosting).await, [told_of(3, "minimum", "InProgress", waiting)]);
    hosting.pass(60).await;
    let first = told_of(3, "minimum", "Successful", "Change successfully fulfilled by sagemaker.");
    assert_eq!(told(&hosting).await, std::slice::from_ref(&first));
    assert_eq!(stands(&hosting).await, (3, 3, "InService".to_owned()));
    register(&hosting, json!({"MinCapacity": 1, "MaxCapacity": 1})).await;
    hosting.pass(10).await;
    assert_eq!(stands(&hosting).await, (1, 1, "InService".to_owned()));
    let second = told_of(1, "maximum", "Successful", "Change successfully fulfilled by sagemaker.");
    assert_eq!(told(&hosting).await, [second, first]);
}

#[tokio::test]
async fn bounds_that_come_during_an_update_hold_when_it_is_done() {
    let hosting = registered(2, 1, 4).await;
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "green"})).await;
    register(&hosting, json!({"MinCapacity": 3})).await;
    assert_eq!(activities(&hosting, true).await, [] as [Json; 0]);
    hosting.pass(600).await;
    assert_eq!(stands(&hosting).await, (3, 3, "InService".to_owned()));
    assert_eq!(told(&hosting).await[0][1], "minimum capacity was set to 3");
}

#[tokio::test]
async fn a_scaling_that_fails_is_told_with_its_reason() {
    let hosting = registered(1, 1, 4).await;
    let limit = crate::domain::limit::Limit { pool: None, quota: Some(2) };
    hosting.engine.set_limit(&hosting.world, "ml.m5.large", limit).await.unwrap();
    register(&hosting, json!({"MinCapacity": 4})).await;
    let [description, cause, status, message] = told(&hosting).await.remove(0);
    assert_eq!(
        (description.as_str(), cause.as_str()),
        ("Setting desired instance count to 4.", "minimum capacity was set to 4")
    );
    assert_eq!(status, "Failed");
    let begin = "Failed to set desired instance count to 4. Reason: The account-level service limit 'ml.m5.large for \
                 endpoint usage' is 2 Instances, with current utilization of 1 Instances and a request delta of 3 \
                 Instances.";
    assert!(message.starts_with(begin), "{message}");
    assert!(message.contains("Error Code: ResourceLimitExceeded; Request ID: "), "{message}");
    assert_eq!(stands(&hosting).await, (1, 1, "InService".to_owned()));
}

#[tokio::test]
async fn lists_are_answered_in_pages() {
    let hosting = Hosting::new().await;
    hosting.model("model").await;
    let variants = ["a", "b", "c"].map(|name| crate::services::sagemaker::tests::variant(name, 1));
    hosting
        .get("CreateEndpointConfig", json!({"EndpointConfigName": "blue", "ProductionVariants": variants}))
        .await;
    hosting.get("CreateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "blue"})).await;
    for name in ["a", "b", "c"] {
        let resource =
            json!({"ResourceId": format!("endpoint/web/variant/{name}"), "MinCapacity": 1, "MaxCapacity": 2});
        register(&hosting, resource).await;
    }
    let mut request = json!({"ServiceNamespace": "sagemaker", "MaxResults": 2});
    let page = hosting.get("DescribeScalableTargets", request.clone()).await;
    assert_eq!(page["ScalableTargets"].as_array().unwrap().len(), 2);
    request["NextToken"] = page["NextToken"].clone();
    let page = hosting.get("DescribeScalableTargets", request.clone()).await;
    assert_eq!(page["ScalableTargets"][0]["ResourceId"], "endpoint/web/variant/c");
    assert_eq!((page["ScalableTargets"].as_array().unwrap().len(), &page["NextToken"]), (1, &Json::Null));
    request["NextToken"] = json!("x");
    let refusal = "InvalidNextTokenException: The next token is not valid.";
    assert_eq!(hosting.refused("DescribeScalableTargets", request).await, refusal);
    for (members, refusal) in [
        (json!({"MaxResults": 51}), "ValidationException: MaxResults must be from 1 to 50."),
        (
            json!({"ScalableDimension": "sagemaker:variant:DesiredInstanceCount"}),
            "ValidationException: If you specify a scalable dimension, you must also specify a resource ID.",
        ),
    ] {
        let request = with(json!({"ServiceNamespace": "sagemaker"}), &members);
        assert_eq!(hosting.refused("DescribeScalableTargets", request).await, refusal);
    }
    let ecs = hosting.get("DescribeScalableTargets", json!({"ServiceNamespace": "ecs"})).await;
    assert_eq!(ecs, json!({"ScalableTargets": []}));
}

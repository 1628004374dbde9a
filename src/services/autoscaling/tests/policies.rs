//! Policies as they are put, shown and deleted.

use super::*;

fn metric(name: &str) -> Json {
    json!({"PredefinedMetricType": name})
}

#[tokio::test]
async fn a_policy_that_tracks_a_target_has_its_two_alarms() {
    let hosting = registered(2, 1, 4).await;
    let answer = track(&hosting, json!({})).await;
    let arn = answer["PolicyARN"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:"), "{arn}");
    assert!(arn.ends_with(":resource/sagemaker/endpoint/web/variant/main:policyName/track"), "{arn}");
    let alarms = hosting.get("DescribeAlarms", json!({})).await["MetricAlarms"].as_array().unwrap().clone();
    let named: Vec<_> = alarms
        .iter()
        .map(|alarm| json!({"AlarmName": alarm["AlarmName"], "AlarmARN": alarm["AlarmArn"]}))
        .collect();
    assert_eq!(answer["Alarms"], json!(named));
    let begins = ["AlarmHigh", "AlarmLow"].map(|word| format!("TargetTracking-{RESOURCE}-{word}-"));
    for (alarm, (begin, (operator, threshold, periods))) in alarms
        .iter()
        .zip(begins.iter().zip([("GreaterThanThreshold", 10.0, 3), ("LessThanThreshold", 9.0, 15)]))
    {
        assert!(alarm["AlarmName"].as_str().unwrap().starts_with(begin), "{}", alarm["AlarmName"]);
        assert_eq!(alarm["AlarmActions"], json!([arn]));
        let description = format!("DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {arn}.");
        assert_eq!(alarm["AlarmDescription"], description);
        let seen =
            ["ComparisonOperator", "Threshold", "EvaluationPeriods", "Period", "MetricName", "Statistic"]
                .map(|name| alarm[name].clone());
        let wanted = json!([operator, threshold, periods, 60, "InvocationsPerInstance", "Sum"]);
        assert_eq!(json!(seen), wanted);
    }
    let policies = hosting.get("DescribeScalingPolicies", json!({"ServiceNamespace": "sagemaker"})).await;
    let shown = &policies["ScalingPolicies"][0];
    let configuration = json!({
        "TargetValue": 10.0, "PredefinedMetricSpecification": metric("SageMakerVariantInvocationsPerInstance"),
    });
    let expected = with(
        key(),
        &json!({
            "PolicyARN": arn, "PolicyName": "track", "PolicyType": "TargetTrackingScaling", "Alarms": named,
            "TargetTrackingScalingPolicyConfiguration": configuration, "CreationTime": shown["CreationTime"],
        }),
    );
    assert_eq!(*shown, expected);
}

#[tokio::test]
async fn the_alarms_of_a_policy_change_and_go_with_it() {
    let hosting = registered(2, 1, 4).await;
    let names = async || {
        let answer = hosting.get("DescribeAlarms", json!({})).await;
        let name = |alarm: &Json| (alarm["AlarmName"].clone(), alarm["Threshold"].clone());
        answer["MetricAlarms"].as_array().unwrap().iter().map(name).collect::<Vec<_>>()
    };
    track(&hosting, json!({})).await;
    let first = names().await;
    track(&hosting, json!({"TargetValue": 20.0})).await;
    let second = names().await;
    assert_eq!([&second[0].0, &second[1].0], [&first[0].0, &first[1].0]);
    assert_eq!([&second[0].1, &second[1].1], [&json!(20.0), &json!(18.0)]);
    track(&hosting, json!({"DisableScaleIn": true})).await;
    assert_eq!(names().await.len(), 1);
    let policy = with(key(), &json!({"PolicyName": "track"}));
    hosting.get("DeleteScalingPolicy", policy.clone()).await;
    assert_eq!(names().await, []);
    assert_eq!(
        hosting.refused("DeleteScalingPolicy", policy).await,
        "ObjectNotFoundException: No scaling policy found for service namespace: sagemaker, resource ID: \
         endpoint/web/variant/main, scalable dimension: sagemaker:variant:DesiredInstanceCount, policy name: track"
    );
    track(&hosting, json!({})).await;
    hosting.get("DeregisterScalableTarget", key()).await;
    assert_eq!(names().await, []);
}

#[tokio::test]
async fn a_step_policy_shows_the_alarms_that_have_it_as_an_action() {
    let hosting = registered(2, 1, 4).await;
    let steps = json!([{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]);
    let arn =
        step(&hosting, "out", json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps})).await;
    let alarms = async || {
        let policies = hosting.get("DescribeScalingPolicies", json!({"ServiceNamespace": "sagemaker"})).await;
        policies["ScalingPolicies"][0]["Alarms"].clone()
    };
    assert_eq!(alarms().await, json!([]));
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    let named =
        json!([{"AlarmName": "busy", "AlarmARN": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:busy"}]);
    assert_eq!(alarms().await, named);
}

#[tokio::test]
async fn metrics_of_ones_own_are_tracked_also_by_expressions() {
    let hosting = registered(2, 1, 4).await;
    let stat = |name: &str| json!({"Metric": {"Namespace": "shop", "MetricName": name}, "Stat": "Sum"});
    let metrics = json!([
        {"Id": "a", "MetricStat": stat("load"), "ReturnData": false},
        {"Id": "b", "Expression": "a / 2", "ReturnData": true},
    ]);
    let custom = json!({"Metrics": metrics});
    track(&hosting, json!({"PredefinedMetricSpecification": null, "CustomizedMetricSpecification": custom}))
        .await;
    let answer = hosting.get("DescribeAlarms", json!({})).await;
    assert_eq!(answer["MetricAlarms"][0]["Metrics"][0]["MetricStat"]["Period"], 60);
    let one = json!({"MetricName": "load", "Namespace": "shop", "Statistic": "Average"});
    track(&hosting, json!({"PredefinedMetricSpecification": null, "CustomizedMetricSpecification": one}))
        .await;
    let answer = hosting.get("DescribeAlarms", json!({})).await;
    assert_eq!(answer["MetricAlarms"][1]["MetricName"], "load");
}

fn tracking(value: f64, specification: &Json) -> Json {
    let configuration = with(json!({"TargetValue": value}), specification);
    json!({"PolicyType": "TargetTrackingScaling", "TargetTrackingScalingPolicyConfiguration": configuration})
}

fn predefined(name: &str) -> Json {
    json!({"PredefinedMetricSpecification": metric(name)})
}

fn one_more() -> Json {
    json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]})
}

/// What is said of the policy `p` with these members.
async fn refusal_of(hosting: &Hosting, members: &Json) -> String {
    let request = with(with(key(), &json!({"PolicyName": "p"})), members);
    hosting.refused("PutScalingPolicy", request).await
}

#[tokio::test]
async fn metrics_that_cannot_be_tracked_are_refused() {
    let hosting = registered(2, 1, 4).await;
    let provisioned = "SageMakerVariantProvisionedConcurrencyUtilization";
    let of_copies = "SageMakerInferenceComponentInvocationsPerCopy";
    for (members, refusal) in [
        (
            tracking(0.0, &predefined("SageMakerVariantInvocationsPerInstance")),
            "ValidationException: TargetValue must be greater than 0.",
        ),
        (
            tracking(1.0, &json!({})),
            "ValidationException: Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification is \
             required.",
        ),
        (
            tracking(1.0, &predefined("ECSServiceAverageCPUUtilization")),
            "ValidationException: The metric type ECSServiceAverageCPUUtilization is not valid for the scalable \
             dimension.",
        ),
        (
            tracking(1.0, &predefined(provisioned)),
            "NotImplemented: sagebrush does not publish the metric of \
             SageMakerVariantProvisionedConcurrencyUtilization",
        ),
        (
            tracking(1.0, &predefined(of_copies)),
            "ValidationException: The metric type SageMakerInferenceComponentInvocationsPerCopy is not valid for the \
             scalable dimension.",
        ),
        (
            tracking(1.0, &json!({"CustomizedMetricSpecification": {"MetricName": "load"}})),
            "ValidationException: Namespace is required in a CustomizedMetricSpecification without Metrics.",
        ),
    ] {
        assert_eq!(refusal_of(&hosting, &members).await, refusal, "{members}");
    }
}

#[tokio::test]
async fn policies_that_cannot_be_are_refused() {
    let hosting = registered(2, 1, 4).await;
    for (members, refusal) in [
        (
            json!({}),
            "ValidationException: StepScalingPolicyConfiguration is required for PolicyType StepScaling.",
        ),
        (
            json!({"StepScalingPolicyConfiguration": {"AdjustmentType": "ChangeInCapacity"}}),
            "ValidationException: StepAdjustments is required in a StepScalingPolicyConfiguration.",
        ),
        (
            json!({"PolicyType": "TargetTrackingScaling", "StepScalingPolicyConfiguration": one_more()}),
            "ValidationException: StepScalingPolicyConfiguration cannot be specified with PolicyType \
             TargetTrackingScaling.",
        ),
        (
            json!({"PolicyType": "PredictiveScaling"}),
            "NotImplemented: sagebrush does not implement predictive scaling",
        ),
        (
            json!({"ResourceId": "endpoint/web/variant/none", "StepScalingPolicyConfiguration": one_more()}),
            "ObjectNotFoundException: No scalable target registered for service namespace: sagemaker, resource ID: \
             endpoint/web/variant/none, scalable dimension: sagemaker:variant:DesiredInstanceCount",
        ),
    ] {
        assert_eq!(refusal_of(&hosting, &members).await, refusal, "{members}");
    }
    track(&hosting, json!({})).await;
    assert_eq!(
        refusal_of(&hosting, &tracking(5.0, &predefined("SageMakerVariantInvocationsPerInstance"))).await,
        "ValidationException: Only one TargetTrackingScaling policy for a given metric specification is allowed."
    );
    let other = json!({
        "PolicyName": "track", "PolicyType": "StepScaling", "StepScalingPolicyConfiguration": one_more(),
    });
    assert_eq!(
        refusal_of(&hosting, &other).await,
        "ValidationException: The type of a scaling policy cannot be changed."
    );
}

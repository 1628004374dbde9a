//! Step scaling, called by alarms.

use super::*;

fn out() -> Json {
    let steps = json!([
        {"MetricIntervalLowerBound": 0.0, "MetricIntervalUpperBound": 10.0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10.0, "ScalingAdjustment": 3},
    ]);
    json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps, "Cooldown": 300})
}

#[tokio::test]
async fn an_alarm_calls_its_policy_and_the_policy_scales() {
    let hosting = registered(2, 1, 8).await;
    let arn = step(&hosting, "out", out()).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    set(&hosting, "busy", "ALARM").await;
    assert_eq!(stands(&hosting).await, (2, 2, "InService".to_owned()), "nothing happens before time passes");
    hosting.pass(0).await;
    assert_eq!(stands(&hosting).await, (3, 2, "Updating".to_owned()));
    let [description, cause, status, message] = told(&hosting).await.remove(0);
    assert_eq!(description, "Setting desired instance count to 3.");
    assert_eq!(cause, "monitor alarm busy in state ALARM triggered policy out");
    assert_eq!(status, "InProgress");
    assert_eq!(
        message,
        "Successfully set desired instance count to 3. Waiting for change to be fulfilled by sagemaker."
    );
    hosting.pass(60).await;
    assert_eq!(stands(&hosting).await, (3, 3, "InService".to_owned()));
    let shown = activities(&hosting, false).await.remove(0);
    assert_eq!(shown["StatusCode"], "Successful");
    let [began, ended] = ["StartTime", "EndTime"].map(|name| shown[name].as_f64().unwrap());
    assert!((ended - began - 60.0).abs() < 0.001, "from {began} to {ended}");
}

#[tokio::test]
async fn the_policy_is_called_again_while_the_alarm_stays_and_a_cooldown_holds_it_back() {
    let hosting = registered(2, 1, 8).await;
    let arn = step(&hosting, "out", out()).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    set(&hosting, "busy", "ALARM").await;
    hosting.pass(60).await;
    assert_eq!(stands(&hosting).await.0, 3);
    // In service again 60 s after the call; from then on 300 s.
    hosting.pass(299).await;
    assert_eq!(stands(&hosting).await, (3, 3, "InService".to_owned()));
    hosting.pass(1).await;
    assert_eq!(stands(&hosting).await, (4, 3, "Updating".to_owned()));
    set(&hosting, "busy", "OK").await;
    hosting.pass(3_600).await;
    assert_eq!(stands(&hosting).await, (4, 4, "InService".to_owned()));
}

#[tokio::test]
async fn the_alarms_history_tells_which_policy_it_has_called() {
    let hosting = registered(2, 1, 8).await;
    let arn = step(&hosting, "out", out()).await;
    let other = arn.replace("variant/main", "variant/other");
    alarm(&hosting, "busy", &[&arn, &other], json!({})).await;
    set(&hosting, "busy", "ALARM").await;
    hosting.pass(180).await;
    let request = json!({"AlarmName": "busy", "HistoryItemType": "Action"});
    let items = hosting.get("DescribeAlarmHistory", request).await["AlarmHistoryItems"].clone();
    let summaries: Vec<_> =
        items.as_array().unwrap().iter().map(|item| item["HistorySummary"].clone()).collect();
    assert_eq!(summaries, [format!("Successfully executed action {arn}")]);
    let body: Json = serde_json::from_str(items[0]["HistoryData"].as_str().unwrap()).unwrap();
    assert_eq!((&body["actionState"], &body["notificationResource"]), (&json!("Succeeded"), &json!(arn)));
}

#[tokio::test]
async fn only_a_larger_scale_out_is_let_through_a_cooldown_and_only_what_it_adds() {
    let hosting = registered(2, 1, 8).await;
    let arn = step(&hosting, "out", out()).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    load(&hosting, 15.0).await;
    hosting.pass(120).await;
    assert_eq!(stands(&hosting).await, (3, 2, "Updating".to_owned()), "5 over the threshold: 1 more");
    load(&hosting, 25.0).await;
    hosting.pass(60).await;
    load(&hosting, 25.0).await;
    hosting.pass(60).await;
    assert_eq!(stands(&hosting).await.0, 5, "15 over the threshold: 3 more than the 2 before");
    for _ in 0..4 {
        load(&hosting, 25.0).await;
        hosting.pass(60).await;
        assert_eq!(stands(&hosting).await.0, 5, "the same 3 are not added again in the cooldown");
    }
}

#[tokio::test]
async fn fewer_instances_come_of_it_too_and_bounds_are_told() {
    let hosting = registered(3, 2, 3).await;
    let steps = json!([{"MetricIntervalUpperBound": 0.0, "ScalingAdjustment": -50}]);
    let configuration = json!({
        "AdjustmentType": "PercentChangeInCapacity", "StepAdjustments": steps, "Cooldown": 0,
    });
    let arn = step(&hosting, "in", configuration).await;
    let less = json!({"ComparisonOperator": "LessThanThreshold"});
    alarm(&hosting, "idle", &[&arn], less).await;
    set(&hosting, "idle", "ALARM").await;
    hosting.pass(20).await;
    assert_eq!(stands(&hosting).await, (2, 2, "InService".to_owned()));
    hosting.pass(120).await;
    assert_eq!(stands(&hosting).await, (2, 2, "InService".to_owned()));
    assert_eq!(not_scaled(&hosting).await, json!({"Code": "AlreadyAtMinCapacity", "MinCapacity": 2}));
    assert_eq!(activities(&hosting, true).await.len(), 2, "the same reason is told once");
    assert_eq!(activities(&hosting, false).await.len(), 1);
}

#[tokio::test]
async fn a_suspension_and_a_switch_at_the_alarm_keep_a_policy_from_scaling() {
    let hosting = registered(2, 1, 8).await;
    let arn = step(&hosting, "out", out()).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    register(&hosting, json!({"SuspendedState": {"DynamicScalingOutSuspended": true}})).await;
    set(&hosting, "busy", "ALARM").await;
    hosting.pass(120).await;
    assert_eq!(stands(&hosting).await.0, 2);
    assert_eq!(activities(&hosting, true).await, [] as [Json; 0]);
    hosting.get("DisableAlarmActions", json!({"AlarmNames": ["busy"]})).await;
    register(&hosting, json!({"SuspendedState": {"DynamicScalingOutSuspended": false}})).await;
    hosting.pass(120).await;
    assert_eq!(stands(&hosting).await.0, 2);
    hosting.get("EnableAlarmActions", json!({"AlarmNames": ["busy"]})).await;
    hosting.pass(0).await;
    assert_eq!(stands(&hosting).await.0, 3);
}

#[tokio::test]
async fn of_several_policies_the_largest_capacity_counts() {
    let hosting = registered(2, 1, 8).await;
    let exactly = |count: u32| {
        let steps = json!([{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": count}]);
        json!({"AdjustmentType": "ExactCapacity", "StepAdjustments": steps})
    };
    let (a, b) = (step(&hosting, "a", exactly(5)).await, step(&hosting, "b", exactly(4)).await);
    alarm(&hosting, "busy", &[&a, &b], json!({})).await;
    set(&hosting, "busy", "ALARM").await;
    hosting.pass(0).await;
    assert_eq!(stands(&hosting).await.0, 5);
    assert_eq!(told(&hosting).await.len(), 1);
}

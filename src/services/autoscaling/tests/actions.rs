//! Scheduled actions.

use super::*;

async fn put(hosting: &Hosting, name: &str, members: Json) {
    let action = json!({"ScheduledActionName": name});
    hosting.get("PutScheduledAction", with(with(key(), &action), &members)).await;
}

async fn listed(hosting: &Hosting) -> Vec<Json> {
    let answer = hosting.get("DescribeScheduledActions", json!({"ServiceNamespace": "sagemaker"})).await;
    answer["ScheduledActions"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_scheduled_action_sets_bounds_and_the_capacity_follows() {
    let hosting = registered(2, 1, 4).await;
    put(
        &hosting,
        "morning",
        json!({"Schedule": "rate(5 minutes)", "ScalableTargetAction": {"MinCapacity": 3}}),
    )
    .await;
    hosting.pass(299).await;
    assert_eq!(stands(&hosting).await.0, 2);
    hosting.pass(1).await;
    assert_eq!(stands(&hosting).await, (3, 2, "Updating".to_owned()));
    let told = told(&hosting).await;
    assert_eq!(told[0][1], "minimum capacity was set to 3");
    assert_eq!(
        told[1],
        [
            "Setting min capacity to 3 and max capacity to 4",
            "scheduled action name morning was triggered",
            "Successful",
            "Successfully set min capacity to 3 and max capacity to 4",
        ]
    );
    register(&hosting, json!({"MinCapacity": 1})).await;
    hosting.pass(300).await;
    let targets = hosting.get("DescribeScalableTargets", json!({"ServiceNamespace": "sagemaker"})).await;
    assert_eq!(targets["ScalableTargets"][0]["MinCapacity"], 3, "again and again");
}

#[tokio::test]
async fn scheduled_actions_are_shown_changed_and_deleted() {
    let hosting = registered(2, 1, 4).await;
    let nightly = json!({
        "Schedule": "cron(0 22 ? * MON-FRI *)", "Timezone": "Europe/Berlin", "StartTime": 5_000_000_000_i64,
        "EndTime": 6_000_000_000_i64, "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 2},
    });
    put(&hosting, "night", nightly.clone()).await;
    let shown = listed(&hosting).await.remove(0);
    let arn = shown["ScheduledActionARN"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:autoscaling:us-east-1:123456789012:scheduledAction:"), "{arn}");
    assert!(
        arn.ends_with(":resource/sagemaker/endpoint/web/variant/main:scheduledActionName/night"),
        "{arn}"
    );
    for (name, value) in nightly.as_object().unwrap() {
        assert_eq!(shown[name].as_f64(), value.as_f64(), "{name}");
        assert!(value.is_number() || shown[name] == *value, "{name}");
    }
    put(&hosting, "night", json!({"ScalableTargetAction": {"MaxCapacity": 3}})).await;
    let shown = listed(&hosting).await.remove(0);
    assert_eq!((&shown["Schedule"], &shown["StartTime"]), (&nightly["Schedule"], &Json::Null));
    assert_eq!(shown["ScalableTargetAction"], json!({"MaxCapacity": 3}));
    let named = with(key(), &json!({"ScheduledActionName": "night"}));
    hosting.get("DeleteScheduledAction", named.clone()).await;
    assert_eq!(listed(&hosting).await, [] as [Json; 0]);
    assert_eq!(
        hosting.refused("DeleteScheduledAction", named).await,
        "ObjectNotFoundException: No scheduled action found for service namespace: sagemaker, resource ID: \
         endpoint/web/variant/main, scalable dimension: sagemaker:variant:DesiredInstanceCount, scheduled action \
         name: night"
    );
}

#[tokio::test]
async fn suspended_or_impossible_actions_change_no_bounds() {
    let hosting = registered(2, 1, 4).await;
    put(&hosting, "high", json!({"Schedule": "rate(1 minute)", "ScalableTargetAction": {"MinCapacity": 9}}))
        .await;
    register(&hosting, json!({"SuspendedState": {"ScheduledScalingSuspended": true}})).await;
    hosting.pass(120).await;
    assert_eq!(told(&hosting).await, [] as [[String; 4]; 0]);
    register(&hosting, json!({"SuspendedState": {"ScheduledScalingSuspended": false}})).await;
    hosting.pass(60).await;
    let [_, _, status, message] = told(&hosting).await.remove(0);
    assert_eq!(status, "Failed");
    assert_eq!(
        message,
        "Failed to set min capacity to 9 and max capacity to 4. Reason: Maximum capacity cannot be less than minimum \
         capacity."
    );
    assert_eq!(stands(&hosting).await, (2, 2, "InService".to_owned()));
}

#[tokio::test]
async fn actions_that_cannot_be_are_refused() {
    let hosting = registered(2, 1, 4).await;
    let good = json!({"Schedule": "rate(1 minute)", "ScalableTargetAction": {"MinCapacity": 1}});
    for (members, refusal) in [
        (json!({"Schedule": null}), "Schedule is required for a new scheduled action."),
        (json!({"Schedule": "cron(* * * * *)"}), "Schedule expression 'cron(* * * * *)' is not valid."),
        (json!({"Timezone": "Mars/Olympus"}), "Timezone 'Mars/Olympus' is not valid."),
        (
            json!({"ScalableTargetAction": {}}),
            "ScalableTargetAction must have MinCapacity, MaxCapacity or both.",
        ),
        (json!({"ScalableTargetAction": {"MinCapacity": -1}}), "A capacity must not be negative."),
        (
            json!({"ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 1}}),
            "Maximum capacity cannot be less than minimum capacity.",
        ),
        (
            json!({"StartTime": 6_000_000_000_i64, "EndTime": 5_000_000_000_i64}),
            "StartTime must be before EndTime.",
        ),
    ] {
        let request = with(with(with(key(), &json!({"ScheduledActionName": "a"})), &good), &members);
        let refusal = format!("ValidationException: {refusal}");
        assert_eq!(hosting.refused("PutScheduledAction", request).await, refusal, "{members}");
    }
}

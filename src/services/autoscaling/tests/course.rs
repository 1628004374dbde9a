//! How scaling takes its course: however time is cut, and whatever cannot be read.

use super::*;
use crate::domain::demand::Demand;
use crate::engine::{Advance, Change};

/// A policy under traffic that comes in bursts, for an hour in steps of so many seconds; what was done when, in seconds
/// from the beginning.
async fn hour(steps: &[i64]) -> Vec<(String, i64, i64)> {
    let hosting = registered(1, 1, 6).await;
    track(&hosting, json!({"ScaleOutCooldown": 60, "ScaleInCooldown": 60})).await;
    let schedule = json!({
        "ScheduledActionName": "floor", "Schedule": "rate(25 minutes)", "ScalableTargetAction": {"MinCapacity": 2},
    });
    hosting.get("PutScheduledAction", with(key(), &schedule)).await;
    let demand = r#"{"requests_per_second": 0.05, "bursts": {"requests_per_second": 0.7, "every_seconds": 1500, "for_seconds": 420}}"#;
    let demand: Demand = serde_json::from_str(demand).expect("a demand");
    assert!(hosting.engine.set_traffic(&hosting.world, "web", Some(demand)).await.unwrap());
    let begin = hosting.store.session().world_now(&hosting.world).await.unwrap();
    let mut steps = steps.iter().cycle();
    let mut left = 3_600;
    while left > 0 {
        let step = (*steps.next().expect("a step")).min(left);
        hosting.pass(step).await;
        left -= step;
    }
    let seconds = |activity: &Json, name: &str| {
        activity[name].as_f64().map_or(-1, |at| {
            #[expect(clippy::cast_possible_truncation, reason = "of this century")]
            let ms = (at * 1000.0).round() as i64;
            (ms - begin.0) / 1000
        })
    };
    let line = |activity: &Json| {
        let description = activity["Description"].as_str().unwrap_or_default().to_owned();
        (description, seconds(activity, "StartTime"), seconds(activity, "EndTime"))
    };
    activities(&hosting, true).await.iter().map(line).collect()
}

#[tokio::test]
async fn the_same_comes_of_it_however_time_is_cut() {
    let whole = Box::pin(hour(&[3_600])).await;
    assert!(whole.len() > 4, "{whole:?}");
    for steps in [&[60][..], &[7, 113, 1, 59], &[599]] {
        assert_eq!(Box::pin(hour(steps)).await, whole, "{steps:?}");
    }
}

#[tokio::test]
async fn an_advance_tells_that_a_policy_has_scaled_and_stops_there() {
    let hosting = registered(1, 1, 4).await;
    let steps = json!([{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]);
    let configuration = json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps});
    let arn = step(&hosting, "out", configuration).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    set(&hosting, "busy", "ALARM").await;
    let mut told = Vec::new();
    for _ in 0..3 {
        let advanced = hosting.engine.advance(&hosting.world, Advance::Next).await.unwrap();
        let line = |change: Change| (change.from.status, change.to.map(|to| to.status), change.message);
        told.extend(advanced.changes.into_iter().map(line));
    }
    let began =
        "Setting desired instance count to 2. (monitor alarm busy in state ALARM triggered policy out)";
    assert_eq!(told[0], ("InService", Some("Updating"), began.to_owned()));
    assert_eq!(told[1], ("Updating", Some("InService"), "The endpoint is InService.".to_owned()));
    assert_eq!(told.len(), 2);
}

#[tokio::test]
async fn what_cannot_be_read_stops_nobody() {
    let hosting = registered(1, 1, 4).await;
    let steps = json!([{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 1}]);
    let configuration =
        json!({"AdjustmentType": "ChangeInCapacity", "StepAdjustments": steps, "Cooldown": 0});
    let arn = step(&hosting, "out", configuration).await;
    alarm(&hosting, "busy", &[&arn], json!({})).await;
    set(&hosting, "busy", "ALARM").await;
    hosting.pass(0).await;
    let mut tx = hosting.store.begin(&hosting.world).await.unwrap();
    tx.save_target(RESOURCE, &"of a later version").await.unwrap();
    tx.commit().await.unwrap();
    hosting.pass(600).await;
    assert_eq!(
        stands(&hosting).await,
        (2, 2, "InService".to_owned()),
        "the endpoint rests, and nothing more happens"
    );
    assert_eq!(
        told(&hosting).await[0][2],
        "Successful",
        "its end is told, though the cooldown could not be kept"
    );
    hosting.get("UpdateEndpoint", json!({"EndpointName": "web", "EndpointConfigName": "green"})).await;
    hosting.pass(600).await;
    assert_eq!(stands(&hosting).await.2, "InService");
}

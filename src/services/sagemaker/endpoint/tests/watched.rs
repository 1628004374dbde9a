//! What an update is told of the alarms that are to guard it.

use serde_json::{Value as Json, json};

use super::{Hosting, canary, update};
use crate::domain::event::EventKind;
use crate::services::sagemaker::tests::with;

/// `PutMetricAlarm` on an error metric of `web`, with `members` on top.
async fn alarm(hosting: &Hosting, name: &str, members: Json) {
    let dimensions =
        json!([{"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "main"}]);
    let request = json!({
        "AlarmName": name, "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Statistic": "Average",
        "Period": 60, "EvaluationPeriods": 1, "Threshold": 0.1, "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": dimensions,
    });
    hosting.get("PutMetricAlarm", with(request, &members)).await;
}

async fn composite(hosting: &Hosting, name: &str, rule: &str) {
    hosting.get("PutCompositeAlarm", json!({"AlarmName": name, "AlarmRule": rule})).await;
}

/// The warnings of the latest deployment.
async fn warned(hosting: &Hosting) -> Vec<String> {
    let mut session = hosting.store.session();
    let newest = session.list_deployments(&hosting.world, Some("web"), 1).await.unwrap().remove(0);
    let events = session.events(&newest.record.id).await.unwrap();
    let warnings = events.into_iter().filter(|event| event.kind == EventKind::Warning);
    warnings.map(|event| event.message).collect()
}

/// The warnings of a canary to `green` with these alarms.
async fn warned_of(hosting: &Hosting, alarms: &[&str]) -> Vec<String> {
    hosting.get("UpdateEndpoint", update(&json!({"DeploymentConfig": canary(alarms)}))).await;
    warned(hosting).await
}

fn by_config(config: &str) -> Json {
    json!({"Dimensions": [
        {"Name": "EndpointName", "Value": "web"}, {"Name": "VariantName", "Value": "main"},
        {"Name": "EndpointConfigName", "Value": config},
    ]})
}

#[tokio::test]
async fn alarms_that_would_never_go_off_are_named_in_the_history_before_anything_happens() {
    let hosting = Hosting::in_service(3).await;
    alarm(&hosting, "blind", json!({"Threshold": 1.0})).await;
    alarm(&hosting, "stranger", by_config("red")).await;
    alarm(&hosting, "good", json!({})).await;
    alarm(&hosting, "before", by_config("blue")).await;
    alarm(&hosting, "after", by_config("green")).await;
    let warnings = warned_of(&hosting, &["good", "blind", "before", "after", "stranger", "nobody"]).await;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].starts_with("The alarm blind can never fire: Average of"), "{warnings:?}");
    assert_eq!(
        warnings[1],
        "The alarm stranger watches the endpoint config red, but this update is about blue and green."
    );
    assert_eq!(hosting.describe().await["EndpointStatus"], json!("Updating"), "AWS accepts it too");
}

#[tokio::test]
async fn a_composite_alarm_is_as_good_as_the_alarms_of_its_rule_and_each_is_named_once() {
    let hosting = Hosting::in_service(3).await;
    alarm(&hosting, "blind", json!({"Threshold": 1.0})).await;
    alarm(&hosting, "lost", json!({"MetricName": "Errors"})).await;
    alarm(&hosting, "own", json!({"Namespace": "Shop", "Threshold": 1.0})).await;
    composite(&hosting, "inner", "ALARM(lost) OR ALARM(own)").await;
    composite(&hosting, "outer", "ALARM(inner) AND NOT ALARM(blind) OR ALARM(lost)").await;
    let warnings = warned_of(&hosting, &["outer", "blind"]).await;
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(warnings[0].starts_with("The alarm blind can never fire"), "{warnings:?}");
    assert!(
        warnings[1].starts_with("The alarm lost of the composite alarm outer watches Errors"),
        "{warnings:?}"
    );
}

#[tokio::test]
async fn a_retained_deployment_config_is_looked_at_too_and_an_update_without_one_is_not() {
    let hosting = Hosting::in_service(3).await;
    alarm(&hosting, "blind", json!({"Threshold": 1.0})).await;
    assert_eq!(warned_of(&hosting, &["blind"]).await.len(), 1);
    hosting.pass(2000).await;
    hosting.get("UpdateEndpoint", update(&json!({"RetainDeploymentConfig": true}))).await;
    assert!(warned(&hosting).await[0].contains("blind"));
    hosting.pass(2000).await;
    hosting.get("UpdateEndpoint", update(&json!({}))).await;
    assert_eq!(warned(&hosting).await, [""; 0]);
}

#[tokio::test]
async fn an_update_that_nothing_watches_says_so() {
    let hosting = Hosting::in_service(3).await;
    let warnings = warned_of(&hosting, &[]).await;
    assert!(
        warnings.len() == 1 && warnings[0].starts_with("Nothing watches this deployment"),
        "{warnings:?}"
    );
}

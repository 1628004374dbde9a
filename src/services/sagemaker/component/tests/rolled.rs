//! A new specification is rolled out batch by batch, watched by alarms, and brought back.

use serde_json::json;

use super::*;
use crate::domain::event::EventKind;

/// An update of the component `llm` to `llm-2`, a copy at a time, two minutes each.
fn update(alarms: &[&str]) -> Json {
    let alarms: Vec<_> = alarms.iter().map(|name| json!({"AlarmName": name})).collect();
    let mut config = json!({"RollingUpdatePolicy": {
        "MaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1}, "WaitIntervalInSeconds": 120,
        "RollbackMaximumBatchSize": {"Type": "COPY_COUNT", "Value": 1},
    }});
    if !alarms.is_empty() {
        config["AutoRollbackConfiguration"] = json!({"Alarms": alarms});
    }
    json!({
        "InferenceComponentName": "llm", "Specification": specification("llm-2"), "DeploymentConfig": config,
    })
}

/// The model of the specification that is shown.
async fn model(hosting: &Hosting) -> Json {
    described(hosting, "llm").await["Specification"]["ModelName"].clone()
}

#[tokio::test]
async fn new_copies_come_before_old_ones_go() {
    let hosting = in_service(2).await;
    assert_eq!(described(&hosting, "llm").await.get("LastDeploymentConfig"), None);
    let request = update(&[]);
    hosting.get("UpdateInferenceComponent", request.clone()).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 2, 2));
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 2, 3), "one more while it bakes");
    assert_eq!(model(&hosting).await, "llm-1", "what is in service");
    hosting.pass(5 + 120 + 10).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 2, 2), "an old one has gone");
    hosting.pass(60 + 5 + 120).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 2, 3));
    hosting.pass(10).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 2, 2));
    let shown = described(&hosting, "llm").await;
    assert_eq!(shown["Specification"]["ModelName"], "llm-2");
    assert_eq!(shown["LastDeploymentConfig"], request["DeploymentConfig"], "in the words of the client");
}

#[tokio::test]
async fn an_alarm_of_another_component_is_named_in_the_history() {
    let hosting = in_service(2).await;
    for (name, component) in [("own", "llm"), ("strange", "other")] {
        let alarm = json!({
            "AlarmName": name, "Namespace": "AWS/SageMaker", "MetricName": "InvocationModelErrors", "Statistic": "Sum",
            "Period": 60, "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "Dimensions": [{"Name": "InferenceComponentName", "Value": component}],
        });
        hosting.get("PutMetricAlarm", alarm).await;
    }
    hosting.get("UpdateInferenceComponent", update(&["own", "strange"])).await;
    let mut session = hosting.store.session();
    let of_it = Some("inference-component/llm");
    let newest = session.list_deployments(&hosting.world, of_it, 1).await.unwrap().remove(0);
    let events = session.events(&newest.record.id).await.unwrap();
    let warnings = events.into_iter().filter(|event| event.kind == EventKind::Warning);
    assert_eq!(
        warnings.map(|event| event.message).collect::<Vec<_>>(),
        ["The alarm strange watches the inference component other, but this update is about llm."]
    );
}

#[tokio::test]
async fn an_alarm_brings_the_old_specification_back() {
    let hosting = in_service(2).await;
    let alarm = json!({
        "AlarmName": "errors", "MetricName": "Errors", "Namespace": "own", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
    });
    hosting.call("PutMetricAlarm", alarm).await.expect("it is put");
    hosting.get("UpdateInferenceComponent", update(&["errors"])).await;
    hosting.pass(60 + 5 + 120 + 10 + 60 + 5).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 2, 3), "the second batch bakes");
    let trip = json!({"AlarmName": "errors", "StateValue": "ALARM", "StateReason": "told so"});
    hosting.call("SetAlarmState", trip).await.expect("it is set");
    hosting.pass(0).await;
    let shown = described(&hosting, "llm").await;
    assert_eq!(shown["InferenceComponentStatus"], "Updating", "AWS has no other word for going back");
    hosting.pass(600).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 2, 2));
    assert_eq!(model(&hosting).await, "llm-1");
    let shown = described(&hosting, "llm").await;
    let reason = shown["FailureReason"].as_str().unwrap();
    assert!(reason.contains("alarm(s) went into ALARM state: errors"), "{reason}");
    let history =
        hosting.store.session().list_deployments(&hosting.world, Some("inference-component/llm"), 1).await;
    let id = history.unwrap()[0].record.id.clone();
    let events = hosting.store.session().events(&id).await.unwrap();
    let messages: Vec<_> = events.iter().map(|event| event.message.as_str()).collect();
    assert_eq!(messages[0], "Launching 1 copy(ies) of llm-2.");
    assert!(messages.iter().all(|message| !message.contains("instance")), "{messages:?}");
}

#[tokio::test]
async fn without_a_deployment_config_all_copies_are_replaced_at_once() {
    let hosting = in_service(2).await;
    let request = json!({
        "InferenceComponentName": "llm", "Specification": specification("llm-2"), "RuntimeConfig": {"CopyCount": 3},
    });
    hosting.get("UpdateInferenceComponent", request).await;
    hosting.pass(60).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 3, 5));
    hosting.pass(15).await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 3, 3));
    assert_eq!(model(&hosting).await, "llm-2");
}

#[tokio::test]
async fn a_batch_that_finds_no_room_is_brought_back() {
    let hosting = in_service(8).await;
    hosting.get("UpdateInferenceComponent", update(&[])).await;
    assert_eq!(stand(&hosting, "llm").await, stands("Updating", 8, 8), "all eight accelerators are taken");
    hosting.pass(600 + 10).await;
    let shown = described(&hosting, "llm").await;
    assert_eq!(stand(&hosting, "llm").await, stands("InService", 8, 8));
    assert_eq!(shown["Specification"]["ModelName"], "llm-1");
    let reason = shown["FailureReason"].as_str().unwrap();
    assert!(reason.contains("InsufficientInstanceCapacity"), "{reason}");
}

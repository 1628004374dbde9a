//! The auditor: what the server wrote can have come about, and what somebody has meddled with cannot. Every
//! story of `tests/stories` is audited at its end too.

use std::process::Output;

use sagebrush::audit::{Report, audit};
use sagebrush::config::Settings;
use sagebrush::domain::rules::Rules;
use sagebrush::engine::Engine;
use sagebrush::server;
use serde_json::{Value, json};

use crate::realtime::process::outcome;
use crate::store::{Place, stories};
use crate::stories::client::Client;

stories! { kept on Manual;
    a_rollback_is_made_again_to_the_last_word
    what_somebody_has_changed_is_named
    an_alarm_that_was_overtaken_is_found
    what_a_command_does_at_the_instant_of_an_end_is_no_fault
    the_command_tells_and_its_exit_code_says_it
}

/// A canary that an alarm ends in its bake, and one that is on its way.
async fn a_life(place: &Place) -> Client {
    let router = server::router(&Engine::new(place.store.clone(), Rules::default()), &Settings::default());
    let client = Client::new(router);
    let model = json!({"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::123456789012:role/r",
        "PrimaryContainer": {"Image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/m:1"}});
    client.sagemaker("CreateModel", &model).await.unwrap();
    for config in ["blue", "green"] {
        let variant = json!({"VariantName": "main", "ModelName": "m", "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 4, "InitialVariantWeight": 0.1});
        let config = json!({"EndpointConfigName": config, "ProductionVariants": [variant]});
        client.sagemaker("CreateEndpointConfig", &config).await.unwrap();
    }
    let alarm = json!({"AlarmName": "high", "Namespace": "n", "MetricName": "m", "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanThreshold"});
    client.cloudwatch("PutMetricAlarm", &alarm).await;
    let create = json!({"EndpointName": "web", "EndpointConfigName": "blue"});
    client.sagemaker("CreateEndpoint", &create).await.unwrap();
    advance(&client, json!({"to": "idle"})).await;
    let canary = json!({"Type": "CANARY", "WaitIntervalInSeconds": 300,
        "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1}});
    let update = json!({"EndpointName": "web", "EndpointConfigName": "green", "DeploymentConfig": {
        "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": canary},
        "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "high"}]}}});
    for state in ["ALARM", "OK"] {
        client.sagemaker("UpdateEndpoint", &update).await.unwrap();
        advance(&client, json!({"seconds": 100})).await;
        let set = json!({"AlarmName": "high", "StateValue": state, "StateReason": "the test says so"});
        client.cloudwatch("SetAlarmState", &set).await;
        advance(&client, json!({"seconds": 60})).await;
    }
    client
}

async fn advance(client: &Client, to: Value) {
    client.control("POST", "clock/advance", Some(&to)).await;
}

async fn audited(place: &Place) -> Report {
    audit(&place.store).await.expect("the store answers")
}

async fn a_rollback_is_made_again_to_the_last_word(place: Place) {
    a_life(&place).await;
    let report = audited(&place).await;
    assert_eq!(report.faults, Vec::<String>::new());
    assert_eq!((report.worlds, report.deployments, report.without_journal), (1, 3, 0));
    assert!(report.transitions >= 10, "a creation, a rollback, a canary: {report:?}");
}

async fn what_somebody_has_changed_is_named(place: Place) {
    a_life(&place).await;
    let running = "id IN (SELECT id FROM deployments WHERE status = 'running')";
    for (change, back, sentence) in [
        (
            "UPDATE endpoints SET traffic_blue = 5000, traffic_green = 5000".to_owned(),
            "UPDATE endpoints SET traffic_blue = 7500, traffic_green = 2500".to_owned(),
            "the columns of endpoint web are not those of its state",
        ),
        (
            format!("UPDATE deployments SET to_config = 'other' WHERE {running}"),
            format!("UPDATE deployments SET to_config = 'green' WHERE {running}"),
            "its row says",
        ),
        (
            format!("UPDATE deployments SET version = version + 1 WHERE {running}"),
            String::new(),
            "but its journal",
        ),
        ("DELETE FROM deployment_events WHERE ordinal = 2".to_owned(), String::new(), "its event 2 is"),
        (
            "DELETE FROM deployment_steps WHERE version = 2".to_owned(),
            String::new(),
            "its journal has no entry of version 2",
        ),
        ("UPDATE endpoints SET wake_ms = 5".to_owned(), String::new(), "it is due at"),
    ] {
        place.raw(&change).await.expect(&change);
        let faults = audited(&place).await.faults.join("\n");
        assert!(faults.contains(sentence), "{change}: {faults:?}");
        assert!(faults.contains("123456789012"), "a fault names its world: {faults:?}");
        if !back.is_empty() {
            place.raw(&back).await.expect(&back);
            assert!(audited(&place).await.faults.is_empty(), "{back}");
        }
    }
}

/// The journal and the events of the canary that succeeded say that all was well; the alarm's history does not.
async fn an_alarm_that_was_overtaken_is_found(place: Place) {
    let client = a_life(&place).await;
    advance(&client, json!({"to": "idle"})).await;
    assert_eq!(audited(&place).await.faults, Vec::<String>::new());
    place.raw("UPDATE alarm_history SET to_state = 'ALARM' WHERE to_state = 'OK'").await.unwrap();
    let faults = audited(&place).await.faults.join("\n");
    assert!(faults.contains("what was due at"), "{faults}");
}

async fn what_a_command_does_at_the_instant_of_an_end_is_no_fault(place: Place) {
    let client = a_life(&place).await;
    advance(&client, json!({"to": "idle"})).await;
    let weigh = |from: &str, to: &str| {
        format!("UPDATE endpoints SET state = REPLACE(state, '\"weight\":{from}', '\"weight\":{to}')")
    };
    place.raw(&weigh("0.1", "0.7")).await.unwrap();
    let faults = audited(&place).await.faults.join("\n");
    assert!(faults.contains("its endpoint does not stand where the core puts it"), "{faults}");
    place.raw(&weigh("0.7", "0.1")).await.unwrap();
    let wanted = json!([{"VariantName": "main", "DesiredWeight": 0.5}]);
    let scale = json!({"EndpointName": "web", "DesiredWeightsAndCapacities": wanted});
    client.sagemaker("UpdateEndpointWeightsAndCapacities", &scale).await.unwrap();
    assert_eq!(audited(&place).await.faults, Vec::<String>::new());
}

async fn the_command_tells_and_its_exit_code_says_it(place: Place) {
    a_life(&place).await;
    place.store.close().await;
    let command = |url: &str| -> (Option<i32>, String) {
        let Output { status, stdout, stderr } = outcome(&["audit", "--database-url", url]);
        let text = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
        (status.code(), text)
    };
    let (code, text) = command(&place.url);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.starts_with("1 world(s), 3 deployment(s) made again in"), "{text}");
    assert!(text.ends_with(": 0 fault(s)\n"), "{text}");
    place.raw("DELETE FROM deployment_steps WHERE version = 2").await.unwrap();
    let (code, text) = command(&place.url);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("of endpoint web: its journal has no entry of version 2"), "{text}");
    let (code, text) = command("sqlite::memory:");
    assert_eq!((code, text.contains("there is nothing to audit in memory")), (Some(1), true), "{text}");
}

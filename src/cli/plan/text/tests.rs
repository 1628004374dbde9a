//! Whole plans as they are printed. `SAGEBRUSH_GOLDEN=write` writes the files anew.

use serde_json::{Value, json};

use crate::plan::{Asked, Maker, Plan};
use crate::services::Settings;

async fn planned(members: &Value) -> Plan {
    let mut question = json!({
        "instances": 4, "traffic": 10, "alarms": ["errors: Invocation5XXErrors Sum > 5 for 1 x 60s"],
        "config": {
            "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
                "Type": "CANARY", "WaitIntervalInSeconds": 300,
                "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
            }},
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
        },
    });
    for (name, value) in members.as_object().unwrap() {
        question[name] = value.clone();
    }
    let asked = Asked::read(question.as_object().unwrap().clone()).unwrap();
    Maker::new(Settings::default(), None).make(asked).await.unwrap()
}

/// Holds a text against a file of this room's.
fn golden(name: &str, text: &str) {
    let path = format!("{}/src/cli/plan/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("SAGEBRUSH_GOLDEN").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(&path).unwrap(), "{path}");
}

#[tokio::test]
async fn a_failure_is_shown_with_its_schedule_its_alarm_and_its_blast_radius() {
    golden("failure", &super::plan(&planned(&json!({"bad_error_rate": 0.5})).await));
}

#[tokio::test]
async fn a_failure_that_nothing_notices_is_shown_as_such() {
    let members = json!({"bad_error_rate": 0.5, "alarms": [], "config": null});
    golden("unnoticed", &super::plan(&planned(&members).await));
}

#[tokio::test]
async fn many_runs_are_a_table_of_where_they_lie() {
    golden("runs", &super::plan(&planned(&json!({"bad_error_rate": 0.1, "runs": 20})).await));
}

#[tokio::test]
async fn a_sweep_is_a_table_with_what_aws_would_refuse_below_it() {
    let members = json!({"bad_error_rate": 0.5, "sweep": {"canary_size": ["25", "30", "50", "75"], "bake": ["60", "5m"]}});
    golden("sweep", &super::plan(&planned(&members).await));
}

#[tokio::test]
async fn an_explanation_is_a_paragraph() {
    golden("explanation", &super::plan(&planned(&json!({"explain": true, "runs": 10})).await));
}

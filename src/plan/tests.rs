//! Plans, as questions and answers.

mod answered;
mod maker;
mod refused;

use serde_json::{Value, json};

use super::{Asked, Limits, Maker, Plan, Unplanned};
use crate::services::Settings;

/// The plan of a question under the usual settings.
async fn ask(question: &Value) -> Result<Plan, String> {
    within(question, None).await.map_err(|unplanned| unplanned.to_string())
}

async fn within(question: &Value, limits: Option<Limits>) -> Result<Plan, Unplanned> {
    let asked = Asked::read(question.as_object().expect("a question has members").clone())?;
    Maker::new(Settings::default(), limits).make(asked).await
}

/// A canary of a quarter of four instances, guarded by an alarm that more than five errors in a minute set off.
fn canary() -> Value {
    json!({
        "instances": 4, "traffic": 10, "bad_error_rate": 0.5,
        "alarms": ["errors: Invocation5XXErrors Sum > 5 for 1 x 60s"],
        "config": {
            "BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {
                "Type": "CANARY", "WaitIntervalInSeconds": 300,
                "CanarySize": {"Type": "CAPACITY_PERCENT", "Value": 25},
            }},
            "AutoRollbackConfiguration": {"Alarms": [{"AlarmName": "errors"}]},
        },
    })
}

/// A question with members on top; null takes one out.
fn with(mut question: Value, members: &Value) -> Value {
    for (name, value) in members.as_object().expect("members") {
        question[name] = value.clone();
    }
    question
}

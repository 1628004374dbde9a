//! Stories of rules, their targets and what they get, told in requests and answers.

mod buses;
mod connections;
mod own_events;
mod rules;

use serde_json::{Value as Json, json};

use crate::services::tests::House;
use crate::store::delivery::Delivery;

const PATTERN: &str = r#"{"source":["aws.sagemaker"]}"#;
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:queue";

/// Asks, and answers what is refused in a line.
async fn asked(house: &House, operation: &str, request: Json) -> Result<Json, String> {
    house.ask(operation, request).await.map_err(|fault| fault.to_string())
}

/// A rule with a queue as its target.
async fn rule(house: &House, name: &str, pattern: &str) {
    house.ask("PutRule", json!({"Name": name, "EventPattern": pattern})).await.unwrap();
    let targets = json!([{"Id": "queue", "Arn": QUEUE}]);
    house.ask("PutTargets", json!({"Rule": name, "Targets": targets})).await.unwrap();
}

/// What is on its way.
async fn outbox(house: &House) -> Vec<Delivery> {
    house.store.session().deliveries(&house.world, 1000).await.unwrap()
}

//! `TestEventPattern`.

use serde::Deserialize;
use serde_json::Value as Json;

use crate::bridge::Pattern;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::{Context, input};

/// The members that an event must have.
const MANDATORY: [&str; 7] = ["id", "account", "source", "time", "region", "resources", "detail-type"];

/// `TestEventPatternRequest`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    event_pattern: String,
    event: String,
}

/// Whether an event is one that a pattern wants.
/// <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TestEventPattern.html>
pub(super) async fn test_event_pattern(_: &Context, _: &WorldId, value: Value) -> Result<Value, Fault> {
    let Request { event_pattern, event } = input(value)?;
    let pattern = pattern(&event_pattern)?;
    let event: Json = serde_json::from_str(&event).map_err(|error| not_valid(&error.to_string()))?;
    let members = event.as_object().ok_or_else(|| not_valid("It is not an object"))?;
    if let Some(missing) = MANDATORY.iter().find(|name| !members.contains_key(**name)) {
        return Err(not_valid(&format!("It has no {missing}")));
    }
    Ok(Value::Map(Fields::from_iter([("Result", Value::Bool(pattern.matches(&event)))])))
}

/// The pattern that a text says.
pub(super) fn pattern(text: &str) -> Result<Pattern, Fault> {
    Pattern::read(text).map_err(|reason| {
        let sentence = format!("Event pattern is not valid. Reason: {reason}");
        Fault::declared("InvalidEventPatternException", sentence)
    })
}

fn not_valid(reason: &str) -> Fault {
    Fault::validation(format!("Parameter Event is not valid. Reason: {reason}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::services::tests::House;

    const EVENT: &str = r#"{"id":"1","account":"123456789012","source":"aws.sagemaker","time":"2026-01-01T00:00:00Z",
        "region":"us-east-1","resources":[],"detail-type":"SageMaker Endpoint State Change",
        "detail":{"EndpointStatus":"IN_SERVICE"}}"#;

    async fn asked(pattern: &str, event: &str) -> Result<Json, String> {
        let request = json!({"EventPattern": pattern, "Event": event});
        House::new().await.ask("TestEventPattern", request).await.map_err(|fault| fault.to_string())
    }

    #[tokio::test]
    async fn an_event_is_wanted_or_not() {
        for (status, wanted) in [("IN_SERVICE", true), ("InService", false)] {
            let pattern = json!({"detail": {"EndpointStatus": [status]}}).to_string();
            assert_eq!(asked(&pattern, EVENT).await, Ok(json!({"Result": wanted})), "{status}");
        }
    }

    #[tokio::test]
    async fn what_is_no_pattern_or_no_event_is_refused() {
        for (pattern, event, sentence) in [
            (
                "{}",
                EVENT,
                "InvalidEventPatternException: Event pattern is not valid. Reason: Empty objects are not allowed",
            ),
            (
                r#"{"a":[1]}"#,
                "[]",
                "ValidationException: Parameter Event is not valid. Reason: It is not an object",
            ),
            (
                r#"{"a":[1]}"#,
                r#"{"id":"1"}"#,
                "ValidationException: Parameter Event is not valid. Reason: It has no account",
            ),
        ] {
            assert_eq!(asked(pattern, event).await, Err(sentence.to_owned()));
        }
    }
}

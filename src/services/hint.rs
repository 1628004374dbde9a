//! Words for the server's log about requests that are refused for a reason that AWS's own pages give.
//!
//! The refusal itself stays as AWS's: a client sees no hint.

use crate::schema::Value;

/// Values that somebody was told to send, and what to know of them.
const HINTS: [(&str, &str); 1] = [(
    "CAPACITY_PERCENTAGE",
    "AWS's page on rolling deployments writes CAPACITY_PERCENTAGE; the value is CAPACITY_PERCENT.",
)];

/// What there is to say about the first text in `input` that somebody was told to send.
pub(super) fn hint(input: &Value) -> Option<&'static str> {
    match input {
        Value::String(text) => HINTS.iter().find(|(told, _)| told == text).map(|(_, hint)| *hint),
        Value::List(elements) => elements.iter().find_map(hint),
        Value::Map(fields) => fields.iter().find_map(|(_, value)| hint(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn the_enum_typo_of_awss_own_page_is_found_where_it_stands() {
        let size = |kind: &str| json!({"MaximumBatchSize": {"Type": kind, "Value": 5}});
        let update = |size: Json| json!({"EndpointName": "web", "DeploymentConfig": [size]});
        for (input, found) in [
            (update(size("CAPACITY_PERCENTAGE")), true),
            (update(size("CAPACITY_PERCENT")), false),
            (update(size("capacity_percentage")), false),
            (json!({"CAPACITY_PERCENTAGE": 5}), false),
        ] {
            let value: Value = serde_json::from_value(input.clone()).expect("any JSON is a value");
            let said = hint(&value).is_some_and(|hint| hint.ends_with("the value is CAPACITY_PERCENT."));
            assert_eq!(said, found, "{input}");
        }
    }
}

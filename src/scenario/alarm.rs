//! Alarms, in AWS's words: the members of `PutMetricAlarm`, or of `PutCompositeAlarm` where there is an `AlarmRule`.
//!
//! `endpoint`, and with it `variant`, stand for the namespace and the dimensions of SageMaker's invocation metrics.

use serde_json::{Value, json};

use super::config::ALL_TRAFFIC;
use super::node::{Node, below};
use super::{Place, Step, Wrong};
use crate::schema::{ServiceId, service};

/// `[alarms.NAME]`.
pub(super) fn alarm(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    node.table(&place.key, "a table of the members of PutMetricAlarm or PutCompositeAlarm")?;
    let is_composite = node.get("AlarmRule").is_some();
    let operation = if is_composite { "PutCompositeAlarm" } else { "PutMetricAlarm" };
    let mut known = members(operation);
    if !is_composite {
        known.extend(["endpoint", "variant"]);
    }
    known.retain(|member| *member != "AlarmName");
    node.only(&place.key, &known)?;
    let mut input = node.members();
    if let Some(endpoint) = node.get("endpoint") {
        let endpoint = endpoint.text(&below(&place.key, "endpoint"), "the name of an endpoint")?;
        let variant = match node.get("variant") {
            Some(variant) => variant.text(&below(&place.key, "variant"), "the name of a variant")?,
            None => ALL_TRAFFIC,
        };
        let dimensions = json!([
            {"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant},
        ]);
        let usual = [
            ("Namespace", json!("AWS/SageMaker")),
            ("Dimensions", dimensions),
            ("Period", json!(60)),
            ("EvaluationPeriods", json!(1)),
            ("ComparisonOperator", json!("GreaterThanThreshold")),
        ];
        for (member, value) in usual {
            input.entry(member).or_insert(value);
        }
    } else if node.get("variant").is_some() {
        return Err(place.wrong("A \"variant\" is one of an \"endpoint\", which is not said."));
    }
    input.remove("endpoint");
    input.remove("variant");
    input.insert("AlarmName".to_owned(), Value::String(name.to_owned()));
    steps.push(Step::aws(place, operation, Value::Object(input)));
    Ok(())
}

/// The members of an operation's input.
fn members(operation: &str) -> Vec<&'static str> {
    let model = service(ServiceId::CloudWatch);
    let operation = model.operation(operation).expect("it is built");
    let shape = operation.input.map(|shape| model.shape(shape));
    shape.map_or_else(Vec::new, |shape| shape.members().iter().map(|member| member.name).collect())
}

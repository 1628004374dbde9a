//! Alarms, in AWS's words: the members of `PutMetricAlarm`, or of `PutCompositeAlarm` where there is an `AlarmRule`.
//!
//! `endpoint`, and with it `variant`, or `inference_component` stand for the namespace and the dimensions of SageMaker's
//! invocation metrics.

use serde_json::{Value, json};

use super::config::ALL_TRAFFIC;
use super::node::{Node, below};
use super::{Place, Step, Wrong};
use crate::schema::{ServiceId, service};

/// What stands for dimensions.
const SHORT: [&str; 3] = ["endpoint", "variant", "inference_component"];

/// `[alarms.NAME]`.
pub(super) fn alarm(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    node.table(&place.key, "a table of the members of PutMetricAlarm or PutCompositeAlarm")?;
    let is_composite = node.get("AlarmRule").is_some();
    let operation = if is_composite { "PutCompositeAlarm" } else { "PutMetricAlarm" };
    let mut known = members(operation);
    if !is_composite {
        known.extend(SHORT);
    }
    known.retain(|member| *member != "AlarmName");
    node.only(&place.key, &known)?;
    let mut input = node.members();
    if let Some(dimensions) = dimensions(place, node)? {
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
    }
    for short in SHORT {
        input.remove(short);
    }
    input.insert("AlarmName".to_owned(), Value::String(name.to_owned()));
    steps.push(Step::aws(place, operation, Value::Object(input)));
    Ok(())
}

/// The dimensions of an endpoint's variant or of an inference component, where one of them is said.
fn dimensions(place: &Place, node: &Node) -> Result<Option<Value>, Wrong> {
    let named = |key: &str, what: &str| {
        let text =
            node.get(key).map(|found| found.text(&below(&place.key, key), &format!("the name of {what}")));
        text.transpose()
    };
    let component = named("inference_component", "an inference component")?;
    match (named("endpoint", "an endpoint")?, named("variant", "a variant")?, component) {
        (None, None, None) => Ok(None),
        (None, None, Some(component)) => {
            Ok(Some(json!([{"Name": "InferenceComponentName", "Value": component}])))
        }
        (Some(endpoint), variant, None) => Ok(Some(json!([
            {"Name": "EndpointName", "Value": endpoint},
            {"Name": "VariantName", "Value": variant.unwrap_or(ALL_TRAFFIC)},
        ]))),
        (None, Some(_), _) => Err(place.wrong("A \"variant\" is one of an \"endpoint\", which is not said.")),
        (Some(_), _, Some(_)) => {
            Err(place.wrong("It has an \"endpoint\" already, so it is about no \"inference_component\"."))
        }
    }
}

/// The members of an operation's input.
fn members(operation: &str) -> Vec<&'static str> {
    let model = service(ServiceId::CloudWatch);
    let operation = model.operation(operation).expect("it is built");
    let shape = operation.input.map(|shape| model.shape(shape));
    shape.map_or_else(Vec::new, |shape| shape.members().iter().map(|member| member.name).collect())
}

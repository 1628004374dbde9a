//! Inference components, in a few words.

use serde_json::{Map, Value, json};

use super::node::{Node, below};
use super::{Place, Step, Wrong};

const COMPONENT: [&str; 7] =
    ["endpoint", "variant", "model", "copies", "accelerators", "cpu_cores", "memory_mb"];

/// What a copy needs where nothing is said of it, MiB: a gigabyte, and nothing else.
const MEMORY_MB: i64 = 1024;

/// `[inference_components.NAME]`: `endpoint` and `model`, and how many copies there are and what each needs.
pub(super) fn component(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    node.table(&place.key, "a table: endpoint, model, copies, and what a copy needs")?;
    node.only(&place.key, &COMPONENT)?;
    let named = |key: &str, what: &str| {
        let found = node.get(key).ok_or_else(|| place.wrong(format!("It needs {what}.")))?;
        found.text(&below(&place.key, key), &format!("the name of {what}")).map(str::to_owned)
    };
    let (endpoint, model) = (named("endpoint", "an endpoint")?, named("model", "a model")?);
    let memory = node.get("memory_mb").map_or_else(|| json!(MEMORY_MB), Node::to_json);
    let mut needs = Map::from_iter([("MinMemoryRequiredInMb".to_owned(), memory)]);
    for (key, member) in
        [("accelerators", "NumberOfAcceleratorDevicesRequired"), ("cpu_cores", "NumberOfCpuCoresRequired")]
    {
        if let Some(count) = node.get(key) {
            needs.insert(member.to_owned(), count.to_json());
        }
    }
    let mut input = json!({
        "InferenceComponentName": name,
        "EndpointName": endpoint,
        "Specification": {"ModelName": model, "ComputeResourceRequirements": Value::Object(needs)},
        "RuntimeConfig": {"CopyCount": node.get("copies").map_or_else(|| json!(1), Node::to_json)},
    });
    if let Some(variant) = node.get("variant") {
        input["VariantName"] = variant.text(&below(&place.key, "variant"), "the name of a variant")?.into();
    }
    steps.push(Step::aws(place, "CreateInferenceComponent", input));
    Ok(())
}

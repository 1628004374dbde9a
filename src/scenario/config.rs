//! Endpoint configs: of one variant in a few words, or of several.

use serde_json::{Value, json};

use super::node::{Content, Node, below};
use super::{Place, Step, Wrong};

/// What an endpoint config says.
pub(super) const CONFIG: [&str; 6] =
    ["model", "hosts_components", "managed_instances", "instances", "instance_type", "variants"];

const VARIANT: [&str; 7] =
    ["name", "model", "hosts_components", "managed_instances", "instances", "instance_type", "weight"];

/// The name of the only variant, as AWS's own examples have it.
pub(super) const ALL_TRAFFIC: &str = "AllTraffic";

/// The instance type where none is said.
pub(super) const AWS_DEFAULT_TYPE: &str = "ml.m5.large";

/// `[endpoint_configs.NAME]`.
pub(super) fn config(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    node.table(&place.key, "a table: model, instances and instance_type, or variants")?;
    node.only(&place.key, &CONFIG)?;
    steps.push(Step::aws(place, "CreateEndpointConfig", spec(name, place, node)?));
    Ok(())
}

/// The input of `CreateEndpointConfig`.
pub(super) fn spec(name: &str, place: &Place, node: &Node) -> Result<Value, Wrong> {
    let variants = match node.get("variants") {
        None => vec![variant(ALL_TRAFFIC, &place.key, node)?],
        Some(list) => {
            if let Some(other) =
                CONFIG.into_iter().filter(|key| *key != "variants").find(|key| node.get(key).is_some())
            {
                return Err(place.wrong(format!("Its \"variants\" say their \"{other}\" each.")));
            }
            several(&below(&place.key, "variants"), list)?
        }
    };
    Ok(json!({"EndpointConfigName": name, "ProductionVariants": variants}))
}

fn several(path: &str, list: &Node) -> Result<Vec<Value>, Wrong> {
    let Content::List(items) = &list.content else {
        return Err(list.wrong(path, "It must be a list of tables."));
    };
    let read = items.iter().enumerate().map(|(index, item)| {
        let path = format!("{path}[{index}]");
        item.table(&path, "a table: name, model, instances, instance_type and weight")?;
        item.only(&path, &VARIANT)?;
        let name = item.get("name").ok_or_else(|| item.wrong(&path, "It needs a name."))?;
        variant(name.text(&below(&path, "name"), "a text")?, &path, item)
    });
    read.collect()
}

/// A production variant. What is not said is AWS's smallest: one instance, all of the weight.
fn variant(name: &str, path: &str, node: &Node) -> Result<Value, Wrong> {
    let said = |key: &str, default: Value| node.get(key).map_or(default, Node::to_json);
    let mut variant = json!({
        "VariantName": name,
        "InitialInstanceCount": said("instances", 1.into()),
        "InstanceType": said("instance_type", AWS_DEFAULT_TYPE.into()),
        "InitialVariantWeight": said("weight", 1.into()),
    });
    let hosts = node.get("hosts_components").map(|hosts| hosts.truth(&below(path, "hosts_components")));
    match (node.get("model"), hosts.transpose()?.unwrap_or(false)) {
        (Some(model), false) => {
            variant["ModelName"] = model.text(&below(path, "model"), "the name of a model")?.into();
        }
        (None, true) => {}
        (None, false) => return Err(node.wrong(path, "It needs a model, or hosts_components = true.")),
        (Some(_), true) => {
            return Err(node.wrong(path, "What has hosts_components = true has no model of its own."));
        }
    }
    if let Some(managed) = node.get("managed_instances") {
        variant["ManagedInstanceScaling"] = managed_instances(&below(path, "managed_instances"), managed)?;
    }
    Ok(variant)
}

/// `managed_instances = { min = 0, max = 4 }`: `ManagedInstanceScaling`.
fn managed_instances(path: &str, node: &Node) -> Result<Value, Wrong> {
    node.table(path, "a table: min and max")?;
    node.only(path, &["min", "max"])?;
    let mut scaling = json!({"Status": "ENABLED"});
    for (key, member) in [("min", "MinInstanceCount"), ("max", "MaxInstanceCount")] {
        if let Some(count) = node.get(key) {
            scaling[member] = count.to_json();
        }
    }
    Ok(scaling)
}

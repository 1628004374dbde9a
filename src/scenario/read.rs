//! What a scenario says, section by section, as requests in the order in which they can be made.

use serde_json::{Map, Value, json};

use super::alarm::alarm;
use super::component::component;
use super::config::{AWS_DEFAULT_TYPE, CONFIG, config, spec};
use super::node::{Content, Key, Node, below};
use super::{Place, Request, Scenario, Step, Wrong};

const SECTIONS: [&str; 9] = [
    "clock",
    "models",
    "endpoint_configs",
    "endpoints",
    "inference_components",
    "capacity",
    "alarms",
    "traffic",
    "faults",
];

/// The whole scenario.
pub(super) fn scenario(root: &Node) -> Result<Scenario, Wrong> {
    root.table("", "a table of sections")?;
    root.only("", &SECTIONS)?;
    let clock = root.entry("clock").map(clock).transpose()?;
    let mut steps = Vec::new();
    named(root, "models", model, &mut steps)?;
    named(root, "endpoint_configs", config, &mut steps)?;
    named(root, "endpoints", endpoint, &mut steps)?;
    settle(root, "endpoints", &mut steps);
    named(root, "inference_components", component, &mut steps)?;
    settle(root, "inference_components", &mut steps);
    named(root, "capacity", capacity, &mut steps)?;
    named(root, "alarms", alarm, &mut steps)?;
    named(root, "traffic", traffic, &mut steps)?;
    faults(root, &mut steps)?;
    Ok(Scenario { clock, steps })
}

/// What a section has begun comes to rest, if there is that section.
fn settle(root: &Node, section: &str, steps: &mut Vec<Step>) {
    if let Some((key, node)) = root.entry(section) {
        let place = Place::of(key.line, key.name.clone(), node);
        steps.push(Step { place, request: Request::Settle });
    }
}

/// Reads each entry of a section whose keys are names.
fn named(
    root: &Node,
    section: &str,
    read: fn(&str, &Place, &Node, &mut Vec<Step>) -> Result<(), Wrong>,
    steps: &mut Vec<Step>,
) -> Result<(), Wrong> {
    let Some(node) = root.get(section) else { return Ok(()) };
    for (key, node) in node.table(section, "a table whose keys are names")? {
        let place = Place::of(key.line, below(section, &key.name), node);
        read(&key.name, &place, node, steps)?;
    }
    Ok(())
}

fn clock((key, node): &(Key, Node)) -> Result<(String, Place), Wrong> {
    let text = node.text("clock", "\"real\", \"manual\" or a rate such as \"60x\"")?.to_owned();
    Ok((text, Place::of(key.line, key.name.clone(), node)))
}

/// `[models.NAME]`: `image`, `environment`, and what `PUT /_sagebrush/models/NAME/behaviour` takes.
fn model(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    node.table(&place.key, "a table: image, environment, and how the model behaves")?;
    let mut behaviour = node.members();
    let image = match node.get("image") {
        Some(image) => image.text(&below(&place.key, "image"), "the name of an image")?.to_owned(),
        None => format!("sagebrush/{name}:1"),
    };
    let mut container = Map::from_iter([("Image".to_owned(), Value::String(image))]);
    if let Some(environment) = node.get("environment") {
        let path = below(&place.key, "environment");
        environment.table(&path, "a table of texts")?;
        container.insert("Environment".to_owned(), environment.to_json());
    }
    behaviour.remove("image");
    behaviour.remove("environment");
    let input = json!({"ModelName": name, "PrimaryContainer": container});
    steps.push(Step::aws(place, "CreateModel", input));
    if !behaviour.is_empty() {
        let path = format!("models/{}/behaviour", escaped(name));
        steps.push(Step::control(place, "PUT", path, Value::Object(behaviour)));
    }
    Ok(())
}

/// `[endpoints.NAME]`: `config`, or what an endpoint config says, which then has the endpoint's name; and `tags`.
fn endpoint(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    node.table(&place.key, "a table: config, or model, instances, instance_type or variants; and tags")?;
    let known = [&["config", "tags"][..], &CONFIG[..]].concat();
    node.only(&place.key, &known)?;
    let config = if let Some(named) = node.get("config") {
        if let Some(other) = CONFIG.into_iter().find(|name| node.get(name).is_some()) {
            let sentence = format!("It has a \"config\" already, which says its \"{other}\".");
            return Err(place.wrong(sentence));
        }
        named.text(&below(&place.key, "config"), "the name of an endpoint config")?.to_owned()
    } else {
        steps.push(Step::aws(place, "CreateEndpointConfig", spec(name, place, node)?));
        name.to_owned()
    };
    let mut input = json!({"EndpointName": name, "EndpointConfigName": config});
    if let Some(tags) = node.get("tags") {
        let path = below(&place.key, "tags");
        let mut list = Vec::new();
        for (key, value) in tags.table(&path, "a table of texts")? {
            let value = value.text(&below(&path, &key.name), "a text")?;
            list.push(json!({"Key": key.name, "Value": value}));
        }
        input["Tags"] = Value::Array(list);
    }
    steps.push(Step::aws(place, "CreateEndpoint", input));
    Ok(())
}

/// `[capacity."TYPE"]`: `pool` and `quota`.
fn capacity(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    node.table(&place.key, &format!("a table such as {{pool = 8}} of a type such as {AWS_DEFAULT_TYPE:?}"))?;
    steps.push(Step::control(place, "PUT", format!("capacity/{}", escaped(name)), node.to_json()));
    Ok(())
}

/// `traffic.ENDPOINT`: requests a second, or what `PUT /_sagebrush/endpoints/ENDPOINT/traffic` takes.
fn traffic(name: &str, place: &Place, node: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    let body = if let Content::Number(number) = &node.content {
        json!({"requests_per_second": number})
    } else {
        node.table(&place.key, "a number of requests a second, or a table that has requests_per_second")?;
        node.to_json()
    };
    steps.push(Step::control(place, "PUT", format!("endpoints/{}/traffic", escaped(name)), body));
    Ok(())
}

/// `[[faults]]`: what `POST /_sagebrush/faults` takes.
fn faults(root: &Node, steps: &mut Vec<Step>) -> Result<(), Wrong> {
    let Some(node) = root.get("faults") else { return Ok(()) };
    let Content::List(faults) = &node.content else {
        return Err(node.wrong("faults", "It must be a list of tables."));
    };
    for (index, fault) in faults.iter().enumerate() {
        let path = format!("faults[{index}]");
        fault.table(&path, "a table that has a kind")?;
        let line = fault.entries().iter().map(|(key, _)| key.line).fold(fault.line, usize::min);
        let place = Place::of(line, path, fault);
        steps.push(Step::control(&place, "POST", "faults".to_owned(), fault.to_json()));
    }
    Ok(())
}

/// A name as a part of a path.
fn escaped(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

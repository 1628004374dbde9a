//! From the parameters of an awsQuery request to a [`Value`] of a given shape.
//!
//! `Dimensions.member.1.Name=EndpointName` is one leaf of a tree. The tree is built first, then read by
//! the shape; parameters that the shape does not know are dropped.

use std::collections::HashMap;

use aws_smithy_types::date_time::{DateTime, Format};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::clock::Timestamp;
use crate::schema::{Fault, Fields, Kind, Service, Shape, ShapeId, Value};

/// No shape is nested deeper than this by a form; a longer name is nobody's.
const DEEPEST: usize = 64;

/// Reads `parameters` as the input shape of an operation.
pub fn decode_form<'a>(
    service: &Service,
    shape: Option<ShapeId>,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Value, Fault> {
    let Some(shape) = shape else { return Ok(Value::empty()) };
    let mut root = Node::default();
    for (name, text) in parameters {
        if name.bytes().filter(|byte| *byte == b'.').count() < DEEPEST {
            name.split('.').fold(&mut root, |node, step| node.steps.entry(step).or_default()).text =
                Some(text);
        }
    }
    Form { service }.structure(service.shape(shape), &root, "")
}

/// What one prefix of the names leads to.
#[derive(Default)]
struct Node<'a> {
    text: Option<&'a str>,
    steps: HashMap<&'a str, Node<'a>>,
}

impl<'a> Node<'a> {
    /// The numbered children, in the order of their numbers.
    fn numbered(&self, name: &str) -> Vec<&Node<'a>> {
        let Some(list) = self.steps.get(name) else { return Vec::new() };
        let numbered = list.steps.iter().filter_map(|(step, node)| Some((step.parse::<u32>().ok()?, node)));
        let mut numbered: Vec<_> = numbered.collect();
        numbered.sort_by_key(|(number, _)| *number);
        numbered.into_iter().map(|(_, node)| node).collect()
    }
}

struct Form<'m> {
    service: &'m Service,
}

impl Form<'_> {
    fn value(&self, shape: &Shape, node: &Node<'_>, path: &str) -> Result<Value, Fault> {
        match &shape.kind {
            Kind::Structure(_) => self.structure(shape, node, path),
            Kind::List { element, .. } => {
                let element = self.service.shape(*element);
                let elements = node.numbered("member").into_iter();
                elements
                    .map(|node| self.value(element, node, path))
                    .collect::<Result<_, _>>()
                    .map(Value::List)
            }
            Kind::Map { value, .. } => {
                let held = self.service.shape(*value);
                let mut fields = Fields::new();
                for entry in node.numbered("entry") {
                    let key = entry.steps.get("key").and_then(|key| key.text);
                    if let (Some(key), Some(value)) = (key, entry.steps.get("value")) {
                        fields.insert(key, self.value(held, value, path)?);
                    }
                }
                Ok(Value::Map(fields))
            }
            kind => scalar(kind, node.text.unwrap_or_default()).ok_or_else(|| malformed(path)),
        }
    }

    fn structure(&self, shape: &Shape, node: &Node<'_>, path: &str) -> Result<Value, Fault> {
        let mut fields = Fields::new();
        for member in shape.members() {
            if let Some(node) = node.steps.get(member.name) {
                let dot = if path.is_empty() { "" } else { "." };
                let path = format!("{path}{dot}{}", member.name);
                fields.insert(member.name, self.value(self.service.shape(member.shape), node, &path)?);
            }
        }
        Ok(Value::Map(fields))
    }
}

fn malformed(path: &str) -> Fault {
    Fault::new("MalformedInput", format!("The value of the parameter {path} has the wrong type."), 400)
}

/// `text` as a value of a kind that is no structure, list or map.
pub(super) fn scalar(kind: &Kind, text: &str) -> Option<Value> {
    Some(match kind {
        Kind::Integer(_) | Kind::Long(_) => Value::Int(text.trim().parse().ok()?),
        Kind::Float(_) | Kind::Double(_) => Value::Float(text.trim().parse().ok()?),
        Kind::Boolean if text.eq_ignore_ascii_case("true") => Value::Bool(true),
        Kind::Boolean if text.eq_ignore_ascii_case("false") => Value::Bool(false),
        Kind::Boolean => return None,
        Kind::Timestamp => Value::Timestamp(instant(text)?),
        Kind::Blob { .. } => Value::Blob(BASE64.decode(text).ok()?.into()),
        _ => Value::from(text),
    })
}

/// RFC 3339, or seconds since the epoch.
fn instant(text: &str) -> Option<Timestamp> {
    let read = DateTime::from_str(text, Format::DateTimeWithOffset)
        .or_else(|_| DateTime::from_str(text, Format::EpochSeconds));
    read.ok()?.to_millis().ok().map(Timestamp)
}

//! YAML, with its lines, and so JSON.

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::Number;

use super::Wrong;
use super::node::{Content, Key, Node};

/// Reads a YAML document; one that says nothing is an empty table.
pub(super) fn parse(text: &str) -> Result<Node, Wrong> {
    let documents = MarkedYaml::load_from_str(text)
        .map_err(|error| Wrong::at(error.marker().line(), format!("It is no YAML: {}.", error.info())))?;
    match documents.as_slice() {
        [] => Ok(Node { line: 1, content: Content::Table(Vec::new()) }),
        [document] => node(document),
        [_, second, ..] => {
            let line = second.span.start.line();
            Err(Wrong::at(line, "A scenario is one document: there must be no other."))
        }
    }
}

fn node(yaml: &MarkedYaml<'_>) -> Result<Node, Wrong> {
    let line = yaml.span.start.line().max(1);
    let content = match &yaml.data {
        YamlData::Value(scalar) => match scalar {
            Scalar::Null => Content::Null,
            Scalar::Boolean(value) => Content::Bool(*value),
            Scalar::Integer(value) => Content::Number((*value).into()),
            Scalar::FloatingPoint(value) => {
                let number = Number::from_f64(value.into_inner());
                Content::Number(number.ok_or_else(|| Wrong::at(line, "A number must be finite."))?)
            }
            Scalar::String(text) => Content::Text(text.to_string()),
        },
        YamlData::Sequence(items) => Content::List(items.iter().map(node).collect::<Result<_, _>>()?),
        YamlData::Mapping(entries) => {
            let read = entries.iter().map(|(key, value)| {
                let line = key.span.start.line().max(1);
                let name = match &key.data {
                    YamlData::Value(Scalar::String(text)) => text.to_string(),
                    YamlData::Value(Scalar::Integer(number)) => number.to_string(),
                    _ => return Err(Wrong::at(line, "A key must be a text.")),
                };
                let value = node(value).map_err(|wrong| wrong.below(&name))?;
                Ok((Key { name, line }, value))
            });
            Content::Table(read.collect::<Result<_, _>>()?)
        }
        YamlData::Representation(..) | YamlData::Tagged(..) | YamlData::Alias(_) | YamlData::BadValue => {
            return Err(Wrong::at(line, "It must be plain YAML: values, lists and tables, without tags."));
        }
    };
    Ok(Node { line, content })
}

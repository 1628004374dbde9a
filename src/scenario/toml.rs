//! TOML, with its lines.

use serde_json::Number;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Wrong;
use super::node::{Content, Key, Node};

/// Reads a TOML document.
pub(super) fn parse(text: &str) -> Result<Node, Wrong> {
    let lines = Lines(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.of(span.start));
        Wrong { line, key: String::new(), sentence: format!("It is no TOML: {}.", error.message()) }
    })?;
    lines.table(table.get_ref()).map(|content| Node { line: 1, content })
}

/// The text, to count lines in.
struct Lines<'a>(&'a str);

impl Lines<'_> {
    fn of(&self, at: usize) -> usize {
        let before = self.0.as_bytes().iter().take(at);
        before.filter(|byte| **byte == b'\n').count() + 1
    }

    fn table(&self, table: &DeTable<'_>) -> Result<Content, Wrong> {
        let mut entries: Vec<(Key, Node)> = Vec::with_capacity(table.len());
        for (name, value) in table {
            let key = Key { name: name.get_ref().to_string(), line: self.of(name.span().start) };
            let node = self.node(value).map_err(|wrong| wrong.below(&key.name))?;
            entries.push((key, node));
        }
        // A table has the order of its names; a scenario has that of its lines.
        entries.sort_by_key(|(key, _)| key.line);
        Ok(Content::Table(entries))
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Result<Node, Wrong> {
        let line = self.of(value.span().start);
        let number = |text: &str| {
            let number: Option<Number> = serde_json::from_str(text).ok();
            let sentence = || format!("{text} is no number that can be used here.");
            number.map(Content::Number).ok_or_else(|| Wrong {
                line,
                key: String::new(),
                sentence: sentence(),
            })
        };
        let content = match value.get_ref() {
            DeValue::String(text) => Content::Text(text.to_string()),
            DeValue::Integer(integer) => {
                let read = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
                number(&read.map_or_else(|| integer.to_string(), |read| read.to_string()))?
            }
            DeValue::Float(float) => {
                let read: Option<f64> = float.as_str().parse().ok();
                number(&read.map_or_else(|| float.to_string(), |read| format!("{read:?}")))?
            }
            DeValue::Boolean(value) => Content::Bool(*value),
            DeValue::Datetime(at) => Content::Text(at.to_string()),
            DeValue::Array(items) => {
                Content::List(items.iter().map(|item| self.node(item)).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => self.table(table)?,
        };
        Ok(Node { line, content })
    }
}

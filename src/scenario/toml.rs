//! TOML, with its lines.

use serde_json::Number;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Wrong;
use super::node::{Content, Key, Node};

/// Reads a TOML document.
pub(super) fn parse(text: &str) -> Result<Node, Wrong> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|error| {
        let line = error.span().map_or(1, |span| lines.at(span.start));
        Wrong::at(line, format!("It is no TOML: {}.", error.message()))
    })?;
    lines.table(table.get_ref()).map(|content| Node { line: 1, content })
}

/// Where the lines of a text end, in bytes.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at).collect())
    }

    /// The line of a byte, from 1.
    fn at(&self, byte: usize) -> usize {
        self.0.partition_point(|end| *end < byte) + 1
    }

    fn table(&self, table: &DeTable<'_>) -> Result<Content, Wrong> {
        let mut entries: Vec<(Key, Node)> = Vec::with_capacity(table.len());
        for (name, value) in table {
            let key = Key { name: name.get_ref().to_string(), line: self.at(name.span().start) };
            let node = self.node(value).map_err(|wrong| wrong.below(&key.name))?;
            entries.push((key, node));
        }
        // A table has the order of its names; a scenario has that of its lines.
        entries.sort_by_key(|(key, _)| key.line);
        Ok(Content::Table(entries))
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Result<Node, Wrong> {
        let line = self.at(value.span().start);
        let number = |text: &str| {
            let number: Option<Number> = serde_json::from_str(text).ok();
            let wrong = || Wrong::at(line, format!("{text} is no number that can be used here."));
            number.map(Content::Number).ok_or_else(wrong)
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

//! A value in a file, and on which line it is.

use serde_json::{Map, Number, Value};

use super::Wrong;

/// A key of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: String,
    pub(super) line: usize,
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) content: Content,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Node>),
    Table(Vec<(Key, Node)>),
}

impl Node {
    /// The entries of a table; none of anything else.
    pub(super) fn entries(&self) -> &[(Key, Node)] {
        match &self.content {
            Content::Table(entries) => entries,
            _ => &[],
        }
    }

    /// The entries of what must be a table.
    pub(super) fn table(&self, path: &str, wanted: &str) -> Result<&[(Key, Node)], Wrong> {
        match &self.content {
            Content::Table(entries) => Ok(entries),
            // A key of YAML with nothing behind it.
            Content::Null => Ok(&[]),
            _ => Err(self.wrong(path, format!("It must be {wanted}, not {}.", self.kind()))),
        }
    }

    /// What must be true or false.
    pub(super) fn truth(&self, path: &str) -> Result<bool, Wrong> {
        match &self.content {
            Content::Bool(truth) => Ok(*truth),
            _ => Err(self.wrong(path, format!("It must be true or false, not {}.", self.kind()))),
        }
    }

    /// What must be a text.
    pub(super) fn text(&self, path: &str, wanted: &str) -> Result<&str, Wrong> {
        match &self.content {
            Content::Text(text) => Ok(text),
            _ => Err(self.wrong(path, format!("It must be {wanted}, not {}.", self.kind()))),
        }
    }

    /// That key and its value.
    pub(super) fn entry(&self, name: &str) -> Option<&(Key, Node)> {
        self.entries().iter().find(|(key, _)| key.name == name)
    }

    /// The value of that key.
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// The paths of all keys below this value, which is at `path`, with their lines.
    pub(super) fn paths(&self, path: &str, found: &mut Vec<(String, usize)>) {
        for (key, node) in self.entries() {
            let path = below(path, &key.name);
            found.push((path.clone(), key.line));
            node.paths(&path, found);
        }
        if let Content::List(items) = &self.content {
            for (index, item) in items.iter().enumerate() {
                let path = format!("{path}[{index}]");
                found.push((path.clone(), item.line));
                item.paths(&path, found);
            }
        }
    }

    /// What is wrong here.
    pub(super) fn wrong(&self, path: &str, sentence: impl Into<String>) -> Wrong {
        Wrong { line: self.line, key: path.to_owned(), sentence: sentence.into() }
    }

    /// Refuses keys other than these.
    pub(super) fn only(&self, path: &str, known: &[&str]) -> Result<(), Wrong> {
        let unknown = self.entries().iter().find(|(key, _)| !known.contains(&key.name.as_str()));
        unknown.map_or(Ok(()), |(key, _)| {
            let sentence = format!("It is not known; there are {}.", known.join(", "));
            Err(Wrong { line: key.line, key: below(path, &key.name), sentence })
        })
    }

    /// The value without its lines.
    pub(super) fn to_json(&self) -> Value {
        match &self.content {
            Content::Null => Value::Null,
            Content::Bool(value) => Value::Bool(*value),
            Content::Number(number) => Value::Number(number.clone()),
            Content::Text(text) => Value::String(text.clone()),
            Content::List(items) => items.iter().map(Self::to_json).collect(),
            Content::Table(_) => Value::Object(self.members()),
        }
    }

    /// The members of a table.
    pub(super) fn members(&self) -> Map<String, Value> {
        self.entries().iter().map(|(key, node)| (key.name.clone(), node.to_json())).collect()
    }

    fn kind(&self) -> &'static str {
        match self.content {
            Content::Null => "nothing",
            Content::Bool(_) => "true or false",
            Content::Number(_) => "a number",
            Content::Text(_) => "a text",
            Content::List(_) => "a list",
            Content::Table(_) => "a table",
        }
    }
}

/// The path of a key below another.
pub(super) fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

//! Scenarios: a world in one file, with models, endpoints in service, alarms, traffic and faults.
//!
//! Reading one makes a list of [`Step`]s: the very requests that a user would make, each with its place in the file, so
//! that whatever is refused is told with its line and key. Nothing is done here.
//!
//! Invariant: what a file says and nobody takes is refused, so a slip of the pen never turns into another world.

mod alarm;
mod aws;
mod component;
mod config;
mod node;
mod read;
mod toml;
mod yaml;

use std::fmt;

use serde_json::Value;

use node::Node;

/// How a scenario is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TOML.
    Toml,
    /// YAML, and so JSON.
    Yaml,
}

/// A world as it is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// How its time is to pass, as the setting `clock` says it, and where that is said.
    pub clock: Option<(String, Place)>,
    /// What makes it, in order.
    pub steps: Vec<Step>,
}

/// A request on the way to a world.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Where it comes from.
    pub place: Place,
    /// The request.
    pub request: Request,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// An operation of AWS.
    Aws {
        /// Its name.
        operation: &'static str,
        /// Its input.
        input: Value,
    },
    /// A request to the control API.
    Control {
        /// The method.
        method: &'static str,
        /// The path after `/_sagebrush/`.
        path: String,
        /// The body.
        body: Value,
    },
    /// Time passes until no endpoint is in transition.
    Settle,
}

/// A place in a file: a key, and where its parts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// The keys down to it, with dots.
    pub key: String,
    /// The paths of all keys below it, with their lines.
    below: Vec<(String, usize)>,
}

/// Why a scenario makes no world: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Wrong {
    /// Line, from 1.
    pub line: usize,
    /// The keys down to it, with dots; empty where the file itself cannot be read.
    pub key: String,
    /// A sentence.
    pub sentence: String,
}

impl Wrong {
    /// What is wrong in this line; the keys are told by who reads them.
    fn at(line: usize, sentence: impl Into<String>) -> Self {
        Self { line: line.max(1), key: String::new(), sentence: sentence.into() }
    }

    /// The same, told from one key further up.
    fn below(self, key: &str) -> Self {
        let key = if self.key.is_empty() { key.to_owned() } else { format!("{key}.{}", self.key) };
        Self { key, ..self }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.key.as_str() {
            "" => write!(f, "line {}: {}", self.line, self.sentence),
            key => write!(f, "line {}, {key}: {}", self.line, self.sentence),
        }
    }
}

impl Scenario {
    /// Reads a scenario.
    pub fn read(text: &str, format: Format) -> Result<Self, Wrong> {
        let root = match format {
            Format::Toml => toml::parse(text)?,
            Format::Yaml => yaml::parse(text)?,
        };
        read::scenario(&root)
    }
}

impl Place {
    fn of(line: usize, path: String, node: &Node) -> Self {
        let mut below = Vec::new();
        node.paths("", &mut below);
        Self { line, key: path, below }
    }

    /// What is wrong here; at the key below that the sentence names, if it names one.
    pub fn wrong(&self, sentence: impl Into<String>) -> Wrong {
        let sentence = sentence.into();
        let is_named = |name: &str| ['"', '\''].iter().any(|q| sentence.contains(&format!("{q}{name}{q}")));
        self.at(self.below.iter().find(|(name, _)| is_named(name)), sentence)
    }

    /// What AWS refuses of the input that was made of this: at the key that it means.
    pub fn refused(&self, operation: &str, input: &Value, sentence: &str) -> Wrong {
        match aws::path(operation, input, sentence) {
            Some(path) => self.at(aws::below(&self.below, &path), sentence.to_owned()),
            None => self.wrong(sentence),
        }
    }

    fn at(&self, below: Option<&(String, usize)>, sentence: String) -> Wrong {
        match below {
            Some((name, line)) => Wrong { line: *line, key: format!("{}.{name}", self.key), sentence },
            None => Wrong { line: self.line, key: self.key.clone(), sentence },
        }
    }
}

impl Step {
    fn aws(place: &Place, operation: &'static str, input: Value) -> Self {
        Self { place: place.clone(), request: Request::Aws { operation, input } }
    }

    fn control(place: &Place, method: &'static str, path: String, body: Value) -> Self {
        Self { place: place.clone(), request: Request::Control { method, path, body } }
    }
}

#[cfg(test)]
mod tests;

//! Event patterns: which events a rule wants.
//!
//! A pattern is an object. Every member must hold: one with an object of what is in the event's member, one with a list
//! if the event's value passes one of its tests, `$or` if one of its patterns does. Where the event has a list, one of its
//! elements must do; where that is an object, the same one for all that is said of it.
//! See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html>.

mod cidr;
mod numeric;
mod test;
#[cfg(test)]
mod tests;
mod wildcard;

use serde_json::{Map, Value};

use test::Test;

/// A pattern that is valid.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    fields: Vec<(String, Field)>,
    /// `$or`, each of which must hold.
    choices: Vec<Vec<Pattern>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Field {
    Nested(Pattern),
    Tests(Vec<Test>),
}

/// `$or` is a choice if it is a list of at least two objects; otherwise it is a member of that name.
const OR: &str = "$or";

impl Pattern {
    /// The pattern that a text says, or why it says none, in the manner of AWS.
    pub fn read(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let members = value.as_object().ok_or("Filter is not an object")?;
        Self::of(members)
    }

    fn of(members: &Map<String, Value>) -> Result<Self, String> {
        if members.is_empty() {
            return Err("Empty objects are not allowed".to_owned());
        }
        let mut pattern = Self { fields: Vec::new(), choices: Vec::new() };
        for (name, value) in members {
            let choice = value.as_array().filter(|_| name == OR).and_then(|list| objects(list));
            if let Some(choice) = choice {
                pattern.choices.push(choice.into_iter().map(Self::of).collect::<Result<_, _>>()?);
                continue;
            }
            let field = match value {
                Value::Object(members) => Field::Nested(Self::of(members)?),
                Value::Array(list) if list.is_empty() => {
                    return Err("Empty arrays are not allowed".to_owned());
                }
                Value::Array(list) => Field::Tests(list.iter().map(Test::of).collect::<Result<_, _>>()?),
                _ => return Err(format!("\"{name}\" must be an object or an array")),
            };
            pattern.fields.push((name.clone(), field));
        }
        Ok(pattern)
    }

    /// Whether an event is one that is wanted.
    pub fn matches(&self, event: &Value) -> bool {
        self.holds(Some(event))
    }

    fn holds(&self, value: Option<&Value>) -> bool {
        if let Some(Value::Array(list)) = value {
            // Without an object in it there is nothing of which anything is said.
            let objects: Vec<_> = list.iter().filter(|it| it.is_object() || it.is_array()).collect();
            return match objects.as_slice() {
                [] => self.holds(None),
                objects => objects.iter().any(|it| self.holds(Some(it))),
            };
        }
        let members = value.and_then(Value::as_object);
        let field = |(name, field): &(String, Field)| {
            let value = members.and_then(|members| members.get(name));
            match field {
                Field::Nested(pattern) => pattern.holds(value),
                Field::Tests(tests) => passes(tests, value),
            }
        };
        let choice = |patterns: &Vec<Self>| patterns.iter().any(|pattern| pattern.holds(value));
        self.fields.iter().all(field) && self.choices.iter().all(choice)
    }
}

fn objects(list: &[Value]) -> Option<Vec<&Map<String, Value>>> {
    (list.len() >= 2).then(|| list.iter().map(Value::as_object).collect()).flatten()
}

/// Whether a value passes one of the tests. Objects have no value of their own, and neither has an empty list.
fn passes(tests: &[Test], value: Option<&Value>) -> bool {
    let mut scalars = Vec::new();
    flatten(value, &mut scalars);
    if scalars.is_empty() {
        return tests.iter().any(Test::wants_absence);
    }
    scalars.into_iter().any(|scalar| tests.iter().any(|test| test.passes(scalar)))
}

fn flatten<'a>(value: Option<&'a Value>, scalars: &mut Vec<&'a Value>) {
    match value {
        None | Some(Value::Object(_)) => {}
        Some(Value::Array(list)) => list.iter().for_each(|it| flatten(Some(it), scalars)),
        Some(scalar) => scalars.push(scalar),
    }
}

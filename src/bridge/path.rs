//! Paths into an event, as `InputPath` and `InputPathsMap` have them: `$`, then members (`.detail`, `['detail-type']`),
//! places in a list (`[0]`) and all of a list (`[*]`). AWS lets a member have hyphens, which
//! the standard of such paths does not.

use serde_json::Value;

/// A path that is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Place(usize),
    All,
}

impl Path {
    /// The path that a text says; `None` if it says none.
    pub fn read(text: &str) -> Option<Self> {
        let mut rest = text.strip_prefix('$')?;
        let mut steps = Vec::new();
        while !rest.is_empty() {
            let step;
            (step, rest) = match rest.strip_prefix('.') {
                Some(after) => member(after)?,
                None => bracket(rest.strip_prefix('[')?)?,
            };
            steps.push(step);
        }
        Some(Self(steps))
    }

    /// What is there; `None` if nothing is.
    pub fn of(&self, event: &Value) -> Option<Value> {
        found(&self.0, event)
    }
}

/// A member's name up to the next step.
fn member(text: &str) -> Option<(Step, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let name = &text[..end];
    let legal = !name.is_empty() && !name.contains([' ', '\'', '"', '$', '*']);
    legal.then(|| (Step::Member(name.to_owned()), &text[end..]))
}

/// What stands between brackets.
fn bracket(text: &str) -> Option<(Step, &str)> {
    for quote in ['\'', '"'] {
        if let Some(after) = text.strip_prefix(quote) {
            let (name, rest) = after.split_once(quote)?;
            return Some((Step::Member(name.to_owned()), rest.strip_prefix(']')?));
        }
    }
    let (place, rest) = text.split_once(']')?;
    let step = if place == "*" { Step::All } else { Step::Place(place.parse().ok()?) };
    Some((step, rest))
}

fn found(steps: &[Step], value: &Value) -> Option<Value> {
    let Some((step, rest)) = steps.split_first() else { return Some(value.clone()) };
    match step {
        Step::Member(name) => found(rest, value.get(name)?),
        Step::Place(place) => found(rest, value.get(place)?),
        Step::All => {
            let list = value.as_array()?;
            Some(list.iter().filter_map(|each| found(rest, each)).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_leads_to_a_part_of_the_event() {
        let event =
            json!({"detail-type": "t", "detail": {"list": [{"a": 1}, {"b": 2}, {"a": 3}], "x.y": true}});
        for (text, expected) in [
            ("$", Some(event.clone())),
            ("$.detail-type", Some(json!("t"))),
            ("$['detail-type']", Some(json!("t"))),
            ("$.detail.list[1].b", Some(json!(2))),
            ("$.detail[\"x.y\"]", Some(json!(true))),
            ("$.detail.list[*].a", Some(json!([1, 3]))),
            ("$.detail.list[3]", None),
            ("$.detail.none.at.all", None),
            ("$.detail-type[*]", None),
        ] {
            assert_eq!(Path::read(text).expect(text).of(&event), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_none() {
        for text in
            ["", "detail", "$detail", "$.", "$..a", "$.a[", "$.a[x]", "$.a['b]", "$.a['b'", "$.a b", "$[-1]"]
        {
            assert_eq!(Path::read(text), None, "{text}");
        }
    }
}

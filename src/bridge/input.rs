//! What of an event a target gets: all of it, a part, a text of the rule's own, or a template with parts of the event in it.
//!
//! See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>.

use serde_json::Value;

use super::path::Path;

/// What a target gets.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The event.
    Event,
    /// `Input`: this JSON text, whatever the event is.
    Constant(String),
    /// `InputPath`.
    Part(Path),
    /// `InputTransformer`: variables with their paths, and the template.
    Template(Vec<(String, Path)>, String),
}

/// What a template may say beside its own variables.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// The rule's ARN.
    pub rule_arn: &'a str,
    /// The rule's name.
    pub rule_name: &'a str,
}

/// Variables that begin so are EventBridge's own.
const OWN: &str = "aws.events.";

impl Input {
    /// The text for the target.
    pub fn of(&self, event: &Value, around: Around<'_>) -> String {
        match self {
            Self::Event => event.to_string(),
            Self::Constant(text) => text.clone(),
            Self::Part(path) => path.of(event).unwrap_or(Value::Null).to_string(),
            Self::Template(variables, template) => filled(template, |name| {
                if let Some(own) = name.strip_prefix(OWN) {
                    return Self::own(own, event, around);
                }
                let (_, path) = variables.iter().find(|(known, _)| known == name)?;
                Some(path.of(event).unwrap_or_else(|| Value::String(String::new())))
            }),
        }
    }

    /// One of EventBridge's own variables.
    fn own(name: &str, event: &Value, around: Around<'_>) -> Option<Value> {
        match name {
            "rule-arn" => Some(around.rule_arn.into()),
            "rule-name" => Some(around.rule_name.into()),
            "event.ingestion-time" => event.get("time").cloned(),
            "event" => {
                let mut bare = event.clone();
                bare.as_object_mut()?.shift_remove("detail");
                Some(bare)
            }
            "event.json" => Some(event.clone()),
            _ => None,
        }
    }
}

/// The template with every `<name>` that means something replaced: as JSON, or, inside a JSON string, as its text.
fn filled(template: &str, value_of: impl Fn(&str) -> Option<Value>) -> String {
    let mut text = String::with_capacity(template.len());
    let (mut is_inside, mut rest) = (false, template);
    while let Some(sign) = rest.chars().next() {
        let variable = rest.strip_prefix('<').and_then(|after| after.split_once('>'));
        if let Some((name, after)) = variable
            && let Some(value) = value_of(name)
        {
            text.push_str(&if is_inside { inside(&value) } else { value.to_string() });
            rest = after;
            continue;
        }
        if sign == '\\'
            && let Some(escaped) = rest[1..].chars().next()
        {
            let (pair, after) = rest.split_at(1 + escaped.len_utf8());
            text.push_str(pair);
            rest = after;
            continue;
        }
        is_inside ^= sign == '"';
        text.push(sign);
        rest = &rest[sign.len_utf8()..];
    }
    text
}

/// A value inside a JSON string: a text as it is, whatever else without the quotes that would end the string.
fn inside(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let quoted = Value::from(text.as_str()).to_string();
            quoted[1..quoted.len() - 1].to_owned()
        }
        other => other.to_string().replace('"', ""),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const AROUND: Around<'static> = Around { rule_arn: "arn:rule", rule_name: "rule" };

    fn event() -> Value {
        json!({
            "id": "1", "detail-type": "EC2 Instance State-change Notification", "time": "2015-11-11T21:29:54Z",
            "detail": {"instance-id": "i-0123456789", "state": "RUNNING", "tags": ["a", "b"], "says": "\"no\""},
        })
    }

    fn transformed(template: &str) -> String {
        let paths = [
            ("instance", "$.detail.instance-id"),
            ("state", "$.detail.state"),
            ("tags", "$.detail.tags"),
            ("none", "$.detail.none"),
            ("says", "$.detail.says"),
        ];
        let paths = paths.map(|(name, path)| (name.to_owned(), Path::read(path).expect(path)));
        Input::Template(paths.to_vec(), template.to_owned()).of(&event(), AROUND)
    }

    /// The examples of AWS's page.
    #[test]
    fn templates_are_filled_as_in_awss_examples() {
        for (template, expected) in [
            (r#""instance <instance> is in <state>""#, r#""instance i-0123456789 is in RUNNING""#),
            (
                r#"{"instance" : <instance>, "state": <state>}"#,
                r#"{"instance" : "i-0123456789", "state": "RUNNING"}"#,
            ),
            (
                r#"{"instance" : <instance>, "state": "<state>"}"#,
                r#"{"instance" : "i-0123456789", "state": "RUNNING"}"#,
            ),
            (
                r#"{"state": "<state>", "deep": {"instance": "<instance>-a"}}"#,
                r#"{"state": "RUNNING", "deep": {"instance": "i-0123456789-a"}}"#,
            ),
            (r#"{"tags": <tags>, "text": "<tags>"}"#, r#"{"tags": ["a","b"], "text": "[a,b]"}"#),
        ] {
            assert_eq!(transformed(template), expected, "{template}");
        }
    }

    #[test]
    fn a_template_stays_json_whatever_the_event_says() {
        for (template, expected) in [
            (r#"{"a": <none>, "b": "<none>"}"#, r#"{"a": "", "b": ""}"#),
            (r#"{"a": "<says>", "b": <says>}"#, r#"{"a": "\"no\"", "b": "\"no\""}"#),
            (r#"{"a": "\"<state>\" ü"}"#, r#"{"a": "\"RUNNING\" ü"}"#),
            ("<unknown> < <state", "<unknown> < <state"),
        ] {
            assert_eq!(transformed(template), expected, "{template}");
        }
    }

    #[test]
    fn the_rule_and_the_event_have_variables_of_their_own() {
        let text = transformed(
            r#"{"rule": <aws.events.rule-arn>, "name": "<aws.events.rule-name>", "at": <aws.events.event.ingestion-time>}"#,
        );
        assert_eq!(text, r#"{"rule": "arn:rule", "name": "rule", "at": "2015-11-11T21:29:54Z"}"#);
        assert_eq!(transformed("<aws.events.event.json>"), event().to_string());
        assert!(!transformed("<aws.events.event>").contains("i-0123456789"));
        assert_eq!(transformed("<aws.events.none>"), "<aws.events.none>");
    }

    #[test]
    fn a_constant_and_a_part_are_what_they_say() {
        assert_eq!(Input::Constant("[1]".to_owned()).of(&event(), AROUND), "[1]");
        let part = |path| Input::Part(Path::read(path).expect(path)).of(&event(), AROUND);
        assert_eq!((part("$.detail.tags"), part("$.none")), (r#"["a","b"]"#.to_owned(), "null".to_owned()));
        assert_eq!(Input::Event.of(&event(), AROUND), event().to_string());
    }
}

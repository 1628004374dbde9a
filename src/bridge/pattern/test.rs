//! What a value is held against.

use serde_json::Value;

use super::cidr::Network;
use super::numeric::Range;
use super::wildcard::Wildcard;

/// One element of a pattern's list.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    /// The value itself: a string, `true`, `false`, `null`, or a number as it is written.
    Is(Value),
    Text(Text),
    /// None of these.
    AnythingBut(Vec<Test>),
    Numeric(Range),
    Exists(bool),
    Cidr(Network),
}

/// What a string is held against.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Text {
    EqualsIgnoreCase(String),
    Prefix(String),
    PrefixIgnoreCase(String),
    Suffix(String),
    SuffixIgnoreCase(String),
    Wildcard(Wildcard),
}

impl Text {
    fn passes(&self, text: &str) -> bool {
        match self {
            Self::EqualsIgnoreCase(wanted) => text.to_lowercase() == *wanted,
            Self::Prefix(start) => text.starts_with(start.as_str()),
            Self::PrefixIgnoreCase(start) => text.to_lowercase().starts_with(start.as_str()),
            Self::Suffix(end) => text.ends_with(end.as_str()),
            Self::SuffixIgnoreCase(end) => text.to_lowercase().ends_with(end.as_str()),
            Self::Wildcard(wildcard) => wildcard.matches(text),
        }
    }

    /// The test of this name; `None` if it is none of strings.
    fn of(name: &str, value: &Value) -> Option<Result<Self, String>> {
        let text = || {
            let text = value.as_str().map(str::to_owned);
            text.ok_or_else(|| format!("{name} match pattern must be a string"))
        };
        let without_case = || {
            let members = value.as_object().filter(|members| members.len() == 1)?;
            Some(members.get("equals-ignore-case")?.as_str()?.to_lowercase())
        };
        Some(match name {
            "equals-ignore-case" => text().map(|text| Self::EqualsIgnoreCase(text.to_lowercase())),
            "prefix" => {
                without_case().map_or_else(|| text().map(Self::Prefix), |it| Ok(Self::PrefixIgnoreCase(it)))
            }
            "suffix" => {
                without_case().map_or_else(|| text().map(Self::Suffix), |it| Ok(Self::SuffixIgnoreCase(it)))
            }
            "wildcard" => text().and_then(|text| Wildcard::read(&text)).map(Self::Wildcard),
            _ => return None,
        })
    }
}

impl Test {
    /// The test that an element of a pattern's list is.
    pub(super) fn of(value: &Value) -> Result<Self, String> {
        let members = match value {
            Value::Object(members) => members,
            Value::Array(_) => {
                return Err("Match value must be String, number, true, false, or null".to_owned());
            }
            scalar => return Ok(Self::Is(scalar.clone())),
        };
        let mut members = members.iter();
        let (Some((name, value)), None) = (members.next(), members.next()) else {
            return Err("Only one key allowed in match expression".to_owned());
        };
        if let Some(text) = Text::of(name, value) {
            return text.map(Self::Text);
        }
        match name.as_str() {
            "anything-but" => anything_but(value).map(Self::AnythingBut),
            "numeric" => Range::of(value).map(Self::Numeric),
            "exists" => {
                let wanted = value.as_bool();
                wanted
                    .map(Self::Exists)
                    .ok_or("exists match pattern must be either true or false.".to_owned())
            }
            "cidr" => {
                let text = value.as_str().ok_or("prefix match pattern must be a string")?;
                Network::read(text).map(Self::Cidr)
            }
            other => Err(format!("Unrecognized match type {other}")),
        }
    }

    /// Whether this is passed by what is not there.
    pub(super) fn wants_absence(&self) -> bool {
        *self == Self::Exists(false)
    }

    /// Whether a string, a number, `true`, `false` or `null` passes.
    pub(super) fn passes(&self, scalar: &Value) -> bool {
        match self {
            // Numbers are the same if they are written alike: 300 is not 300.0.
            Self::Is(wanted) => wanted == scalar,
            Self::Text(text) => scalar.as_str().is_some_and(|it| text.passes(it)),
            Self::AnythingBut(tests) => !tests.iter().any(|test| test.passes(scalar)),
            Self::Numeric(range) => scalar.as_f64().is_some_and(|number| range.contains(number)),
            Self::Exists(wanted) => *wanted,
            Self::Cidr(network) => scalar.as_str().is_some_and(|it| network.contains(it)),
        }
    }
}

/// What `anything-but` excludes: a value, a list of strings or of numbers, or what a test of strings does.
fn anything_but(value: &Value) -> Result<Vec<Test>, String> {
    let wrong = "Inside anything but list, start|null|boolean is not supported.";
    let is_plain = |value: &Value| value.is_string() || value.is_number();
    match value {
        Value::String(_) | Value::Number(_) => Ok(vec![Test::Is(value.clone())]),
        Value::Array(list) if list.is_empty() => Err("Empty arrays are not allowed".to_owned()),
        Value::Array(list) if list.iter().all(Value::is_string) || list.iter().all(Value::is_number) => {
            Ok(list.iter().cloned().map(Test::Is).collect())
        }
        Value::Array(list) if list.iter().all(is_plain) => Err(
            "Inside anything but list, either all values are number or string, mixed type is not supported"
                .to_owned(),
        ),
        Value::Array(_) => Err(wrong.to_owned()),
        Value::Object(members) => {
            let mut members = members.iter();
            let (Some((name, value)), None) = (members.next(), members.next()) else {
                return Err("Only one key allowed in match expression".to_owned());
            };
            let each = |value: &Value| {
                let text = Text::of(name, value);
                text.unwrap_or_else(|| Err(format!("Unsupported anything-but pattern: {name}")))
                    .map(Test::Text)
            };
            match value {
                Value::Array(list) if list.is_empty() => Err("Empty arrays are not allowed".to_owned()),
                Value::Array(list) => list.iter().map(each).collect(),
                one => each(one).map(|test| vec![test]),
            }
        }
        _ => Err("Value of anything-but must be an array or single string/number value.".to_owned()),
    }
}

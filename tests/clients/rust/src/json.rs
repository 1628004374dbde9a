//! Between JSON and the SDK's plain types. Instants come as ISO 8601 and go as milliseconds; what JSON has no
//! number for comes as text.

use std::collections::HashMap;

use aws_sdk_cloudwatch::primitives::{DateTime, DateTimeFormat};
use serde_json::{Map, Value};

/// Made from JSON, or a sentence why not.
pub trait Read: Sized {
    fn read(json: &Value) -> Result<Self, String>;
}

/// Shown as JSON.
pub trait Show {
    fn show(&self) -> Value;
}

/// AWS's name of the member that a setter sets.
pub fn set_by(setter: &str) -> String {
    named(setter.strip_prefix("set_").expect("a setter's name begins so"))
}

/// AWS's name of a member or an operation from the SDK's: `AlarmName` from `alarm_name`.
pub fn named(name: &str) -> String {
    match name {
        "resource_arn" => return "ResourceARN".into(),
        "ok_actions" => return "OKActions".into(),
        _ => {}
    }
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    name.split('_').map(capital).collect()
}

/// A member of an answer; one that is not there is not shown.
pub fn put<T: Show>(into: &mut Map<String, Value>, name: &str, value: &Option<T>) {
    if let Some(value) = value {
        into.insert(named(name), value.show());
    }
}

/// The members that nobody took.
pub fn nothing_left(what: &str, left: &Map<String, Value>) -> Result<(), String> {
    match left.keys().next() {
        Some(name) => Err(format!("this client does not carry the member {name} of {what}; name its setter")),
        None => Ok(()),
    }
}

fn wrong(wanted: &str, json: &Value) -> String {
    format!("{json} where {wanted} belongs")
}

impl Read for String {
    fn read(json: &Value) -> Result<Self, String> {
        json.as_str().map(str::to_owned).ok_or_else(|| wrong("text", json))
    }
}

impl Read for bool {
    fn read(json: &Value) -> Result<Self, String> {
        json.as_bool().ok_or_else(|| wrong("true or false", json))
    }
}

impl Read for i32 {
    fn read(json: &Value) -> Result<Self, String> {
        json.as_i64().and_then(|number| number.try_into().ok()).ok_or_else(|| wrong("an integer", json))
    }
}

impl Read for f64 {
    fn read(json: &Value) -> Result<Self, String> {
        match json.as_str() {
            Some("NaN") => Ok(Self::NAN),
            Some("Infinity") => Ok(Self::INFINITY),
            Some("-Infinity") => Ok(Self::NEG_INFINITY),
            _ => json.as_f64().ok_or_else(|| wrong("a number", json)),
        }
    }
}

impl Read for DateTime {
    fn read(json: &Value) -> Result<Self, String> {
        let text = json.as_str().ok_or_else(|| wrong("an instant", json))?;
        DateTime::from_str(text, DateTimeFormat::DateTime).map_err(|_| wrong("an instant", json))
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Value) -> Result<Self, String> {
        json.as_array().ok_or_else(|| wrong("a list", json))?.iter().map(T::read).collect()
    }
}

impl Show for String {
    fn show(&self) -> Value {
        self.as_str().into()
    }
}

impl Show for bool {
    fn show(&self) -> Value {
        (*self).into()
    }
}

impl Show for i32 {
    fn show(&self) -> Value {
        (*self).into()
    }
}

impl Show for f64 {
    fn show(&self) -> Value {
        (*self).into()
    }
}

impl Show for DateTime {
    fn show(&self) -> Value {
        self.to_millis().expect("an instant of a test is near").into()
    }
}

impl<T: Show> Show for Vec<T> {
    fn show(&self) -> Value {
        self.iter().map(Show::show).collect()
    }
}

impl<T: Show> Show for HashMap<String, T> {
    fn show(&self) -> Value {
        Value::Object(self.iter().map(|(name, value)| (name.clone(), value.show())).collect())
    }
}

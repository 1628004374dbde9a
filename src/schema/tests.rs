//! Values, their typed form and their stored form.

mod bound;
mod cbor;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Fields, Value, from_value, java_double, java_seconds, to_value};
use crate::clock::Timestamp;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Kind {
    Canary,
    AllAtOnce,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Either {
    Left(i32),
    Right { weight: f32 },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Typed {
    name: String,
    kind: Kind,
    other: Kind,
    weight: f32,
    count: Option<u32>,
    missing: Option<String>,
    at: Timestamp,
    environment: BTreeMap<String, String>,
    #[serde(default)]
    tags: Vec<Either>,
    kept: Value,
}

fn typed() -> Typed {
    Typed {
        name: "blue".into(),
        kind: Kind::Canary,
        other: Kind::AllAtOnce,
        weight: 0.1,
        count: Some(3),
        missing: None,
        at: Timestamp(1_516_285_960_797),
        environment: BTreeMap::from([("A".into(), "b".into())]),
        tags: vec![Either::Left(-1), Either::Right { weight: 1.0 }],
        kept: Value::Map(Fields::from_iter([("x", Value::Blob(vec![1, 2].into())), ("y", 1.into())])),
    }
}

#[test]
fn a_typed_struct_survives_the_way_through_a_value() {
    let value = to_value(&typed()).unwrap();
    assert_eq!(value.get("Missing"), None, "an absent member is absent, not null");
    assert_eq!(value.get("Weight"), Some(&Value::Float(0.1)), "0.1 stays 0.1");
    assert_eq!(value.get("Kind").and_then(Value::as_str), Some("CANARY"));
    let mut back: Typed = from_value(value).unwrap();
    assert_eq!(back.kept.get("x"), Some(&Value::from("AQI=")), "kept values take the stored form");
    back.kept = typed().kept;
    assert_eq!(back, typed());
}

#[test]
fn a_value_is_stored_as_plain_json() {
    let stored = Value::Map(Fields::from_iter([
        ("B", Value::Blob(b"hi".to_vec().into())),
        ("A", Value::List(vec![Value::Int(1), Value::Float(1.0), Value::Bool(true)])),
        ("T", Value::Timestamp(Timestamp(1500))),
        ("N", Value::Float(f64::NAN)),
    ]));
    let text = serde_json::to_string(&stored).unwrap();
    assert_eq!(text, r#"{"B":"aGk=","A":[1,1.0,true],"T":1500,"N":"NaN"}"#);
    let back: Value = serde_json::from_str(r#"{"A":[1,null,1.5],"Gone":null}"#).unwrap();
    assert_eq!(
        back,
        Value::Map(Fields::from_iter([("A", Value::List(vec![Value::Int(1), Value::Float(1.5)]))]))
    );
}

#[test]
fn a_struct_that_disagrees_with_the_value_is_an_error_not_a_panic() {
    assert!(from_value::<Kind>(Value::from("BLUE")).is_err());
    assert!(from_value::<u32>(Value::Int(-1)).is_err());
    assert!(from_value::<String>(Value::empty()).is_err());
    assert!(to_value(&u64::MAX).is_err());
    assert!(to_value(&None::<i32>).is_err());
}

#[test]
fn doubles_are_written_as_java_writes_them() {
    let table = [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (41.5, "41.5"),
        (0.1, "0.1"),
        (0.001, "0.001"),
        (0.000_999, "9.99E-4"),
        (9_999_999.0, "9999999.0"),
        (10_000_000.0, "1.0E7"),
        (-12_345_678.9, "-1.23456789E7"),
        (1e21, "1.0E21"),
        (1.5e300, "1.5E300"),
        (f64::MIN_POSITIVE, "2.2250738585072014E-308"),
        (f64::NAN, "NaN"),
        (f64::INFINITY, "Infinity"),
        (f64::NEG_INFINITY, "-Infinity"),
    ];
    for (number, text) in table {
        assert_eq!(java_double(number), text);
    }
    assert_eq!(java_seconds(Timestamp(1_516_285_960_797)), "1.516285960797E9");
    assert_eq!(java_seconds(Timestamp(1_516_288_056_710)), "1.51628805671E9");
    assert_eq!(java_seconds(Timestamp(1_735_787_045_000)), "1.735787045E9");
}

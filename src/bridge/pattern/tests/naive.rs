//! A matcher that has nothing in common with the real one: it looks at the texts of patterns and at paths of events.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::Pattern;

/// The values of an event by their paths.
fn leaves(value: &Value, path: &str, all: &mut BTreeMap<String, Vec<Value>>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, it)| leaves(it, &format!("{path}/{name}"), all));
        }
        Value::Array(list) => list.iter().for_each(|it| leaves(it, path, all)),
        scalar => all.entry(path.to_owned()).or_default().push(scalar.clone()),
    }
}

/// Whether an event without objects in lists is wanted.
fn wants(pattern: &Value, path: &str, leaves: &BTreeMap<String, Vec<Value>>) -> bool {
    let members = pattern.as_object().expect("a pattern is an object");
    members.iter().all(|(name, value)| match value {
        Value::Object(_) => wants(value, &format!("{path}/{name}"), leaves),
        Value::Array(list) if name == "$or" => list.iter().any(|it| wants(it, path, leaves)),
        Value::Array(list) => {
            let values = leaves.get(&format!("{path}/{name}")).cloned().unwrap_or_default();
            list.iter().any(|test| match test.get("exists") {
                Some(wanted) => *wanted == json!(!values.is_empty()),
                None => values.iter().any(|value| passes(test, value)),
            })
        }
        _ => false,
    })
}

fn passes(test: &Value, value: &Value) -> bool {
    let Some((name, wanted)) = test.as_object().and_then(|members| members.iter().next()) else {
        return test == value;
    };
    let told = value.as_str();
    match (name.as_str(), wanted.as_str()) {
        ("prefix", Some(wanted)) => told.is_some_and(|it| it.chars().take(wanted.len()).eq(wanted.chars())),
        ("suffix", Some(wanted)) => {
            told.is_some_and(|it| it.chars().rev().take(wanted.len()).eq(wanted.chars().rev()))
        }
        ("equals-ignore-case", Some(wanted)) => told.is_some_and(|it| it.eq_ignore_ascii_case(wanted)),
        ("wildcard", Some(wanted)) => told.is_some_and(|it| fits(wanted.as_bytes(), it.as_bytes())),
        ("anything-but", _) => match wanted {
            Value::Array(list) => !list.contains(value),
            Value::Object(_) => !passes(wanted, value),
            one => one != value,
        },
        ("numeric", _) => value.as_f64().is_some_and(|number| {
            wanted.as_array().expect("a list").chunks(2).all(|pair| {
                let bound = pair[1].as_f64().expect("a number");
                match pair[0].as_str() {
                    Some(">") => number > bound,
                    Some(">=") => number >= bound,
                    Some("<") => number < bound,
                    _ => number <= bound,
                }
            })
        }),
        _ => panic!("{test}"),
    }
}

fn fits(wild: &[u8], text: &[u8]) -> bool {
    match wild.split_first() {
        None => text.is_empty(),
        Some((b'*', rest)) => (0..=text.len()).any(|at| fits(rest, &text[at..])),
        Some((sign, rest)) => text.first() == Some(sign) && fits(rest, &text[1..]),
    }
}

fn text() -> impl Strategy<Value = String> {
    "[abA]{0,4}"
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        2 => (-3_i64..4).prop_map(Value::from),
        1 => Just(json!(1.5)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn of_text() -> impl Strategy<Value = Value> {
    prop_oneof![
        text().prop_map(|text| json!({"prefix": text})),
        text().prop_map(|text| json!({"suffix": text})),
        text().prop_map(|text| json!({"equals-ignore-case": text})),
        "[ab]{0,2}\\*?[ab]{0,2}\\*?[ab]{0,1}"
            .prop_filter("stars side by side", |it| !it.contains("**"))
            .prop_map(|text| json!({"wildcard": text})),
    ]
}

fn test() -> impl Strategy<Value = Value> {
    let side = |signs: [&'static str; 2]| (prop::sample::select(signs.to_vec()), -3_i64..4);
    prop_oneof![
        scalar(),
        of_text(),
        of_text().prop_map(|test| json!({"anything-but": test})),
        prop::collection::vec(text(), 1..3).prop_map(|list| json!({"anything-but": list})),
        (-3_i64..4).prop_map(|number| json!({"anything-but": number})),
        any::<bool>().prop_map(|wanted| json!({"exists": wanted})),
        side([">", ">="]).prop_map(|(sign, number)| json!({"numeric": [sign, number]})),
        (side([">", ">="]), side(["<", "<="])).prop_filter_map("empty", |((above, bottom), (below, top))| {
            (bottom < top).then(|| json!({"numeric": [above, bottom, below, top]}))
        }),
    ]
}

fn name() -> impl Strategy<Value = String> {
    "[xyz]"
}

fn patterns() -> impl Strategy<Value = Value> {
    let tests = prop::collection::vec(test(), 1..3).prop_map(Value::from).boxed();
    let members = |inner: BoxedStrategy<Value>| prop::collection::btree_map(name(), inner, 1..3);
    let leaf = members(tests.clone()).prop_map(|members| json!(members));
    leaf.prop_recursive(2, 8, 3, move |inner| {
        let field = prop_oneof![3 => tests.clone(), 1 => inner.clone()].boxed();
        let choice = prop::collection::vec(inner, 2..4);
        (members(field), prop::option::weighted(0.3, choice)).prop_map(|(members, choice)| {
            let mut pattern = json!(members);
            if let Some(choice) = choice {
                pattern["$or"] = choice.into();
            }
            pattern
        })
    })
}

fn events() -> impl Strategy<Value = Value> {
    let list = prop::collection::vec(scalar(), 0..3).prop_map(Value::from);
    let leaf = prop_oneof![3 => scalar(), 1 => list];
    let value = leaf.prop_recursive(2, 8, 3, |inner| {
        prop::collection::btree_map(name(), inner, 0..3).prop_map(|members| json!(members))
    });
    prop::collection::btree_map(name(), value, 0..4).prop_map(|members| json!(members))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_matchers_want_the_same_events(pattern in patterns(), event in events()) {
        let read = Pattern::read(&pattern.to_string());
        let read = read.map_err(|why| TestCaseError::fail(format!("{pattern}: {why}")))?;
        let mut paths = BTreeMap::new();
        leaves(&event, "", &mut paths);
        prop_assert_eq!(read.matches(&event), wants(&pattern, "", &paths), "{} {}", pattern, event);
    }
}

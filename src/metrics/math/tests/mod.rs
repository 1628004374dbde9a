//! Metric math told in tables. A series is written as CloudWatch's manual writes it: `30 20 - 0`, a value for
//! each minute and `-` where there is none.

mod grammar;
mod properties;
mod together;
mod values;

use super::{Env, Line, Value, parse};
use crate::clock::Timestamp;

const MINUTE_MS: i64 = 60_000;

fn minute(place: usize) -> Timestamp {
    Timestamp(1_700_000_040_000).plus_ms(i64::try_from(place).unwrap() * MINUTE_MS)
}

fn line(text: &str) -> Line {
    let values = text.split_whitespace().enumerate().filter(|(_, value)| *value != "-");
    values.map(|(place, value)| (minute(place), value.parse::<f64>().expect(text))).collect()
}

fn written(line: &Line, places: usize) -> String {
    let value = |place| line.at(minute(place)).map_or_else(|| "-".to_owned(), |value| value.to_string());
    (0..places).map(value).collect::<Vec<_>>().join(" ")
}

/// An env of five minutes with these metrics, whose labels are their ids in capitals.
fn env(metrics: &[(&str, &str)]) -> Env {
    let mut env = Env::new(minute(0), minute(5), MINUTE_MS);
    for (id, points) in metrics {
        env.metric(id, &id.to_uppercase(), MINUTE_MS, line(points));
    }
    env
}

/// What the expression is: a number, a series, or an array as `LABEL: series; LABEL: series`.
fn told(expression: &str, env: &Env) -> String {
    let parsed = parse(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
    match parsed.evaluate(env) {
        Err(error) => error.to_string(),
        Ok(Value::Number(number)) => number.map_or_else(|| "none".to_owned(), |number| number.to_string()),
        Ok(Value::Series(line)) => written(&line, 5),
        Ok(Value::Array(members)) => {
            let members = members.iter().map(|each| format!("{}: {}", each.label, written(&each.line, 5)));
            members.collect::<Vec<_>>().join("; ")
        }
    }
}

/// Fails with the expression that is something else than the table says.
fn holds(env: &Env, table: &[(&str, &str)]) {
    for (expression, expected) in table {
        assert_eq!(told(expression, env), *expected, "{expression}");
    }
}

//! JSON values as this API reads and writes them: objects of known members, whole numbers however they are written, and
//! numbers whose thousandths are kept, such as seconds in milliseconds.

use serde_json::{Map, Number, Value};

/// The members of an object that has no others than these.
pub(super) fn members<'a>(value: &'a Value, known: &[&str]) -> Option<&'a Map<String, Value>> {
    value.as_object().filter(|members| members.keys().all(|name| known.contains(&name.as_str())))
}

/// A whole number, however it is written.
pub(super) fn whole<T: TryFrom<i64>>(value: &Value) -> Option<T> {
    let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates, which is out of every range")]
    T::try_from(number as i64).ok()
}

/// A number in thousandths, rounded: seconds in milliseconds, milliseconds in microseconds. From 0 to `max`.
pub(super) fn in_thousandths(value: &Value, max: i64) -> Option<i64> {
    let thousandths = value.as_f64()? * 1000.0;
    #[expect(clippy::cast_possible_truncation, reason = "a number up to max, which is one itself")]
    (0.0..=max as f64).contains(&thousandths).then(|| thousandths.round() as i64)
}

/// A JSON number, whole where it is whole.
pub(super) fn number(value: f64) -> Number {
    let exact = Number::from_f64(value).expect("a setting is finite");
    whole::<i64>(&Value::Number(exact.clone())).map_or(exact, Number::from)
}

/// Thousandths as a JSON number, whole where they are whole.
pub(super) fn thousandths(milli: i64) -> Number {
    if milli % 1000 == 0 {
        return (milli / 1000).into();
    }
    Number::from_f64(milli as f64 / 1000.0).expect("an integer by a thousand is finite")
}

//! Times of a world, as the server says them and as a reader wants them.

use aws_smithy_types::date_time::{DateTime, Format};
use serde_json::Value;

use crate::clock::Timestamp;

/// The instant that a text of the control API or a number of AWS's API means.
pub(super) fn instant(time: &Value) -> Option<Timestamp> {
    if let Value::String(text) = time {
        let read = DateTime::from_str(text, Format::DateTimeWithOffset).ok()?;
        return read.to_millis().ok().map(Timestamp);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    time.as_f64().map(|seconds| Timestamp((seconds * 1000.0).round() as i64))
}

/// The time of day of a world's time.
pub(super) fn time_of_day(text: &Value) -> &str {
    text.as_str().and_then(|text| text.get(11..19)).unwrap_or("--:--:--")
}

/// A length of time in its two largest units: `4 min 25 s`.
pub(super) fn length(ms: i64) -> String {
    let seconds = ms.unsigned_abs() / 1000;
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(units.len() - 1);
    let mut left = seconds;
    let mut parts = Vec::new();
    for (size, name) in units.iter().skip(first).take(2) {
        if left >= *size || parts.is_empty() {
            parts.push(format!("{} {name}", left / size));
        }
        left %= size;
    }
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_time_is_read_from_both_apis() {
        let at = Some(Timestamp(1_795_689_361_645));
        assert_eq!(instant(&json!("2026-11-26T10:36:01.645Z")), at);
        assert_eq!(instant(&json!(1_795_689_361.645)), at);
        assert_eq!(instant(&Value::Null), None);
        assert_eq!(time_of_day(&json!("2026-11-26T10:36:01.645Z")), "10:36:01");
        assert_eq!(time_of_day(&Value::Null), "--:--:--");
    }

    #[test]
    fn a_length_has_its_two_largest_units() {
        let told = [0, 999, 59_999, 60_000, 265_000, 3_600_000, 3_661_000, 90_000_000].map(length);
        assert_eq!(told, ["0 s", "0 s", "59 s", "1 min", "4 min 25 s", "1 h", "1 h 1 min", "1 d 1 h"]);
    }
}

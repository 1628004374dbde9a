//! Numbers as Java writes them.
//!
//! AWS's control planes write every double, and every timestamp, with `Double.toString`: 1.0 stays `1.0`,
//! and from ten million on, or below a thousandth, the exponent form is used: `1.516285960797E9`. Answers
//! and constraint messages share it.

use crate::clock::Timestamp;

/// `Double.toString(number)`: the shortest digits that read back as the same number.
/// See <https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Double.html#toString(double)>.
pub fn java_double(number: f64) -> String {
    if number.is_nan() {
        return "NaN".into();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.into();
    }
    let size = number.abs();
    if size == 0.0 || (1e-3..1e7).contains(&size) {
        return format!("{number:?}");
    }
    let shortest = format!("{number:E}");
    match shortest.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => shortest,
    }
}

/// An instant as AWS writes it in JSON: seconds with milliseconds, as a double.
pub fn java_seconds(at: Timestamp) -> String {
    java_double(at.0 as f64 / 1000.0)
}

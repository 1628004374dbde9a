//! Numbers as pages show them.

/// Four digits behind the point at the most: 7 % of a rate of 0.07, and no 7.000000000000001.
pub(super) fn number(value: f64) -> String {
    ((value * 10_000.0).round() / 10_000.0).to_string()
}

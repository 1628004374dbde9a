//! How long something takes: read as people write it, shown as they read it, and a number of seconds in JSON.

use std::fmt;

use serde::{Serialize, Serializer};

/// A length of time, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Length(pub i64);

/// What a text must be to be read as one.
pub(super) const WANTED: &str = "seconds, or a length such as 90s, 10m or 1h30m";

/// Letters of units, the longest unit first, with their milliseconds.
const UNITS: [(char, i64); 3] = [('h', 3_600_000), ('m', 60_000), ('s', 1_000)];

/// Nothing here takes longer than a year.
const LONGEST_MS: i64 = 366 * 86_400_000;

impl Length {
    /// Reads `300`, `300s`, `5m` or `1h30m`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let mut rest = if bare { format!("{text}s") } else { text.to_owned() };
        let mut total: i64 = 0;
        for (unit, ms) in UNITS {
            let Some((number, after)) = rest.split_once(unit) else { continue };
            if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(ms)?)?;
            rest = after.to_owned();
        }
        (rest.is_empty() && !text.is_empty() && total <= LONGEST_MS).then_some(Self(total))
    }

    /// A number of seconds.
    pub(super) fn of_secs(secs: f64) -> Option<Self> {
        let ms = (secs * 1000.0).round();
        #[expect(clippy::cast_possible_truncation, reason = "it is at most a year")]
        (0.0..=LONGEST_MS as f64).contains(&ms).then_some(Self(ms as i64))
    }
}

impl fmt::Display for Length {
    /// `1h 2m 3s`, without the units that are nought; parts of a second as decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, ms) = (self.0 / 1000, self.0 % 1000);
        let (hours, minutes, seconds) = (whole / 3600, whole / 60 % 60, whole % 60);
        let mut parts = Vec::new();
        if hours > 0 {
            parts.push(format!("{hours}h"));
        }
        if minutes > 0 {
            parts.push(format!("{minutes}m"));
        }
        if ms > 0 {
            parts.push(format!("{}s", (whole % 60 * 1000 + ms) as f64 / 1000.0));
        } else if seconds > 0 || parts.is_empty() {
            parts.push(format!("{seconds}s"));
        }
        f.write_str(&parts.join(" "))
    }
}

impl Serialize for Length {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 % 1000 == 0 {
            serializer.serialize_i64(self.0 / 1000)
        } else {
            serializer.serialize_f64(self.0 as f64 / 1000.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_read_as_people_write_it() {
        for (text, secs) in
            [("0", 0), ("300", 300), ("300s", 300), ("5m", 300), ("1h30m", 5_400), ("2m5s", 125)]
        {
            assert_eq!(Length::read(text), Some(Length(secs * 1000)), "{text}");
        }
        for text in ["", "m", "5x", "5s5m", "-5", "1.5m", "5 m", "999999h", "5m5"] {
            assert_eq!(Length::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_length_is_shown_by_its_units_and_is_seconds_in_json() {
        let table =
            [(0, "0s", "0"), (65_000, "1m 5s", "65"), (3_600_000, "1h", "3600"), (1_500, "1.5s", "1.5")];
        for (ms, text, json) in table {
            assert_eq!(Length(ms).to_string(), text);
            assert_eq!(serde_json::to_string(&Length(ms)).unwrap(), json);
        }
    }
}

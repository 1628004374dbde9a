//! Instants as CloudWatch writes them into reasons and history, and texts cut to their limits.

use crate::clock::Timestamp;
pub(super) use crate::metrics::text::json_time;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// 1970-01-01 was the fourth of these.
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `Friday 22 July, 2022 15:57:45 UTC`, as in the reason of a composite alarm.
pub(super) fn reason_time(at: Timestamp) -> String {
    let text = json_time(at);
    let weekday = WEEKDAYS[usize::try_from((at.0.div_euclid(86_400_000) + 3).rem_euclid(7)).unwrap_or(0)];
    let month = text.get(5..7).and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    let (year, day, time) = (&text[..4], &text[8..10], &text[11..19]);
    format!("{weekday} {day} {}, {year} {time} UTC", MONTHS[(month - 1) % 12])
}

/// The first `limit` characters of `text`.
pub(super) fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_in_a_reason_has_its_weekday() {
        let at = Timestamp(1_658_505_465_394);
        assert_eq!(reason_time(at), "Friday 22 July, 2022 15:57:45 UTC");
        assert_eq!(reason_time(Timestamp(1_709_164_800_000)), "Thursday 29 February, 2024 00:00:00 UTC");
    }
}

//! Instants as CloudWatch writes them into reasons and history, and texts cut to their limits.

use crate::clock::Timestamp;

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

/// `2022-07-22T15:57:45.394+0000`, as in `HistoryData` and `StateReasonData`.
pub fn json_time(at: Timestamp) -> String {
    at.to_string().replace('Z', "+0000")
}

/// `22/07/22 15:57:45`: day, month and year, as in the reason of a metric alarm.
pub fn short_time(at: Timestamp) -> String {
    let text = json_time(at);
    let part = |from: usize, until: usize| text.get(from..until).unwrap_or_default();
    format!("{}/{}/{} {}", part(8, 10), part(5, 7), part(2, 4), part(11, 19))
}

/// `Friday 22 July, 2022 15:57:45 UTC`, as in the reason of a composite alarm.
pub fn reason_time(at: Timestamp) -> String {
    let text = json_time(at);
    let weekday = WEEKDAYS[usize::try_from((at.0.div_euclid(86_400_000) + 3).rem_euclid(7)).unwrap_or(0)];
    let month = text.get(5..7).and_then(|month| month.parse::<usize>().ok()).unwrap_or(1);
    let (year, day, time) = (&text[..4], &text[8..10], &text[11..19]);
    format!("{weekday} {day} {}, {year} {time} UTC", MONTHS[(month - 1) % 12])
}

/// The first `limit` characters of `text`.
pub fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_cloudwatch_writes_them() {
        let (at, leap_day) = (Timestamp(1_658_505_465_394), Timestamp(1_709_164_800_000));
        assert_eq!(json_time(at), "2022-07-22T15:57:45.394+0000");
        assert_eq!(json_time(Timestamp(0)), "1970-01-01T00:00:00.000+0000");
        assert_eq!(short_time(at), "22/07/22 15:57:45");
        assert_eq!(short_time(leap_day), "29/02/24 00:00:00");
        assert_eq!(reason_time(at), "Friday 22 July, 2022 15:57:45 UTC");
        assert_eq!(reason_time(leap_day), "Thursday 29 February, 2024 00:00:00 UTC");
    }
}

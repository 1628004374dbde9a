//! Instants as CloudWatch writes them into reasons and history.

use crate::clock::Timestamp;

/// `2022-07-22T15:57:45.394+0000`, as in `HistoryData` and `StateReasonData`.
pub fn json_time(at: Timestamp) -> String {
    let (seconds, ms) = (at.0.div_euclid(1000), at.0.rem_euclid(1000));
    let whole = Timestamp(seconds * 1000).to_string();
    format!("{}.{ms:03}+0000", whole.trim_end_matches('Z'))
}

/// `22/07/22 15:57:45`: day, month and year, as in the reason of a metric alarm.
pub fn short_time(at: Timestamp) -> String {
    let text = json_time(at);
    let part = |from: usize, until: usize| text.get(from..until).unwrap_or_default();
    format!("{}/{}/{} {}", part(8, 10), part(5, 7), part(2, 4), part(11, 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_cloudwatch_writes_them() {
        let at = Timestamp(1_658_505_465_394);
        assert_eq!(json_time(at), "2022-07-22T15:57:45.394+0000");
        assert_eq!(short_time(at), "22/07/22 15:57:45");
        assert_eq!(json_time(Timestamp(0)), "1970-01-01T00:00:00.000+0000");
        assert_eq!(short_time(Timestamp(1_709_164_800_000)), "29/02/24 00:00:00");
    }
}

//! The time of day, and the day of the year, in UTC.

use aws_smithy_types::date_time::{DateTime, Format};

/// `14:03:29`, of milliseconds since 1970.
pub(super) fn time_of_day(ms: i64) -> String {
    written(ms).map_or_else(|| format!("{ms} ms"), |(_, time)| time)
}

/// `01-05 14:03`, for what takes days.
pub(super) fn day_and_time(ms: i64) -> String {
    written(ms).map_or_else(|| format!("{ms} ms"), |(day, time)| format!("{day} {}", &time[..5]))
}

/// The month with the day, and the time; none of an instant outside of the years that have four digits.
fn written(ms: i64) -> Option<(String, String)> {
    let whole = DateTime::from_secs(ms.div_euclid(1000)).fmt(Format::DateTime).ok()?;
    let (day, time) = whole.strip_suffix('Z')?.split_once('T')?;
    Some((day.get(5..)?.to_owned(), time.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_as_clocks_and_calendars_do() {
        let table = [
            (0, "00:00:00", "01-01 00:00"),
            (-1, "23:59:59", "12-31 23:59"),
            (1_767_621_809_999, "14:03:29", "01-05 14:03"),
            (1_709_164_800_000, "00:00:00", "02-29 00:00"),
            (1_709_251_200_000, "00:00:00", "03-01 00:00"),
            (i64::MAX, "9223372036854775807 ms", "9223372036854775807 ms"),
        ];
        for (ms, time, day) in table {
            assert_eq!((time_of_day(ms).as_str(), day_and_time(ms).as_str()), (time, day), "{ms}");
        }
    }
}

//! Instants as clients write them.

use aws_smithy_types::date_time::{DateTime, Format};

use crate::clock::Timestamp;

/// What a time must be, in words.
pub(super) const TIME: &str = "a time such as \"2026-01-31T12:00:00Z\"";

/// A year and more before the last one that can be written.
const LAST: Timestamp = Timestamp(253_339_228_800_000);

/// The instant of a text in RFC 3339, to the millisecond; of the years up to 9997.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let at = DateTime::from_str(text, Format::DateTimeWithOffset).ok()?;
    at.to_millis().ok().map(Timestamp).filter(|at| *at < LAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_an_offset_and_is_read_as_it_is_shown() {
        let at = Timestamp(1_769_860_800_250);
        assert_eq!(read(&at.to_string()), Some(at));
        assert_eq!(read("2026-01-31T13:00:00.25+01:00"), Some(at));
        for text in ["", "9999-12-31T00:00:00Z", "2026-01-31", "2026-01-31T12:00:00", "1769860800"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}

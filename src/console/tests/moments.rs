//! Times as pages show them.

use crate::clock::{Mode, Timestamp};
use crate::console::moment::{instant, length, mode, readable, time_of_day};

/// 18:25:24 on 26 November 2026.
const NOW: Timestamp = Timestamp(1_795_717_524_123);

#[test]
fn an_instant_is_a_day_and_a_time_without_thousandths() {
    assert_eq!(NOW.to_string(), "2026-11-26T18:25:24.123Z");
    assert_eq!((instant(NOW), time_of_day(NOW)), ("2026-11-26 18:25:24".to_owned(), "18:25:24".to_owned()));
}

#[test]
fn a_sentence_has_times_of_day_for_today_and_days_for_others() {
    for (sentence, expected) in [
        ("", ""),
        ("It bakes.", "It bakes."),
        ("until 2026-11-26T18:30:24.000Z.", "until 18:30:24."),
        ("until 2026-11-26T18:30:24.000Z, watched by a", "until 18:30:24, watched by a"),
        ("2026-11-26T00:00:00.000Z: so", "00:00:00: so"),
        ("until 2026-11-27T00:00:00.000Z; then", "until 2026-11-27 00:00:00; then"),
        ("two  spaces and 2026-11-26T18:30:24.000Z", "two  spaces and 18:30:24"),
        ("watched by 2026-11-26T18:30:24", "watched by 2026-11-26T18:30:24"),
        ("an alarm-of-24-characterZ", "an alarm-of-24-characterZ"),
        ("an äöüäöüäöüäöüäöüäöüäöüäZ of 24 signs", "an äöüäöüäöüäöüäöüäöüäöüäZ of 24 signs"),
        // Its eleventh byte is a T and its length an instant's, but its tenth byte is within a sign.
        ("an 12345678äT234567890123Z", "an 12345678äT234567890123Z"),
        ("..., :;", "..., :;"),
    ] {
        assert_eq!(readable(sentence, NOW), expected);
    }
}

#[test]
fn lengths_and_modes_are_words() {
    assert_eq!([0, 999, 1_000, 209_000, 3_600_000].map(length), ["0s", "0.999s", "1s", "3m 29s", "1h"]);
    let modes =
        [Mode::Real, Mode::Manual, Mode::Scaled { rate_milli: 60_000 }, Mode::Scaled { rate_milli: 1 }];
    assert_eq!(modes.map(mode), ["real time", "by hand", "60×", "0.001×"]);
}

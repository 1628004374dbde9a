//! Times as pages show them.

use crate::clock::{Mode, Timestamp};

/// How an instant is written in sentences.
const INSTANT: &str = "2026-11-26T18:25:24.000Z";

/// `2026-11-26 18:25:24`, in UTC.
pub(super) fn instant(at: Timestamp) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..19)) {
        (Some(day), Some(time)) => format!("{day} {time}"),
        _ => text,
    }
}

/// `18:25:24`, in UTC.
pub(super) fn time_of_day(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(11..19).map_or_else(|| text.clone(), str::to_owned)
}

/// A sentence with its instants as people read them: those of `day`, which a page tells beside it, as a time of day.
pub(super) fn readable(sentence: &str, day: Timestamp) -> String {
    let day = day.to_string();
    let day = day.get(..10).unwrap_or_default();
    let word = |word: &str| {
        let bare = word.trim_end_matches(['.', ',', ':', ';']);
        let is_meant = |(sign, meant): (u8, u8)| {
            if meant.is_ascii_digit() { sign.is_ascii_digit() } else { sign == meant }
        };
        let is_instant = bare.len() == INSTANT.len() && bare.bytes().zip(INSTANT.bytes()).all(is_meant);
        let (Some(date), Some(time)) = (bare.get(..10), bare.get(11..19)) else { return word.to_owned() };
        let after = &word[bare.len()..];
        match is_instant {
            true if date == day => format!("{time}{after}"),
            true => format!("{date} {time}{after}"),
            false => word.to_owned(),
        }
    };
    sentence.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// A length such as `3m 29s`.
pub(super) fn length(ms: i64) -> String {
    crate::plan::Length(ms).to_string()
}

/// How time passes, in words.
pub(super) fn mode(mode: Mode) -> String {
    match mode {
        Mode::Real => "real time".to_owned(),
        Mode::Manual => "by hand".to_owned(),
        Mode::Scaled { rate_milli } => format!("{}×", rate_milli as f64 / 1000.0),
    }
}

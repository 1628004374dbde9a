//! What a guardrail sees of its alarms: the history since its window opened, never only the colour of
//! the moment.

use serde::{Deserialize, Serialize};

use super::rules::{AlarmAtStart, Rules};
use crate::clock::Timestamp;

/// The state of a CloudWatch alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AlarmState {
    /// Within its threshold.
    Ok,
    /// Beyond it.
    Alarm,
    /// Not enough data to tell.
    InsufficientData,
}

impl AlarmState {
    /// AWS's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Alarm => "ALARM",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// The state of that word; `None` for any other text.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Ok, Self::Alarm, Self::InsufficientData].into_iter().find(|state| state.word() == word)
    }
}

/// One change of an alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AlarmChange {
    /// Place in the world's order of alarm changes.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// The state it went to; `None` when the alarm was deleted.
    pub to: Option<AlarmState>,
}

/// What is seen of one alarm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlarmSight {
    /// `AlarmName`.
    pub name: String,
    /// Its state when the window opened (or now, while it has not); `None` if there was no such alarm.
    pub at_open: Option<AlarmState>,
    /// What happened to it since, up to now, in order.
    pub changes: Vec<AlarmChange>,
}

impl AlarmSight {
    /// Whether it exists now.
    fn exists(&self) -> bool {
        self.changes.last().map_or(self.at_open, |change| change.to).is_some()
    }

    /// Whether there was no such alarm at any instant of the window.
    fn was_missing(&self) -> bool {
        self.at_open.is_none() || self.changes.iter().any(|change| change.to.is_none())
    }

    /// Whether it had no data at any instant from `from`, within the window, up to now.
    fn was_silent_since(&self, from: Timestamp) -> bool {
        let before = self.changes.iter().rfind(|change| change.at <= from);
        let after = self.changes.iter().filter(|change| change.at > from).map(|change| change.to);
        let at_first = before.map_or(self.at_open, |change| change.to);
        std::iter::once(at_first).chain(after).all(|state| state == Some(AlarmState::InsufficientData))
    }

    /// Whether it was in ALARM at any instant of the window.
    fn tripped(&self, rules: &Rules) -> bool {
        let at_start =
            self.at_open == Some(AlarmState::Alarm) && rules.alarm_at_start == AlarmAtStart::Rollback;
        at_start || self.changes.iter().any(|change| change.to == Some(AlarmState::Alarm))
    }
}

/// What the engine saw for a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The deployment's alarms, in the order of its config.
    pub alarms: Vec<AlarmSight>,
    /// Place of the last alarm change up to now in the world's order.
    pub seq: i64,
}

impl Observed {
    /// Names of the alarms that were in ALARM within the window.
    pub fn tripped(&self, rules: &Rules) -> Vec<String> {
        self.alarms.iter().filter(|sight| sight.tripped(rules)).map(|sight| sight.name.clone()).collect()
    }

    /// Names of the alarms that do not exist.
    pub fn missing(&self) -> Vec<String> {
        self.alarms.iter().filter(|sight| !sight.exists()).map(|sight| sight.name.clone()).collect()
    }

    /// Names of the alarms that had no data at any instant since `from`.
    pub fn silent_since(&self, from: Timestamp) -> Vec<String> {
        let silent = self.alarms.iter().filter(|sight| sight.was_silent_since(from));
        silent.map(|sight| sight.name.clone()).collect()
    }

    /// Names of the alarms that did not exist at some instant of the window, also of those that came back.
    pub fn ever_missing(&self) -> Vec<String> {
        self.alarms.iter().filter(|sight| sight.was_missing()).map(|sight| sight.name.clone()).collect()
    }
}

/// A guardrail's window: it opens with the first traffic on green.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// When it opened.
    pub from: Timestamp,
    /// Place of the last alarm change before it opened.
    pub after_seq: i64,
    /// Missing alarms that the history already speaks of.
    #[serde(default)]
    pub noted: Vec<String>,
    /// Alarms without data of which it already speaks.
    #[serde(default)]
    pub silent: Vec<String>,
}

impl Watch {
    /// A window that opens at `from`, after the alarm change of that place.
    pub fn opened(from: Timestamp, after_seq: i64) -> Self {
        Self { from, after_seq, noted: Vec::new(), silent: Vec::new() }
    }

    /// The last look of a guardrail up to `now` that looks every `poll_ms`; 0 is at every instant.
    pub fn looked_at(&self, now: Timestamp, poll_ms: i64) -> Timestamp {
        if poll_ms <= 0 { now } else { now.plus_ms(-now.ms_since(self.from).rem_euclid(poll_ms)) }
    }

    /// The first look at or after `at`.
    pub fn look_at(&self, at: Timestamp, poll_ms: i64) -> Timestamp {
        if poll_ms <= 0 { at } else { at.plus_ms(self.from.ms_since(at).rem_euclid(poll_ms)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guardrail_that_looks_at_intervals_sees_what_happened_since_its_last_look() {
        let watch = Watch::opened(Timestamp(5_000), 0);
        for (now, poll, before, after) in [
            (5_000, 30_000, 5_000, 5_000),
            (5_001, 30_000, 5_000, 35_000),
            (35_000, 30_000, 35_000, 35_000),
            (64_999, 30_000, 35_000, 65_000),
            (64_999, 0, 64_999, 64_999),
        ] {
            let now = Timestamp(now);
            let looks = (watch.looked_at(now, poll).0, watch.look_at(now, poll).0);
            assert_eq!(looks, (before, after), "at {now:?} every {poll} ms");
        }
    }
}

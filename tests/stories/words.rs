//! The words of a line: separated by spaces, with text in double quotes as one word.

use sagebrush::clock::Timestamp;
use sagebrush::domain::alarm::AlarmState;
use sagebrush::domain::capacity::{CapacitySize, CapacityType};
use sagebrush::domain::variant::Health;

/// What is left of a line.
pub struct Words {
    words: std::collections::VecDeque<String>,
}

impl Words {
    pub fn of(line: &str) -> Result<Self, String> {
        let mut words = std::collections::VecDeque::new();
        let mut rest = line.trim_start();
        while !rest.is_empty() {
            let (word, after) = if let Some(quoted) = rest.strip_prefix('"') {
                quoted.split_once('"').ok_or("a text in quotes has no end")?
            } else {
                rest.split_once(' ').unwrap_or((rest, ""))
            };
            words.push_back(word.to_owned());
            rest = after.trim_start();
        }
        Ok(Self { words })
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The next word.
    pub fn next(&mut self, what: &str) -> Result<String, String> {
        self.words.pop_front().ok_or_else(|| format!("{what} is missing"))
    }

    /// Takes the next word if it is this one.
    pub fn take(&mut self, word: &str) -> bool {
        let is_next = self.words.front().is_some_and(|next| next == word);
        if is_next {
            self.words.pop_front();
        }
        is_next
    }

    /// Everything that is left, as items between commas, each as its words.
    pub fn items(&mut self) -> Vec<Vec<String>> {
        let rest = std::mem::take(&mut self.words).into_iter().collect::<Vec<_>>().join(" ");
        let items = rest.split(',').map(|item| item.split_whitespace().map(str::to_owned).collect());
        items.filter(|item: &Vec<String>| !item.is_empty()).collect()
    }

    /// The line must end here.
    pub fn end(&self) -> Result<(), String> {
        self.words.front().map_or(Ok(()), |word| Err(format!("{word:?} is not understood")))
    }

    pub fn number<T: std::str::FromStr>(&mut self, what: &str) -> Result<T, String> {
        let word = self.next(what)?;
        word.parse().map_err(|_| format!("{what} must be a number, not {word:?}"))
    }

    /// Milliseconds: `300s`, `0.5s`.
    pub fn ms(&mut self, what: &str) -> Result<i64, String> {
        ms(&self.next(what)?)
    }

    /// `33%` or a count of instances.
    pub fn size(&mut self, what: &str) -> Result<CapacitySize, String> {
        let word = self.next(what)?;
        let (kind, number) = match word.strip_suffix('%') {
            Some(percent) => (CapacityType::CapacityPercent, percent),
            None => (CapacityType::InstanceCount, word.as_str()),
        };
        let value = number.parse().map_err(|_| format!("{what} must be like 33% or 2, not {word:?}"))?;
        Ok(CapacitySize { kind, value })
    }

    /// Names between commas, without spaces.
    pub fn names(&mut self, what: &str) -> Result<Vec<String>, String> {
        Ok(self.next(what)?.split(',').map(str::to_owned).collect())
    }

    pub fn health(&mut self) -> Result<Health, String> {
        let word = self.next("a health")?;
        let container = sagebrush::fleet::behaviour::read("a model", [("SAGEBRUSH_HEALTH", word.as_str())]);
        container.map(|tuning| tuning.health.unwrap_or(Health::Passing))
    }

    /// A state, or `DELETED`.
    pub fn alarm_state(&mut self) -> Result<Option<AlarmState>, String> {
        let word = self.next("a state")?;
        let states = [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData];
        match states.into_iter().find(|state| state.word() == word) {
            Some(state) => Ok(Some(state)),
            None if word == "DELETED" => Ok(None),
            None => Err(format!("there is no state {word:?}")),
        }
    }
}

/// Milliseconds: `300s`, `0.5s`.
pub fn ms(word: &str) -> Result<i64, String> {
    let wrong = || format!("a time must be like 300s, not {word:?}");
    let secs: f64 = word.strip_suffix('s').and_then(|secs| secs.parse().ok()).ok_or_else(wrong)?;
    #[expect(clippy::cast_possible_truncation, reason = "stories last hours, not ages")]
    Ok((secs * 1000.0).round() as i64)
}

/// A time of the story, as it would be written.
pub fn written(at: Timestamp, origin: Timestamp) -> String {
    format!("{}s", at.ms_since(origin) as f64 / 1000.0)
}

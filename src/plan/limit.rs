//! How much work one question may ask for.
//!
//! It is told before the work, from what a run comes to, so that the same question is refused or answered whatever else
//! the machine does.

use super::asked::{Asked, Wrong};

/// An event of an update takes about as long as so many looks of an alarm.
const EVENT: u64 = 2;

/// What a question may come to at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Runs of the update, all together.
    pub runs: u64,
    /// Looks of the alarms and events of the updates, which count twice, of all runs together.
    pub moments: u64,
    /// Synthetic requests of all runs together.
    pub requests: u64,
}

/// What a run comes to, or several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Work {
    /// See [`Limits::moments`].
    pub(super) moments: u64,
    /// See [`Limits::requests`].
    pub(super) requests: u64,
}

impl Work {
    /// That of so long under the traffic and the alarms of a question, with so many events.
    pub(super) fn of(asked: &Asked, events: usize, ms: i64) -> Self {
        let looks = asked.alarms.iter().map(|alarm| alarm.looks(ms));
        let events = u64::try_from(events).unwrap_or(u64::MAX).saturating_mul(EVENT);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 10,000 a second"
        )]
        let requests = (asked.traffic * ms as f64 / 1000.0).ceil() as u64;
        Self { moments: looks.fold(events, u64::saturating_add), requests }
    }

    /// That of so many runs.
    pub(super) fn times(self, runs: u64) -> Self {
        let Self { moments, requests } = self;
        Self { moments: moments.saturating_mul(runs), requests: requests.saturating_mul(runs) }
    }

    /// That of both.
    pub(super) fn and(self, other: Self) -> Self {
        let moments = self.moments.saturating_add(other.moments);
        Self { moments, requests: self.requests.saturating_add(other.requests) }
    }
}

impl Limits {
    /// Whether so many runs may be made, which come to that work in all.
    pub(super) fn check(self, runs: u64, work: Work) -> Result<(), Wrong> {
        let table = [
            (runs, self.runs, "runs", "fewer runs, or fewer values of the sweep"),
            (
                work.moments,
                self.moments,
                "looks of alarms and events of updates, which count twice",
                "fewer runs, steps, alarms or values of the sweep, or shorter waits",
            ),
            (work.requests, self.requests, "requests in all", "less traffic, shorter waits or fewer runs"),
        ];
        let over = table.into_iter().find(|(asked, most, ..)| asked > most);
        over.map_or(Ok(()), |(asked, most, of, less)| {
            let why = format!("comes to {asked} {of}, but one question may ask for {most}: ask for {less}");
            Err(Wrong::new("the question", why))
        })
    }
}

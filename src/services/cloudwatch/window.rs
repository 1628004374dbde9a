//! The range of time that a client asks for, on the world's clock, and what is visible of it yet.
//!
//! Buckets begin where the range begins, so its beginning is rounded down as CloudWatch does: to the whole
//! minute, for periods under one to their own division of it, and far back more coarsely.

use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::engine::measure;
use crate::metrics::delay::Delay;
use crate::schema::Fault;
use crate::services::Context;
use crate::store::Session;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// A range of time, looked at from an instant.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Where it begins.
    pub from: Timestamp,
    /// What comes after it.
    pub until: Timestamp,
    /// From which instant it is looked at.
    pub now: Timestamp,
    delay: Delay,
}

impl Window {
    /// The range from `start` until before `end`, as they were sent, in these periods (seconds).
    pub async fn read(
        context: &Context,
        session: &mut Session,
        world: &WorldId,
        (start, end): (Timestamp, Timestamp),
        periods: impl IntoIterator<Item = i64>,
    ) -> Result<Self, Fault> {
        let row = session.world(world).await?;
        let base_now = session.base_now().await?;
        let now = row.now(base_now);
        let read = |sent| context.settings.client_times.read(sent, &row, base_now);
        Ok(Self::at(context, rounded(read(start), periods, now), read(end), now))
    }

    /// A range as it is, looked at from `now`.
    pub fn at(context: &Context, from: Timestamp, until: Timestamp, now: Timestamp) -> Self {
        Self { from, until, now, delay: measure::delay(&context.settings.rules) }
    }

    /// Nothing from this instant on is visible in periods of so many milliseconds.
    pub fn horizon(&self, period_ms: i64) -> Timestamp {
        self.delay.horizon(period_ms, self.now)
    }
}

/// Whether a period in seconds is one that can be asked for.
pub(super) fn is_period(seconds: i64) -> bool {
    matches!(seconds, 1 | 5 | 10 | 20 | 30) || (seconds > 0 && seconds % 60 == 0)
}

/// The sentence for a period that is none.
pub(super) fn no_period(path: &str) -> String {
    format!("The parameter {path} must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60.")
}

/// `start`, rounded down.
fn rounded(start: Timestamp, periods: impl IntoIterator<Item = i64>, now: Timestamp) -> Timestamp {
    let mut fine_ms = periods.into_iter().map(|seconds| seconds.saturating_mul(1000).min(MINUTE_MS));
    let first = fine_ms.next().unwrap_or(MINUTE_MS);
    let step_ms = match now.ms_since(start) {
        age if age > 63 * DAY_MS => 60 * MINUTE_MS,
        age if age > 15 * DAY_MS => 5 * MINUTE_MS,
        // Periods of different divisions only have the minute in common.
        _ if fine_ms.all(|other| other == first) => first.max(1),
        _ => MINUTE_MS,
    };
    start.plus_ms(-start.0.rem_euclid(step_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_is_rounded_down_as_cloudwatch_does() {
        let now = Timestamp(100 * DAY_MS);
        for (days_ago, periods, ms, floored) in [
            (0, vec![60], 119_999, 60_000),
            (0, vec![300], 119_999, 60_000),
            (0, vec![10], 119_999, 110_000),
            (0, vec![20], 119_999, 100_000),
            (0, vec![1], 119_999, 119_000),
            (0, vec![10, 10], 119_999, 110_000),
            (0, vec![10, 60], 119_999, 60_000),
            (0, vec![20, 30], 119_999, 60_000),
            (0, vec![], 119_999, 60_000),
            (20, vec![60], 599_000, 300_000),
            (20, vec![1], 599_000, 300_000),
            (70, vec![60], 3_599_000, 0),
        ] {
            let day = now.plus_ms(-days_ago * DAY_MS);
            let day = if days_ago == 0 { day.plus_ms(-DAY_MS) } else { day };
            let start = rounded(day.plus_ms(ms), periods.clone(), now);
            assert_eq!(start.ms_since(day), floored, "{days_ago} days ago in {periods:?}");
        }
    }

    #[test]
    fn a_period_is_a_division_of_a_minute_or_whole_minutes() {
        let periods: Vec<_> = (-60..=180).filter(|seconds| is_period(*seconds)).collect();
        assert_eq!(periods, [1, 5, 10, 20, 30, 60, 120, 180]);
    }
}

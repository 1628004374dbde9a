//! Time: the instants of a world, the arithmetic that leads to them, and the one reading of either clock of the
//! machine.
//!
//! A *world* (account and region) has its own time. It is computed from a *base time* (PostgreSQL's
//! clock, or the wall clock beside SQLite), an anchor and a rate, and nothing else in the house may ask
//! what time it is: everybody is told. Two times therefore exist, and are kept apart by their names:
//! `now` is a world's time, `base_now` is the base time. What a process itself waits for, and how long, it
//! measures in [`Tick`]s of a clock that nobody sets.

use std::fmt;
use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, of a world's time or of the base time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

const MINUTE_MS: i64 = 60_000;

impl Timestamp {
    /// The instant `ms` milliseconds later; saturates at the ends of time.
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The instant `secs` seconds later; saturates at the ends of time.
    pub fn plus_secs(self, secs: i64) -> Self {
        self.plus_ms(secs.saturating_mul(1000))
    }

    /// The next whole minute behind it.
    pub fn next_minute(self) -> Self {
        self.plus_ms(MINUTE_MS - self.0.rem_euclid(MINUTE_MS))
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
    pub fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds, always three digits, as the control API and the log show it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use aws_smithy_types::date_time::{DateTime, Format};
        let ms = self.0.rem_euclid(1000);
        match DateTime::from_millis(self.0 - ms).fmt(Format::DateTime) {
            Ok(second) => write!(f, "{}.{ms:03}Z", second.trim_end_matches('Z')),
            Err(_) => write!(f, "{} ms", self.0),
        }
    }
}

/// How a world's time passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One second of base time is one second of the world.
    Real,
    /// One second of base time is `rate_milli / 1000` seconds of the world.
    Scaled {
        /// Thousandths of a world's second in one second of base time; at least 1.
        rate_milli: i64,
    },
    /// Time stands still until somebody advances it.
    Manual,
}

impl Mode {
    /// A scaled clock of `rate` seconds of the world in one of base time: 0.001 (the finest step) to
    /// 100,000 (more than a day in a second). `None` outside of that.
    pub fn scaled(rate: f64) -> Option<Self> {
        if !(0.001..=100_000.0).contains(&rate) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 100,000,000")]
        Some(Self::Scaled { rate_milli: (rate * 1000.0).round() as i64 })
    }

    /// The mode that a user calls `real`, `manual` or, at a rate, `60x`. `None` for any other text.
    pub fn named(text: &str) -> Option<Self> {
        match text {
            "real" => Some(Self::Real),
            "manual" => Some(Self::Manual),
            rate => Self::scaled(rate.strip_suffix('x')?.parse().ok()?),
        }
    }

    /// Thousandths of a world's second in one second of base time; 0 where time stands still.
    pub fn rate_milli(self) -> i64 {
        match self {
            Self::Real => 1000,
            Self::Scaled { rate_milli } => rate_milli,
            Self::Manual => 0,
        }
    }

    /// `real`, `scaled` or `manual`: the word of the control API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::Scaled { .. } => "scaled",
            Self::Manual => "manual",
        }
    }
}

/// A world's clock: at base time `anchor_base` the world's time was `anchor_world`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorldClock {
    /// How time passes since the anchor.
    pub mode: Mode,
    /// Base time of the anchor.
    pub anchor_base: Timestamp,
    /// The world's time at the anchor.
    pub anchor_world: Timestamp,
}

impl WorldClock {
    /// A new world's clock: it starts at the base time.
    pub fn starting(mode: Mode, base_now: Timestamp) -> Self {
        Self { mode, anchor_base: base_now, anchor_world: base_now }
    }

    /// The world's time at `base_now`. It never runs backwards, not even when the base time does.
    pub fn now(&self, base_now: Timestamp) -> Timestamp {
        let elapsed = i128::from(base_now.ms_since(self.anchor_base).max(0));
        let passed = elapsed * i128::from(self.mode.rate_milli()) / 1000;
        self.anchor_world.plus_ms(i64::try_from(passed).unwrap_or(i64::MAX))
    }

    /// The base time at which the world reaches `world_time`; `None` on a clock that stands still.
    pub fn base_at(&self, world_time: Timestamp) -> Option<Timestamp> {
        let rate = i128::from(self.mode.rate_milli());
        if rate == 0 {
            return None;
        }
        let ahead = i128::from(world_time.ms_since(self.anchor_world).max(0));
        let base_ms = (ahead * 1000 + rate - 1) / rate;
        Some(self.anchor_base.plus_ms(i64::try_from(base_ms).unwrap_or(i64::MAX)))
    }

    /// How long before `base_now` the world reached `due`; `None` on a clock that stands still, and where it has not
    /// reached it by itself.
    pub fn lag(&self, due: Timestamp, base_now: Timestamp) -> Option<Duration> {
        let ms = base_now.ms_since(self.base_at(due)?);
        u64::try_from(ms).ok().map(Duration::from_millis)
    }

    /// The same instant under another mode: the time reached is kept.
    #[must_use]
    pub fn with_mode(&self, mode: Mode, base_now: Timestamp) -> Self {
        Self { mode, anchor_base: base_now, anchor_world: self.now(base_now) }
    }

    /// The clock moved on to `target`; a target in the past leaves it where it is.
    #[must_use]
    pub fn moved_to(&self, target: Timestamp, base_now: Timestamp) -> Self {
        let reached = self.now(base_now).max(target);
        Self { mode: self.mode, anchor_base: base_now, anchor_world: reached }
    }
}

/// An instant of this process: milliseconds since it first asked. It has nothing to do with any other time, and
/// no other process knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tick(pub i64);

impl Tick {
    /// The instant `ms` milliseconds later; saturates at the ends of time.
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// The next whole minute behind it.
    pub fn next_minute(self) -> Self {
        self.plus_ms(MINUTE_MS - self.0.rem_euclid(MINUTE_MS))
    }

    /// Milliseconds from `earlier` to this instant; negative when `earlier` is later.
    pub fn ms_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The steady clock, read here and nowhere else. It never jumps and never goes back, whoever sets the wall clock.
#[expect(clippy::disallowed_methods, reason = "this is the one reading of the steady clock")]
pub fn steady_now() -> Tick {
    static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);
    let beginning = *BEGINNING;
    Tick(i64::try_from(Instant::now().duration_since(beginning).as_millis()).unwrap_or(i64::MAX))
}

/// Measures how long something takes, finer than [`Tick`]s and for nobody's decisions: what is measured is only told.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins to measure.
    #[expect(clippy::disallowed_methods, reason = "it tells how long something took, and no time")]
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// The real time since it was started.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// The wall clock, read here and nowhere else.
#[expect(clippy::disallowed_methods, reason = "this is the one reading of the wall clock")]
pub fn wall_now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lag_is_in_real_time_and_only_where_time_came_by_itself() {
        let clock = WorldClock {
            mode: Mode::Scaled { rate_milli: 60_000 },
            anchor_base: Timestamp(1_000),
            anchor_world: Timestamp(0),
        };
        assert_eq!(clock.lag(Timestamp(60_000), Timestamp(2_500)), Some(Duration::from_millis(500)));
        assert_eq!(clock.lag(Timestamp(60_000), Timestamp(1_999)), None, "it was made before its time");
        let manual = WorldClock { mode: Mode::Manual, ..clock };
        assert_eq!(manual.lag(Timestamp(0), Timestamp(2_500)), None, "nothing is due in real time");
    }
}

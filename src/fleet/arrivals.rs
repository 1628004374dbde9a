//! When synthetic requests arrive.
//!
//! The k-th request of a demand arrives in the first microsecond at whose end the demand has come to k requests:
//! a hundred requests a second are a hundred in every whole second.
//! That sum has a closed form in whole numbers, measured from the demand's beginning. So the arrivals of a
//! span are the same whether it is asked for whole or in slices, however the slices are cut.

use crate::clock::Timestamp;
use crate::domain::demand::Demand;

/// Twelve hours, microseconds: the daily curve rises as long as it falls.
const HALF_DAY_US: i64 = 43_200_000_000;

/// The sum counts in millionths of requests a second, microseconds, and halves of the parts of a half day: a
/// request is this many.
const REQUEST: i128 = 1_000_000 * 1_000_000 * FINE;

/// What the daily curve's square needs to stay whole.
const FINE: i128 = 2 * HALF_DAY_US as i128;

/// Times are cut off 300 years around 1970, far beyond all clocks here, so that no sum can overflow.
const END_US: i64 = 10_000_000_000_000_000;

/// The arrivals from `from`, before `until`, of a demand that began at `since`: the number of each from 0,
/// counted from the beginning, with its microsecond of the world's time.
pub fn arrivals(demand: &Demand, since: Timestamp, from: Timestamp, until: Timestamp) -> Arrivals {
    let sum = Sum::of(demand, us(since));
    let (from_us, last_us) = (us(from).max(sum.since_us), us(until) - 1);
    let until_n = sum.at(last_us) / REQUEST;
    Arrivals { next_n: sum.at(from_us - 1) / REQUEST, until_n, at_us: from_us - 1, gap_us: 1, last_us, sum }
}

/// Arrivals in their order.
#[derive(Clone, Debug)]
pub struct Arrivals {
    sum: Sum,
    next_n: i128,
    until_n: i128,
    at_us: i64,
    gap_us: i64,
    last_us: i64,
}

impl Iterator for Arrivals {
    type Item = (u64, i64);

    fn next(&mut self) -> Option<(u64, i64)> {
        if self.next_n >= self.until_n {
            return None;
        }
        let n = self.next_n;
        self.next_n += 1;
        let at_us = match self.sum.even(n + 1) {
            Some(at_us) => at_us,
            None => self.search((n + 1) * REQUEST),
        };
        self.gap_us = (at_us - self.at_us).max(1);
        self.at_us = at_us;
        Some((u64::try_from(n).expect("a count is never negative"), at_us))
    }
}

impl Arrivals {
    /// The first microsecond from the last arrival on by which the sum has come to `wanted`; it has at the
    /// span's end. It is looked for near where the last gap would put it, and then between two guesses.
    fn search(&self, wanted: i128) -> i64 {
        let (mut low, mut high, mut gap) = (self.at_us, self.at_us, self.gap_us);
        let (mut below, mut above) = (self.sum.at(low), self.sum.at(high));
        if below >= wanted {
            return low;
        }
        while above < wanted {
            (low, below) = (high, above);
            high = high.saturating_add(gap).min(self.last_us);
            (gap, above) = (gap.saturating_mul(2), self.sum.at(high));
        }
        let mut halve = false;
        while high - low > 1 {
            let guess = if halve {
                low + (high - low) / 2
            } else {
                let part = (wanted - below) as f64 / (above - below) as f64 * (high - low) as f64;
                #[expect(clippy::cast_possible_truncation, reason = "a part of what lies between the two")]
                (low + part as i64).clamp(low + 1, high - 1)
            };
            let before = high - low;
            let there = self.sum.at(guess);
            if there >= wanted {
                (high, above) = (guess, there);
            } else {
                (low, below) = (guess, there);
            }
            // A guess that hardly helped is followed by one that surely does.
            halve = !halve && (high - low) * 2 > before;
        }
        high
    }
}

/// The sum of a demand from its beginning.
#[derive(Clone, Copy, Debug)]
struct Sum {
    since_us: i64,
    /// Rates, in millionths of requests a second: at all times, what the day adds at its peak, a burst.
    flat: i128,
    rise: i128,
    burst: i128,
    /// When the day's curve is at its lowest.
    lowest_us: i64,
    every_us: i64,
    for_us: i64,
}

impl Sum {
    fn of(demand: &Demand, since_us: i64) -> Self {
        let flat = millionths(demand.requests_per_second);
        let peak = demand.daily.map_or(flat, |daily| millionths(daily.peak_requests_per_second));
        let lowest_hour = demand.daily.map_or(0, |daily| (daily.peak_hour + 12) % 24);
        let seconds = |secs: u32| i64::from(secs) * 1_000_000;
        Self {
            since_us,
            flat,
            rise: (peak - flat).max(0),
            burst: demand.bursts.map_or(0, |bursts| millionths(bursts.requests_per_second)),
            lowest_us: i64::from(lowest_hour) * (HALF_DAY_US / 12),
            every_us: demand.bursts.map_or(1, |bursts| seconds(bursts.every_seconds.max(1))),
            for_us: demand.bursts.map_or(0, |bursts| seconds(bursts.for_seconds)),
        }
    }

    /// The sum at the end of a microsecond.
    fn at(&self, at_us: i64) -> i128 {
        let end_us = at_us + 1;
        let passed = (end_us - self.since_us).max(0);
        let mut sum = self.flat * i128::from(passed);
        if self.burst > 0 {
            let whole = i128::from(passed / self.every_us) * i128::from(self.for_us);
            sum += self.burst * (whole + i128::from((passed % self.every_us).min(self.for_us)));
        }
        sum *= FINE;
        if self.rise > 0 && passed > 0 {
            sum += self.rise * (self.curve(end_us) - self.curve(self.since_us));
        }
        sum
    }

    /// The area under the daily curve since some lowest point, in the units of `FINE`.
    fn curve(&self, at_us: i64) -> i128 {
        let (since_lowest, half) = (at_us - self.lowest_us, i128::from(HALF_DAY_US));
        let days = i128::from(since_lowest.div_euclid(2 * HALF_DAY_US));
        let into_day = i128::from(since_lowest.rem_euclid(2 * HALF_DAY_US));
        let left = 2 * half - into_day;
        let today = if into_day <= half { into_day * into_day } else { 2 * half * half - left * left };
        days * 2 * half * half + today
    }

    /// The k-th arrival of a rate that never changes.
    fn even(&self, k: i128) -> Option<i64> {
        if self.rise > 0 || self.burst > 0 {
            return None;
        }
        let after_us = (k * 1_000_000_000_000 + self.flat - 1) / self.flat;
        Some(self.since_us + i64::try_from(after_us).expect("it is before the span's end") - 1)
    }
}

fn millionths(rate: f64) -> i128 {
    #[expect(clippy::cast_possible_truncation, reason = "a rate is at most 10,000")]
    let millionths = (rate * 1_000_000.0).round() as i128;
    millionths
}

fn us(at: Timestamp) -> i64 {
    at.0.saturating_mul(1000).clamp(-END_US, END_US)
}

#[cfg(test)]
mod tests;

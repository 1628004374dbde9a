//! How late datapoints are seen.
//!
//! CloudWatch needs time to take measurements in. A deployment that looks safe because its alarms see
//! everything at once would not be safe on AWS, so a datapoint becomes visible some time after its period
//! has ended. The invariant: what was once visible stays visible as time goes on. Who looks is not known
//! here.

use crate::clock::Timestamp;

/// How long after the end of its period a datapoint becomes visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delay {
    /// For periods of a minute and more.
    pub standard_ms: i64,
    /// For shorter periods.
    pub fine_ms: i64,
}

impl Default for Delay {
    fn default() -> Self {
        Self { standard_ms: 60_000, fine_ms: 10_000 }
    }
}

impl Delay {
    /// The delay that a setting asks for, the same for all periods; the default without one.
    pub fn for_setting(delay_ms: Option<i64>) -> Self {
        delay_ms.map_or_else(Self::default, |ms| Self { standard_ms: ms, fine_ms: ms })
    }

    /// Nothing at this instant or after it is visible at `now` to a reader of periods of `period_ms`.
    pub fn horizon(&self, period_ms: i64, now: Timestamp) -> Timestamp {
        let (delay_ms, step_ms) =
            if period_ms < 60_000 { (self.fine_ms, period_ms.max(1)) } else { (self.standard_ms, 60_000) };
        let seen = now.plus_ms(-delay_ms);
        seen.plus_ms(-seen.0.rem_euclid(step_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datapoint_is_seen_a_delay_after_its_period_has_ended() {
        let default = Delay::default();
        let at_once = Delay::for_setting(Some(0));
        let slow = Delay::for_setting(Some(90_000));
        for (delay, period, now, horizon) in [
            (default, 60, 180, 120),
            (default, 60, 179, 60),
            (default, 300, 400, 300),
            (default, 10, 35, 20),
            (default, 30, 69, 30),
            (default, 30, 70, 60),
            (at_once, 60, 180, 180),
            (at_once, 60, 179, 120),
            (at_once, 10, 39, 30),
            (slow, 60, 180, 60),
            (slow, 10, 180, 90),
            (default, 60, 30, -60),
        ] {
            let seen = delay.horizon(period * 1000, Timestamp(now * 1000));
            assert_eq!(seen, Timestamp(horizon * 1000), "period {period} s at {now} s");
        }
        assert_eq!(Delay::for_setting(None), default);
    }
}

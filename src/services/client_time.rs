//! Times that clients send. Scripts write `datetime.now()` and mean now; on a world's own clock that is
//! another instant.

use serde::Deserialize;

use crate::clock::Timestamp;
use crate::store::World;

/// A time this near to the real now is taken for the real one.
const NEAR_MS: u64 = 5 * 60 * 1000;

/// How a time that a client sends is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientTimes {
    /// Within five minutes of the real now it is read as real and mapped to the world's clock; any other is
    /// the world's time.
    #[default]
    Map,
    /// Always the world's time.
    Literal,
}

impl ClientTimes {
    /// The world's time that a client means by `sent`.
    pub fn read(self, sent: Timestamp, world: &World, base_now: Timestamp) -> Timestamp {
        let ahead = sent.ms_since(base_now);
        if self == Self::Literal || ahead.unsigned_abs() > NEAR_MS {
            return sent;
        }
        // Where time stands still, a minute ago is a minute before the instant it stands at.
        let rate = Some(world.clock.mode.rate_milli()).filter(|rate| *rate > 0).unwrap_or(1000);
        world.now(base_now).plus_ms(ahead.saturating_mul(rate) / 1000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Mode, WorldClock};

    #[test]
    fn a_script_that_says_now_means_the_worlds_now() {
        let read = |client_times: ClientTimes, mode, sent| {
            let (base_now, world_now) = (Timestamp(10_000_000), Timestamp(90_000_000));
            let clock = WorldClock { mode, anchor_base: base_now, anchor_world: world_now };
            let world = World {
                clock,
                reached: world_now,
                next_due: None,
                version: 1,
                life: 0,
                injections: 0,
                keeps_past: false,
                limits: 0,
                results: 0,
                rules: 0,
                scalable_targets: 0,
                components: 0,
            };
            client_times.read(Timestamp(sent), &world, base_now).0
        };
        let (map, manual) = (ClientTimes::Map, Mode::Manual);
        assert_eq!(read(map, manual, 10_000_000), 90_000_000);
        assert_eq!(read(map, manual, 9_940_000), 89_940_000, "a minute ago");
        assert_eq!(
            read(map, Mode::Scaled { rate_milli: 60_000 }, 9_940_000),
            86_400_000,
            "an hour ago there"
        );
        assert_eq!(read(map, manual, 9_699_999), 9_699_999, "too long ago to be now");
        assert_eq!(read(map, manual, 89_000_000), 89_000_000, "the world's own time");
        assert_eq!(read(map, manual, i64::MIN), i64::MIN, "before all time");
        assert_eq!(read(map, manual, i64::MAX), i64::MAX, "after all time");
        assert_eq!(read(ClientTimes::Literal, manual, 10_000_000), 10_000_000);
    }
}

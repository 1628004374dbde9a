//! How users of moto want endpoints to come through their transitions, instead of by the world's clock alone.
//! <https://docs.getmoto.org/en/latest/docs/configuration/state_transition/index.html>

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// The one of moto's models that is here: its name, as moto would form it.
pub const ENDPOINT: &str = "sagemaker::endpoint";

/// What ends a transition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "progression", rename_all = "lowercase", deny_unknown_fields)]
pub enum Progression {
    /// The command that began it.
    Immediate,
    /// Being described so many times.
    Manual {
        /// From 1 on.
        times: u32,
    },
    /// Being described when it has lasted so long, in seconds of the world.
    Time {
        /// From 0 on.
        seconds: u32,
    },
}

impl Progression {
    /// Whether a transition that began at `since` ends with the look that is the `looks`th, at `now`.
    pub fn ends(self, looks: i64, since: Timestamp, now: Timestamp) -> bool {
        match self {
            Self::Immediate => true,
            Self::Manual { times } => looks >= i64::from(times),
            Self::Time { seconds } => now >= since.plus_ms(i64::from(seconds) * 1000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transition_ends_at_once_or_with_the_look_that_was_waited_for_or_when_its_time_has_come() {
        let since = Timestamp(10_000);
        let ends = |progression: Progression, looks, at| progression.ends(looks, since, Timestamp(at));
        assert!(ends(Progression::Immediate, 0, 10_000));
        assert!(!ends(Progression::Manual { times: 3 }, 2, 99_000));
        assert!(ends(Progression::Manual { times: 3 }, 3, 10_000));
        assert!(!ends(Progression::Time { seconds: 5 }, 99, 14_999));
        assert!(ends(Progression::Time { seconds: 5 }, 1, 15_000));
    }
}

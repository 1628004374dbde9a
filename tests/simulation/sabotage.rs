//! A database that is broken on purpose. A simulation that stays green over one of these sees nothing.

use std::borrow::Cow;

/// What is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// Now and then a commit is said to have happened, and nothing of it has.
    ForgetsACommit,
    /// Now and then a commit happens, and is said to have been refused.
    DeniesACommit,
    /// Now and then a commit leaves its last statement out.
    TearsACommit,
    /// No row is locked and no version looked at: two may take the same step.
    TrustsEverybody,
    /// A step sees nothing of the history of alarms.
    HidesAlarms,
    /// No worker is told of a world that is due.
    HidesWhatIsDue,
    /// Nobody is told that a flush was made, so it is made again.
    HidesFlushes,
}

/// So often is now and then: one commit in so many.
const ONE_IN: u64 = 16;

impl Sabotage {
    /// Whether what this statement would return is kept back.
    pub fn hides(self, sql: &str) -> bool {
        match self {
            Self::HidesAlarms => {
                sql.starts_with("SELECT alarm_name, seq, at_ms, to_state FROM alarm_history")
            }
            Self::HidesWhatIsDue => sql.contains("wake_real_ms <= $1"),
            Self::HidesFlushes => sql.starts_with("SELECT number FROM flushes"),
            _ => false,
        }
    }

    /// What is run in the place of this statement.
    pub fn bent(self, sql: &str) -> Cow<'_, str> {
        let (Self::TrustsEverybody, Some((head, number))) = (self, sql.rsplit_once(" AND version = $"))
        else {
            return Cow::Borrowed(sql);
        };
        let rest = number.trim_start_matches(|digit: char| digit.is_ascii_digit());
        Cow::Owned(format!("{head}{rest}"))
    }

    /// Whether locks hold.
    pub fn lets_locks_hold(self) -> bool {
        self != Self::TrustsEverybody
    }

    /// Whether the commit of this number is one of those that are broken.
    pub fn strikes(self, commit: u64) -> bool {
        let breaks = matches!(self, Self::ForgetsACommit | Self::DeniesACommit | Self::TearsACommit);
        breaks && commit.is_multiple_of(ONE_IN)
    }
}

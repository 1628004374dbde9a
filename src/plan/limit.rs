//! How much work one question may ask for.

use super::Wrong;

/// What a question may come to at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Runs of the update, all together.
    pub runs: u64,
    /// Synthetic requests of all runs together.
    pub requests: u64,
}

impl Limits {
    /// Whether so many runs with so many requests in all may be made.
    pub(super) fn check(self, runs: u64, requests: u64) -> Result<(), Wrong> {
        let Self { runs: most_runs, requests: most_requests } = self;
        if runs > most_runs {
            let why = format!(
                "comes to {runs} runs, but one question may ask for {most_runs}: ask for fewer runs, or \
                               fewer values of the sweep"
            );
            return Err(Wrong::new("the question", why));
        }
        if requests > most_requests {
            let why = format!(
                "comes to {requests} requests in all, but one question may ask for {most_requests}: ask \
                               for less traffic, shorter waits or fewer runs"
            );
            return Err(Wrong::new("the question", why));
        }
        Ok(())
    }
}

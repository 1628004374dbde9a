//! Many runs together: how many, what they found, and what they have seen.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::play::{Outcome, Wish, play};
use super::tally::Tally;

/// Every so many seeds one is played twice; both runs must be the same.
const TWICE: u64 = 50;

/// What must have been seen in some of many runs, or they have not tried much: every fault, every way in which a
/// deployment ends, and the rare things between them.
const SEEN: &[&str] = &[
    "crash at a statement",
    "crash before a commit",
    "crash after a commit",
    "crash at any time",
    "statement refused",
    "statement timed out",
    "commit refused",
    "answer lost",
    "lock timed out",
    "pause",
    "eviction",
    "outage",
    "clock jumps",
    "clock goes back",
    "slow answer",
    "signal lost",
    "spurious wake-up",
    "client goes without an answer",
    "world skipped",
    "request done",
    "request refused",
    "request without an answer",
    "deployment succeeded",
    "rolling succeeded",
    "alarm rollback",
    "internal fault rollback",
    "step put off",
    "write refused",
    "timeout rollback",
    "health rollback",
    "missing alarm rollback",
    "rolling rollback",
    "rollback failed",
    "creation failed",
    "scaling failed",
    "world forgotten",
    "deployment paused",
    "deployment resumed",
    "deployment advanced",
    "deployment promoted",
    "deployment aborted",
];

/// What came of many runs.
#[derive(Debug, Default)]
pub struct Summary {
    pub seeds: u64,
    /// How many were played twice.
    pub twice: u64,
    /// The seeds that found something, and what.
    pub red: Vec<(u64, Vec<String>)>,
    pub tally: Tally,
    pub base_ms: i64,
    pub world_ms: i64,
}

impl Summary {
    /// What was never seen.
    pub fn unseen(&self) -> Vec<&'static str> {
        SEEN.iter().copied().filter(|what| self.tally.of(what) == 0).collect()
    }

    /// How much was found that must never happen.
    pub fn violations(&self) -> usize {
        self.red.iter().map(|(_, violations)| violations.len()).sum()
    }

    fn take(&mut self, outcome: Outcome) {
        self.seeds += 1;
        self.base_ms += outcome.base_ms;
        self.world_ms += outcome.world_ms;
        self.tally.merge(&outcome.tally);
        if !outcome.violations.is_empty() {
            self.red.push((outcome.seed, outcome.violations));
        }
    }
}

/// Plays so many seeds from this one on, several at a time, and tells after each how it stands.
pub fn play_all(from: u64, seeds: u64, threads: usize, tell: impl Fn(&Summary) + Sync) -> Summary {
    let (next, summary) = (AtomicU64::new(from), Mutex::new(Summary::default()));
    let work = || {
        while let Some(seed) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed < from + seeds)
        {
            let mut outcome = play(seed, Wish::default());
            let again = (seed % TWICE == 0).then(|| play(seed, Wish::default()).digest);
            if again.is_some_and(|again| again != outcome.digest) {
                outcome.violations.push("two runs of this seed are not the same".to_owned());
            }
            let mut summary = summary.lock().unwrap_or_else(PoisonError::into_inner);
            summary.twice += u64::from(again.is_some());
            summary.take(outcome);
            tell(&summary);
        }
    };
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let mut summary = summary.into_inner().unwrap_or_else(PoisonError::into_inner);
    summary.red.sort();
    summary
}

/// Milliseconds as years, for those who count in them.
fn years(ms: i64) -> f64 {
    ms as f64 / (365.25 * 86_400_000.0)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widest = self.tally.0.keys().map(|what| what.len()).max().unwrap_or(0);
        for (what, times) in &self.tally.0 {
            writeln!(f, "{what:widest$} {times:>12}")?;
        }
        for (seed, violations) in &self.red {
            writeln!(f, "seed {seed} is red: cargo run --example sagebrush-sim -- --one {seed}")?;
            violations.iter().try_for_each(|violation| writeln!(f, "  {violation}"))?;
        }
        for what in self.unseen() {
            writeln!(f, "never seen: {what}")?;
        }
        let (base, worlds) = (years(self.base_ms), years(self.world_ms));
        writeln!(f, "{base:.2} years passed on the clocks of the databases")?;
        write!(
            f,
            "simulation: {} seeds, {} of them twice; {worlds:.2} years in their worlds; {} violations",
            self.seeds,
            self.twice,
            self.violations()
        )
    }
}

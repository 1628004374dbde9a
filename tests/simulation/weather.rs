//! What may go wrong in a run: which faults there are and how often, drawn once from the seed.
//!
//! No run has them all. One that only loses answers finds what a run of everything would drown in crashes.

use super::dice::Dice;

/// How often each thing happens. Rates are times in a thousand.
#[derive(Clone, Debug)]
pub struct Weather {
    /// A statement is refused, and its transaction ends.
    pub refused: u32,
    /// A commit happens and its answer is lost.
    pub answer_lost: u32,
    /// The process dies at a statement, or between a commit and its answer.
    pub crash_at_statement: u32,
    pub crash_at_commit: u32,
    /// A statement takes its time.
    pub slow: u32,
    pub slow_ms: i64,
    /// The database refuses something that a step writes.
    pub poison: u32,
    /// A client goes away in the middle of a request.
    pub client_gone: u32,
    /// A task is woken although nothing has happened.
    pub spurious: u32,
    /// A signal to a worker is lost.
    pub signal_lost: u32,
    /// Seconds between the great events, none where there are none: a process dies, one is paused beyond all
    /// time-outs, the database goes away, the clock of the database jumps.
    pub crash_secs: Option<i64>,
    pub pause_secs: Option<i64>,
    pub outage_secs: Option<i64>,
    pub jump_secs: Option<i64>,
    /// How far the clocks of processes may be apart.
    pub skew_ms: i64,
}

impl Weather {
    /// Nothing goes wrong.
    pub const CALM: Self = Self {
        refused: 0,
        answer_lost: 0,
        crash_at_statement: 0,
        crash_at_commit: 0,
        slow: 0,
        slow_ms: 0,
        client_gone: 0,
        spurious: 0,
        signal_lost: 0,
        crash_secs: None,
        pause_secs: None,
        outage_secs: None,
        jump_secs: None,
        poison: 0,
        skew_ms: 0,
    };

    /// The weather of a run.
    pub fn drawn(dice: &mut Dice) -> Self {
        let mut some = |low, high| {
            let often = rate(dice.magnitude(low, high));
            if dice.permille(600) { often } else { 0 }
        };
        let (refused, answer_lost) = (some(2, 40), some(5, 150));
        let (crash_at_statement, crash_at_commit) = (some(1, 5), some(2, 40));
        let (slow, client_gone, spurious, signal_lost) =
            (some(2, 60), some(20, 300), some(5, 100), some(50, 900));
        let mut every = || dice.permille(450).then(|| dice.magnitude(20, 3_000));
        Self {
            refused,
            answer_lost,
            crash_at_statement,
            crash_at_commit,
            slow,
            client_gone,
            spurious,
            signal_lost,
            crash_secs: every(),
            pause_secs: every(),
            outage_secs: every(),
            jump_secs: every(),
            slow_ms: dice.magnitude(5, 20_000),
            poison: if dice.permille(200) { rate(dice.magnitude(20, 700)) } else { 0 },
            skew_ms: if dice.permille(300) { dice.magnitude(1, 60) } else { 0 },
        }
    }
}

fn rate(times: i64) -> u32 {
    u32::try_from(times).expect("a rate is small")
}

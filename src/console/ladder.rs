//! The step ladder: what was done, where a deployment stands, and what is to come.

use super::live::next;
use super::moment::time_of_day;
use crate::clock::Timestamp;
use crate::domain::event::{Event, EventKind};
use crate::engine::Outlook;
use crate::plan::Split;

/// A rung of the ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rung {
    /// `done`, `now`, `ahead`, `noted`, or `bad`.
    pub(super) state: &'static str,
    /// The same in words, for those who do not see its mark.
    pub(super) words: &'static str,
    pub(super) time: String,
    /// Percent of green's traffic from there on.
    pub(super) green: String,
    pub(super) message: String,
    /// When it is over, if that is known and it is where the deployment stands.
    pub(super) until: Option<Timestamp>,
}

/// The rungs, in the order of their time.
pub(super) fn ladder(outlook: &Outlook) -> Vec<Rung> {
    let events: Vec<&Event> = outlook.history.iter().map(|(event, _)| event).collect();
    let ended = outlook.row.record.ended_at.is_some();
    let stands = events.iter().rposition(|event| event.kind.is_stage()).filter(|_| !ended);
    let until = next(outlook);
    let mut rungs = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let is_now = Some(at) == stands;
        let (state, words) = match event.kind {
            _ if is_now => ("now", "under way"),
            EventKind::RollingBack
            | EventKind::RolledBack
            | EventKind::RollbackFailed
            | EventKind::Failed => ("bad", "gone wrong"),
            kind if !kind.is_stage() => ("noted", "noted"),
            _ => ("done", "done"),
        };
        rungs.push(rung(event, state, words, until.filter(|_| is_now)));
    }
    rungs.extend(outlook.prospect.planned.iter().map(|event| rung(event, "ahead", "to come", None)));
    rungs
}

fn rung(event: &Event, state: &'static str, words: &'static str, until: Option<Timestamp>) -> Rung {
    let (time, message) = (time_of_day(event.at), event.message.clone());
    Rung { state, words, time, green: format!("{} %", Split::from(event.traffic).green), message, until }
}

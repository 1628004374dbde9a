//! What an operator can do with a deployment on its way. AWS knows nothing like it.
//!
//! Each verb may come at any time and twice. Where there is nothing to do for it, it says why.

use serde::{Deserialize, Serialize};

use super::{Cause, Deployment, Moment, Pace, Phase, Progress};
use crate::clock::Timestamp;
use crate::domain::event::EventKind;

/// What an operator wants of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Steer {
    /// The countdown of its bakes stands still from now on.
    Pause,
    /// The countdown goes on with what was left.
    Resume,
    /// The present bake is over.
    Advance,
    /// The present bake is over, and those to come take no time, also the `TerminationWait`.
    Promote,
    /// It rolls back, as for an alarm.
    Abort,
}

impl Steer {
    /// Every verb.
    pub const ALL: [Self; 5] = [Self::Pause, Self::Resume, Self::Advance, Self::Promote, Self::Abort];

    /// Its word in the control API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Advance => "advance",
            Self::Promote => "promote",
            Self::Abort => "abort",
        }
    }

    /// The verb of that word; `None` for any other text.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|steer| steer.word() == word)
    }
}

impl Deployment {
    /// Does what the operator wants, or says why there is nothing to do. What a bake that is over leads to is
    /// the next step's, at the same instant.
    pub(in crate::domain) fn steer(
        mut self,
        steer: Steer,
        moment: &mut Moment<'_>,
    ) -> Result<Progress, String> {
        match self.phase {
            Phase::RollingBack { .. } => return Err("It rolls back already.".to_owned()),
            Phase::Terminating { step, .. } if self.plan.is_last(step) => {
                return Err("Its last bake is over; nothing can stop or hasten it any more.".to_owned());
            }
            _ => {}
        }
        let now = moment.now;
        let (kind, message) = match steer {
            Steer::Pause => (EventKind::Paused, self.pause(now)?),
            Steer::Resume => (EventKind::Resumed, self.resume(now)?),
            Steer::Advance => (EventKind::Advanced, self.advance(now)?),
            Steer::Promote => (EventKind::Promoted, self.promote(now)?),
            Steer::Abort => return Ok(self.roll_back(Cause::aborted(), moment)),
        };
        let event = self.event(now, kind, self.phase.step(), message.to_owned());
        moment.log.events.push(event);
        Ok(self.running())
    }

    fn pause(&mut self, now: Timestamp) -> Result<&'static str, String> {
        if let Pace::Paused { since } = self.pace {
            return Err(format!("It is paused already, since {since}."));
        }
        self.pace = Pace::Paused { since: now };
        Ok("Paused: the countdown of its bakes stands still. Its alarms and its timeout do not.")
    }

    fn resume(&mut self, now: Timestamp) -> Result<&'static str, String> {
        let Pace::Paused { since } = self.pace else { return Err("It is not paused.".to_owned()) };
        let stood_ms = now.ms_since(since.max(self.since));
        self.pace = Pace::Planned;
        if let Some(end) = self.bake_end() {
            *end = end.plus_ms(stood_ms);
        }
        Ok("Resumed: the countdown goes on with what was left.")
    }

    fn advance(&mut self, now: Timestamp) -> Result<&'static str, String> {
        let Some(end) = self.bake_end() else {
            return Err("It does not bake now, so no bake can be ended.".to_owned());
        };
        *end = now;
        if self.is_paused() {
            self.pace = Pace::Planned;
        }
        Ok("Advanced: its bake is over.")
    }

    fn promote(&mut self, now: Timestamp) -> Result<&'static str, String> {
        if self.pace == Pace::Promoted {
            return Err("It is promoted already.".to_owned());
        }
        self.pace = Pace::Promoted;
        if let Some(end) = self.bake_end() {
            *end = now;
        }
        Ok("Promoted: no bake takes any time from now on.")
    }
}

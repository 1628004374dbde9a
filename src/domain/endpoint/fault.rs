//! What becomes of an endpoint whose steps fail inside the server, in the order in which it is tried.
//!
//! A fault is nobody's plan: a defect of ours, or a state that no code of ours has written. So each of these
//! looks at less than the one before: [`give_up`](Endpoint::give_up) goes the ordinary way back, and
//! [`strand`](Endpoint::strand), where that fails too, only drops what is on its way.

use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::record::{Record, Status};
use crate::domain::deployment::{Deployment, INTERNAL_FAULT, Log, Moment, Progress};
use crate::domain::event::{Event, EventKind};
use crate::domain::rules::Rules;

impl Endpoint {
    /// Notes in the history of its deployment that a step of it has failed and is tried again; `None` where no
    /// deployment is on its way.
    pub fn falter(self, now: Timestamp) -> Option<Transition> {
        let message = "A step failed inside the server. It is tried again.".to_owned();
        let (record, events) = self.noted(EventKind::Warning, message, now);
        record.is_some().then(|| Transition { next: Some(self), record, events, launches: Vec::new() })
    }

    /// The row, and a line of the history, of the deployment that is on its way; nothing where none is.
    pub(super) fn noted(
        &self,
        kind: EventKind,
        message: String,
        at: Timestamp,
    ) -> (Option<Record>, Vec<Event>) {
        match &self.state {
            State::Creating { .. } => {
                let (step, traffic, cause, alarms) = (None, Traffic::GREEN, None, Vec::new());
                let event = Event { at, kind, step, traffic, message, cause, alarms };
                (self.creation_record(Status::Running, None), vec![event])
            }
            State::Updating(deployment) => {
                let event = deployment.event(at, kind, deployment.phase.step(), message);
                (Some(deployment.record(Status::Running, None, None)), vec![event])
            }
            _ => (None, Vec::new()),
        }
    }

    /// Ends what is on its way because its steps fail: an update or a scaling goes back, one that is going
    /// back already and a creation end as failed. `None` where there is no other end: a deletion.
    pub fn give_up(self, now: Timestamp, rules: &Rules) -> Option<Transition> {
        let ended = match &self.state {
            State::Updating(_) => self.ended(Deployment::give_up, now, rules),
            State::Scaling(scaling) => {
                let scaled = (**scaling).clone().give_up(now, rules);
                self.scaled(scaled, now)
            }
            _ => self.strand(now, rules),
        };
        ended.map(|transition| transition.sound(now))
    }

    /// Ends what is on its way, at once and where it stands: what serves, serves on. `None` as for
    /// [`give_up`](Self::give_up).
    pub fn strand(self, now: Timestamp, rules: &Rules) -> Option<Transition> {
        match &self.state {
            State::Creating { .. } => self.created(Some(INTERNAL_FAULT.to_owned()), now),
            State::Updating(_) => self.ended(Deployment::strand, now, rules),
            State::Scaling(scaling) => {
                let scaled = (**scaling).clone().strand(now);
                self.scaled(scaled, now)
            }
            _ => None,
        }
    }

    /// What its deployment comes to by this end.
    fn ended(
        self,
        end: impl FnOnce(Deployment, &mut Moment<'_>) -> Progress,
        now: Timestamp,
        rules: &Rules,
    ) -> Option<Transition> {
        let State::Updating(deployment) = &self.state else { return None };
        let (observed, mut log) = (Observed::default(), Log::default());
        let mut moment = Moment { now, observed: &observed, rules, log: &mut log };
        let progress = end((**deployment).clone(), &mut moment);
        self.progressed(progress, log, now, rules)
    }
}

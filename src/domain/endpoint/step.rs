//! What time makes of an endpoint.

use super::scaling::Scaled;
use super::{Endpoint, State, Transition, failure_reason};
use crate::clock::Timestamp;
use crate::domain::alarm::Observed;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::record::{Record, Status};
use crate::domain::deployment::{Deployment, Ending, Log, Moment, Progress};
use crate::domain::event::{Event, EventKind};
use crate::domain::fleet::{Fleet, Launch};
use crate::domain::rules::{FailureReasonAfterRollback, Rules};

impl Endpoint {
    /// What has come by `now`; `None` if nothing has. One call takes one stage: a stage of zero length
    /// makes the endpoint due again at the same instant.
    pub fn step(self, now: Timestamp, observed: &Observed, rules: &Rules) -> Option<Transition> {
        let stepped = match &self.state {
            State::Creating { .. } => self.step_creation(now),
            State::Updating(_) => self.step_update(now, observed, rules),
            State::Scaling(_) => self.step_scaling(now, rules),
            State::Deleting { until, .. } if *until <= now => {
                Some(Transition { next: None, record: None, events: Vec::new(), launches: Vec::new() })
            }
            _ => None,
        };
        stepped.map(|transition| transition.sound(now))
    }

    fn step_creation(self, now: Timestamp) -> Option<Transition> {
        let State::Creating { green, since, .. } = &self.state else { return None };
        let failed = match green.launch(*since, now) {
            Launch::Starting(_) => return None,
            Launch::Up => None,
            Launch::Failed(failure) => Some(failure.reason()),
        };
        self.created(failed, now)
    }

    /// The end of a creation: in service, or failed for this reason.
    pub(super) fn created(mut self, failed: Option<String>, now: Timestamp) -> Option<Transition> {
        let State::Creating { green, .. } = &self.state else { return None };
        let green = green.clone();
        let (status, kind) = match failed {
            None => (Status::Succeeded, EventKind::Succeeded),
            Some(_) => (Status::Failed, EventKind::Failed),
        };
        let in_service = format!("{} is in service.", green.spec.config_name);
        let event = Event {
            at: now,
            kind,
            step: None,
            traffic: Traffic::GREEN,
            message: failed.clone().unwrap_or(in_service),
            cause: None,
            alarms: Vec::new(),
        };
        let record = self.creation_record(status, Some(now));
        let record = record.map(|record| Record { failure_reason: failed.clone(), ..record });
        self.modified_at = now;
        self.state = match failed {
            None => State::InService(green),
            Some(_) => State::Failed { config_name: green.spec.config_name },
        };
        self.failure_reason = failed;
        Some(Transition { next: Some(self), record, events: vec![event], launches: Vec::new() })
    }

    fn step_update(self, now: Timestamp, observed: &Observed, rules: &Rules) -> Option<Transition> {
        let State::Updating(before) = &self.state else { return None };
        let mut log = Log::default();
        let progress = (**before).clone().step(&mut Moment { now, observed, rules, log: &mut log });
        self.progressed(progress, log, now, rules)
    }

    /// What its deployment has come to; `None` if that stands where it stood.
    pub(super) fn progressed(
        mut self,
        progress: Progress,
        log: Log,
        now: Timestamp,
        rules: &Rules,
    ) -> Option<Transition> {
        let State::Updating(before) = &self.state else { return None };
        let record = match progress {
            Progress::Running(after) => {
                if after == *before {
                    return None;
                }
                let record = after.record(Status::Running, None, None);
                self.state = State::Updating(after);
                record
            }
            Progress::Ended(ending) => {
                let before = (**before).clone();
                self.end(&before, ending, now, rules)
            }
        };
        self.modified_at = now;
        Some(Transition {
            next: Some(self),
            record: Some(record),
            events: log.events,
            launches: log.launches,
        })
    }

    /// Puts the endpoint where the deployment left it.
    fn end(&mut self, deployment: &Deployment, ending: Ending, now: Timestamp, rules: &Rules) -> Record {
        let (status, reason) = match ending {
            Ending::Succeeded(fleet) => {
                self.state = State::InService(fleet);
                return deployment.record(Status::Succeeded, Some(now), None);
            }
            Ending::RolledBack(fleets, reason) => {
                self.state = resting(fleets);
                (Status::RolledBack, reason)
            }
            Ending::RollbackFailed(fleets, reason) => {
                self.state = State::Mixed(fleets);
                (Status::RollbackFailed, reason)
            }
        };
        let reason = failure_reason(&reason);
        let silent = rules.failure_reason_after_rollback == FailureReasonAfterRollback::Clear;
        let silent = silent && matches!(self.state, State::InService(_));
        self.failure_reason = (!silent).then(|| reason.clone());
        deployment.record(status, Some(now), Some(reason))
    }

    fn step_scaling(self, now: Timestamp, rules: &Rules) -> Option<Transition> {
        let State::Scaling(scaling) = &self.state else { return None };
        let scaled = (**scaling).clone().step(now, rules);
        self.scaled(scaled, now)
    }

    /// What its scaling has come to; `None` if that stands where it stood.
    pub(super) fn scaled(mut self, scaled: Scaled, now: Timestamp) -> Option<Transition> {
        match scaled {
            Scaled::Running(_, false) => return None,
            Scaled::Running(scaling, true) => self.state = State::Scaling(Box::new(scaling)),
            Scaled::Ended(fleet, reason) => {
                self.state = State::InService(fleet);
                self.failure_reason = reason;
            }
        }
        self.modified_at = now;
        Some(Transition { next: Some(self), record: None, events: Vec::new(), launches: Vec::new() })
    }
}

/// Blue after a rollback: in service, or as mixed as it was before the update.
fn resting(mut fleets: Vec<Fleet>) -> State {
    let leftovers = fleets[1..].iter().any(|fleet| fleet.pools.iter().any(|pool| pool.existing() > 0));
    if leftovers { State::Mixed(fleets) } else { State::InService(fleets.swap_remove(0)) }
}

//! What is due in a world, in the order of things: instant, turn, name.
//!
//! The turn is behaviour of AWS's that tests rely on: traffic has been counted before an alarm judges it, and
//! an alarm has judged before a deployment that watches it takes a step at the same instant.

use std::collections::BTreeMap;

use super::step::RETRIES;
use crate::clock::Timestamp;
use crate::domain::deployment::Deployment;
use crate::domain::endpoint::Rank;
use crate::store::{Alarm, EndpointRow, Error, Tx};

/// The order of what is due at one instant; within a turn the name decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// A fault does its work.
    Fault,
    /// Synthetic traffic up to this instant is counted.
    Traffic,
    /// A metric alarm is evaluated.
    MetricAlarm,
    /// An endpoint takes a step.
    Endpoint(Rank),
    /// A scheduled action sets the bounds of a scalable target.
    ScheduledAction,
    /// The policies of a scalable target are looked at.
    ScalableTarget,
}

/// Something that is due.
#[derive(Debug)]
pub(super) enum Due {
    /// The fault of this number.
    Fault(i64),
    /// Synthetic traffic of the endpoint of this name.
    Traffic(String),
    /// A metric alarm.
    Alarm(Box<Alarm>),
    /// An endpoint.
    Endpoint(Box<EndpointRow>),
    /// The scheduled action of this name, of this resource.
    ScheduledAction(String, String),
    /// The scalable target of this resource.
    ScalableTarget(String),
}

impl Due {
    /// Whether it is an endpoint that may still come to its end: it was not given up in vain, and its deployment
    /// does not stand still, unless something other than its own time is due for it: an alarm that tripped.
    fn is_hopeful(&self) -> bool {
        let Self::Endpoint(row) = self else { return false };
        let stands_still = row.endpoint.deployment().is_some_and(Deployment::stands_still);
        row.faults <= RETRIES && (!stands_still || row.wake != row.endpoint.wake_at())
    }
}

/// The place of something in the order of things.
pub(super) type Place = (Timestamp, Turn, String);

/// What is due up to an instant, the earliest first; at most `most` of each kind are known.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    items: BTreeMap<Place, Due>,
    hopeful: usize,
}

impl Agenda {
    /// Reads what is due up to `limit`.
    pub(super) async fn read(tx: &mut Tx, limit: Timestamp, most: u32) -> Result<Self, Error> {
        let world = tx.id().clone();
        let mut agenda = Self::default();
        for (at, number) in tx.due_injections(limit, most).await? {
            agenda.add(at, Due::Fault(number));
        }
        for (at, endpoint) in tx.due_traffic(&world, limit, most).await? {
            agenda.add(at, Due::Traffic(endpoint));
        }
        for (at, alarm) in tx.due_alarms(&world, limit, most).await? {
            agenda.add(at, Due::Alarm(Box::new(alarm)));
        }
        for (at, row) in tx.due_endpoints(&world, limit, most).await? {
            agenda.add(at, Due::Endpoint(Box::new(row)));
        }
        for (at, resource, name) in tx.due_scheduled_actions(limit, most).await? {
            agenda.add(at, Due::ScheduledAction(resource, name));
        }
        for (at, resource) in tx.due_targets(limit, most).await? {
            agenda.add(at, Due::ScalableTarget(resource));
        }
        Ok(agenda)
    }

    /// Puts something in its place.
    pub(super) fn add(&mut self, at: Timestamp, due: Due) {
        self.hopeful += usize::from(due.is_hopeful());
        let (turn, name) = match &due {
            // Of two at one instant the one that was added first.
            Due::Fault(number) => (Turn::Fault, format!("{number:020}")),
            Due::Traffic(endpoint) => (Turn::Traffic, endpoint.to_lowercase()),
            Due::Alarm(alarm) => (Turn::MetricAlarm, alarm.name.clone()),
            Due::Endpoint(row) => (Turn::Endpoint(row.endpoint.rank()), row.endpoint.name.to_lowercase()),
            Due::ScheduledAction(resource, name) => (Turn::ScheduledAction, format!("{resource}/{name}")),
            Due::ScalableTarget(resource) => (Turn::ScalableTarget, resource.clone()),
        };
        self.items.insert((at, turn, name), due);
    }

    /// The place of the earliest.
    pub(super) fn first(&self) -> Option<&Place> {
        self.items.first_key_value().map(|(place, _)| place)
    }

    /// Takes the earliest out.
    pub(super) fn pop(&mut self) -> Option<(Timestamp, Due)> {
        let ((at, ..), due) = self.items.pop_first()?;
        self.hopeful -= usize::from(due.is_hopeful());
        Some((at, due))
    }

    /// Whether an endpoint is due that may still come to its end.
    pub(super) fn has_hope(&self) -> bool {
        self.hopeful > 0
    }
}

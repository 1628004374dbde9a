//! What holds of every transition, whatever made it. A transition that breaks one of these is a defect of the
//! core, and must not be committed: the step that made it counts as failed.

use super::{Endpoint, Transition};
use crate::clock::Timestamp;
use crate::domain::capacity::Share;
use crate::domain::event::Event;

impl Transition {
    /// Asserts what holds of a transition at `now`, and hands it on.
    pub(super) fn sound(self, now: Timestamp) -> Self {
        assert!(self.events.iter().all(|event| event.at == now), "what happens at an instant bears its time");
        let endings = self.events.iter().filter(|event| event.kind.is_ending()).count();
        let last = self.events.last().is_some_and(Event::is_ending);
        if let Some(record) = &self.record {
            assert_eq!(record.ended_at, last.then_some(now), "a deployment ends with its last event");
            assert!(endings <= 1, "a deployment ends once");
        } else {
            assert!(self.events.is_empty(), "events belong to a deployment");
        }
        if let Some(next) = &self.next {
            assert_eq!(next.modified_at, now, "a change bears its time");
            next.assert_sound();
        }
        self
    }
}

impl Endpoint {
    fn assert_sound(&self) {
        for fleet in self.fleets() {
            assert_eq!(fleet.pools.len(), fleet.spec.variants.len(), "each variant has its pool");
        }
        let Some(deployment) = self.deployment() else { return };
        assert!(!deployment.blue.is_empty(), "there is a fleet to go back to");
        assert_eq!(deployment.shares.len(), deployment.plan.variants.len(), "each variant has its share");
        let whole = |share: &Share| share.of > 0 && share.green <= share.of;
        assert!(deployment.shares.iter().all(whole), "a share is a part of the whole");
        let traffic = deployment.traffic();
        assert_eq!(traffic.blue_bp() + traffic.green_bp(), 10_000, "blue and green have all traffic");
    }
}

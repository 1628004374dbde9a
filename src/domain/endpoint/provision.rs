//! Instances that wait for room, and what becomes of an endpoint when there is some.

use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::deployment::{LaunchOrder, Side};
use crate::domain::event::EventKind;
use crate::domain::fleet::Fleet;

impl Endpoint {
    /// What waits for room, as orders for it, each with the instant since when it has waited.
    pub fn waiting(&self) -> Vec<(Timestamp, LaunchOrder)> {
        let mut waiting = Vec::new();
        for side in [Side::Blue, Side::Green] {
            let Some(fleet) = self.fleet(side).filter(|_| side == self.side_of(side)) else { continue };
            for (variant, pool) in fleet.pools.iter().enumerate() {
                let order = LaunchOrder { side, variant, count: pool.waiting() };
                waiting.extend(pool.waits_since().map(|since| (since, order)));
            }
        }
        waiting
    }

    /// Lets instances be launched that waited for room; `None` if none of them waits.
    pub fn provision(mut self, orders: &[LaunchOrder], now: Timestamp) -> Option<Transition> {
        let mut launches = Vec::new();
        for order in orders {
            let Some(pool) = self.fleet_mut(order.side).and_then(|fleet| fleet.pools.get_mut(order.variant))
            else {
                continue;
            };
            let count = order.count.min(pool.waiting());
            pool.stop_waiting(count);
            launches.extend((count > 0).then_some(LaunchOrder { count, ..*order }));
        }
        if launches.is_empty() {
            return None;
        }
        self.modified_at = now;
        let total: u64 = launches.iter().map(|order| u64::from(order.count)).sum();
        let message = format!("Launching {total} instance(s) that had waited for capacity.");
        let (record, events) = self.noted(EventKind::Launching, message, now);
        Some(Transition { next: Some(self), record, events, launches }.sound(now))
    }

    /// A state with one fleet has it on one side.
    fn side_of(&self, side: Side) -> Side {
        match self.state {
            State::Creating { .. } => Side::Green,
            State::Updating(_) => side,
            _ => Side::Blue,
        }
    }

    pub(super) fn fleet_mut(&mut self, side: Side) -> Option<&mut Fleet> {
        match (&mut self.state, side) {
            (State::Creating { green, .. }, _) => Some(green),
            (State::Updating(deployment), Side::Blue) => deployment.blue.first_mut(),
            (State::Updating(deployment), Side::Green) => Some(&mut deployment.green),
            (State::Scaling(scaling), _) => Some(&mut scaling.fleet),
            (State::InService(fleet), _) => Some(fleet),
            (State::Mixed(fleets), _) => fleets.first_mut(),
            (State::Failed { .. } | State::Deleting { .. }, _) => None,
        }
    }
}

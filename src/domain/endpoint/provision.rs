//! Instances that wait for room, and what becomes of an endpoint when there is some.

use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::deployment::{LaunchOrder, Side};
use crate::domain::event::EventKind;
use crate::domain::fleet::Fleet;

impl Endpoint {
    /// What waits for room at `now`, as orders for it, each with the instant since when it has waited.
    pub fn waiting(&self, now: Timestamp) -> Vec<(Timestamp, LaunchOrder)> {
        let sides = match self.state {
            State::Updating(_) => &[Side::Blue, Side::Green][..],
            State::Creating { .. } => &[Side::Green],
            _ => &[Side::Blue],
        };
        let mut waiting = Vec::new();
        for (side, fleet) in sides.iter().filter_map(|side| Some((*side, self.fleet(*side)?))) {
            for (variant, pool) in fleet.pools.iter().enumerate() {
                waiting.extend(
                    pool.waits(now).map(|(since, count)| (since, LaunchOrder { side, variant, count })),
                );
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
            let wanted = pool.waits(now).map(|(_, count)| count).fold(0, u32::saturating_add);
            let count = order.count.min(wanted);
            pool.stop_waiting(count, now);
            launches.extend((count > 0).then_some(LaunchOrder { count, ..*order }));
        }
        if launches.is_empty() {
            return None;
        }
        self.modified_at = now;
        let total: u64 = launches.iter().map(|order| u64::from(order.count)).sum();
        let message = format!("Launching {total} {} that had waited for capacity.", self.unit().some);
        let (record, events) = self.noted(EventKind::Launching, message, now);
        Some(Transition { next: Some(self), record, events, launches }.sound(now))
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

//! What becomes of an endpoint whose instances die.
//!
//! AWS replaces an instance that has failed; nothing public says more. So what died is gone at once, as many others are
//! launched in its place, and a deployment does not look at it: only alarms do. What is going anyway, the old fleet of
//! blue/green once it is being terminated or the new one in a rollback, is not replaced, nor is what an unfinished
//! rollback has left of another config.

use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::deployment::{LaunchOrder, Phase, Side};
use crate::domain::event::EventKind;
use crate::domain::fleet::Fleet;
use crate::domain::injection::Strike;

/// A fleet of an endpoint, on which side it is, and for which one others are launched instead of its instances.
type Struck<'a> = (&'a mut Fleet, Side, Option<Side>);

impl Endpoint {
    /// Lets healthy instances die; `None` if none of them is meant.
    pub fn strike(mut self, strike: &Strike, now: Timestamp) -> Option<Transition> {
        let (mut left, mut dead, mut launches) = (strike.instances.unwrap_or(u32::MAX), 0, Vec::new());
        let is_meant = |own: Side| strike.side.is_none_or(|side| side == own);
        for (fleet, _, side) in self.struck().into_iter().filter(|(_, own, _)| is_meant(*own)) {
            let losses = strike.losses(fleet, &mut left, now);
            for (variant, count) in losses.into_iter().enumerate().filter(|(_, count)| *count > 0) {
                match strike.side {
                    Some(_) => fleet.pools[variant].evict(count, now),
                    None => fleet.pools[variant].lose(count, now),
                }
                dead += u64::from(count);
                launches.extend(side.map(|side| LaunchOrder { side, variant, count }));
            }
        }
        if dead == 0 {
            return None;
        }
        self.modified_at = now;
        let replaced: u64 = launches.iter().map(|order| u64::from(order.count)).sum();
        let some = self.unit().some;
        let (kind, message) = match strike.side {
            None => {
                let told = format!("{dead} {some} died; {replaced} other(s) are launched instead.");
                (EventKind::InstancesDied, told)
            }
            Some(_) => (
                EventKind::Warning,
                format!("{dead} {some} lost their instance; {replaced} wait for another."),
            ),
        };
        let (record, events) = self.noted(kind, message, now);
        Some(Transition { next: Some(self), record, events, launches }.sound(now))
    }

    /// The fleets whose instances can die.
    fn struck(&mut self) -> Vec<Struck<'_>> {
        match &mut self.state {
            State::InService(fleet) => vec![(fleet, Side::Blue, Some(Side::Blue))],
            State::Scaling(scaling) => vec![(&mut scaling.fleet, Side::Blue, Some(Side::Blue))],
            State::Creating { green, .. } => vec![(green, Side::Green, Some(Side::Green))],
            State::Mixed(fleets) => sides(fleets.iter_mut(), Some(Side::Blue)),
            State::Updating(deployment) => {
                let goes =
                    matches!(deployment.phase, Phase::Terminating { .. }) && !deployment.plan.is_rolling();
                let blue = (!goes).then_some(Side::Blue);
                let green = (!matches!(deployment.phase, Phase::RollingBack { .. })).then_some(Side::Green);
                let mut fleets = sides(deployment.blue.iter_mut(), blue);
                fleets.push((&mut deployment.green, Side::Green, green));
                fleets
            }
            State::Failed { .. } | State::Deleting { .. } => Vec::new(),
        }
    }
}

/// The first of these fleets is the one that others are launched for.
fn sides<'a>(fleets: impl Iterator<Item = &'a mut Fleet>, first: Option<Side>) -> Vec<Struck<'a>> {
    fleets.enumerate().map(|(index, fleet)| (fleet, Side::Blue, first.filter(|_| index == 0))).collect()
}

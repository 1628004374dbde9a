//! The copies of the components of a variant, where they find room, and what becomes of those that do not.

use std::cmp::Reverse;

use crate::clock::Timestamp;
use crate::domain::deployment::Side;
use crate::domain::endpoint::{Endpoint, State};
use crate::domain::fleet::Fleet;
use crate::domain::instance_type::offers;
use crate::domain::placement::{Instances, Resources};

/// The copies of one fleet of a component.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lot<'a> {
    pub(super) name: &'a str,
    pub(super) side: Side,
    pub(super) needs: Resources,
    pub(super) running: u32,
    /// Those that wait for room.
    pub(super) waiting: u32,
    /// Those that have given up to.
    pub(super) missing: u32,
}

/// What becomes of copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// So many of this side have no instance any more.
    Lose(Side, u32),
    /// So many of those of this side that wait have room.
    Provide(Side, u32),
    /// So many have room that had given up to wait for it.
    Launch(u32),
}

/// The copies of these components, in the order in which they are placed: those that need most first.
pub(super) fn lots<'a>(components: impl IntoIterator<Item = &'a Endpoint>, now: Timestamp) -> Vec<Lot<'a>> {
    let mut lots = Vec::new();
    for component in components {
        let fleets = component.fleets();
        let updates = component.deployment().is_some() || matches!(component.state, State::Creating { .. });
        for (index, fleet) in fleets.iter().enumerate() {
            let Some((variant, pool)) = fleet.spec.variants.first().zip(fleet.pools.first()) else {
                continue;
            };
            let (running, waiting) = (pool.running(), pool.waits(now).map(|(_, count)| count));
            let waiting = waiting.fold(0, u32::saturating_add);
            // In transition a step orders what is missing.
            let is_at_rest = matches!(component.state, State::InService(_));
            let there = running.saturating_add(waiting);
            let missing = if is_at_rest { variant.instances.saturating_sub(there) } else { 0 };
            let side = if updates && index + 1 == fleets.len() { Side::Green } else { Side::Blue };
            lots.push(Lot { name: &component.name, side, needs: variant.needs, running, waiting, missing });
        }
    }
    lots.sort_by_key(|lot| (Reverse(lot.needs), lot.name, lot.side == Side::Green));
    lots
}

/// How many instances of a variant have room for copies at `now`. While an update replaces one fleet by another there is
/// no more than the one in service has, and none on instances that are being terminated.
fn hosting(host: &Endpoint, variant: &str, now: Timestamp) -> u32 {
    if matches!(host.state, State::Deleting { .. }) {
        return 0;
    }
    let fleets = host.fleets();
    let of_it = |fleet: &&Fleet| fleet.spec.position(variant).filter(|at| fleet.spec.variants[*at].hosts);
    let hosting = || fleets.iter().filter(|fleet| of_it(fleet).is_some());
    let healthy = hosting().filter_map(|fleet| fleet.pool(variant)).map(|pool| pool.healthy(now));
    let healthy = healthy.fold(0, u32::saturating_add);
    let first =
        hosting().next().and_then(|fleet| Some(fleet.spec.variants[fleet.spec.position(variant)?].instances));
    match &host.state {
        State::Updating(_) | State::Scaling(_) => healthy.min(first.unwrap_or(0)),
        _ => healthy,
    }
}

/// These instances of a variant with nothing on them; none where it is not known what they offer.
pub(super) fn instances(host: Option<&Endpoint>, variant: &str, now: Timestamp) -> Option<Instances> {
    let count = host.map_or(0, |host| hosting(host, variant, now));
    let of_it =
        |fleet: &Fleet| Some(fleet.spec.variants[fleet.spec.position(variant)?].instance_type.clone());
    let kind = host.and_then(|host| host.fleets().into_iter().find_map(of_it));
    match kind {
        Some(kind) if count > 0 => offers(&kind).map(|offers| Instances::empty(count, offers)),
        _ => Some(Instances::empty(0, Resources::default())),
    }
}

/// What becomes of these copies on these instances, in the order in which it happens. Only where instances have gone do
/// copies go: to place all anew is not to move them.
pub(super) fn changes<'a>(
    lots: &[Lot<'a>],
    mut instances: Instances,
    has_less: bool,
) -> Vec<(&'a str, Change)> {
    let mut changes = Vec::new();
    for lot in lots {
        let lost = lot.running - instances.place(lot.running, lot.needs);
        if lost > 0 && has_less {
            changes.push((lot.name, Change::Lose(lot.side, lost)));
        }
    }
    for lot in lots.iter().filter(|lot| lot.waiting > 0) {
        let provided = instances.place(lot.waiting, lot.needs);
        if provided > 0 {
            changes.push((lot.name, Change::Provide(lot.side, provided)));
        }
    }
    for lot in lots.iter().filter(|lot| lot.missing > 0) {
        let launched = instances.place(lot.missing, lot.needs);
        if launched > 0 {
            changes.push((lot.name, Change::Launch(launched)));
        }
    }
    changes
}

/// Whether all of these copies find room on these instances, in the order in which [`changes`] places them.
pub(super) fn have_room(lots: &[Lot<'_>], mut instances: Instances) -> bool {
    let parts: [fn(&Lot<'_>) -> u32; 3] = [|lot| lot.running, |lot| lot.waiting, |lot| lot.missing];
    parts.iter().all(|part| lots.iter().all(|lot| instances.place(part(lot), lot.needs) == part(lot)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lot(name: &'static str, accelerators: u64, running: u32, waiting: u32) -> Lot<'static> {
        let needs = Resources { accelerators: accelerators * 1000, memory_mb: 128, cores: 0 };
        Lot { name, side: Side::Blue, needs, running, waiting, missing: 0 }
    }

    fn on(count: u32) -> Instances {
        Instances::empty(count, Resources { accelerators: 4_000, memory_mb: 1 << 20, cores: 0 })
    }

    #[test]
    fn those_that_run_come_before_those_that_wait() {
        let lots = [lot("large", 3, 0, 1), lot("small", 1, 4, 1)];
        assert_eq!(changes(&lots, on(1), false), []);
        assert_eq!(
            changes(&lots, on(2), false),
            [("large", Change::Provide(Side::Blue, 1)), ("small", Change::Provide(Side::Blue, 1)),]
        );
        assert!(!have_room(&lots, on(1)) && have_room(&lots, on(2)));
    }

    #[test]
    fn copies_go_only_with_their_instances() {
        let lots = [lot("large", 3, 2, 0), lot("small", 1, 2, 0)];
        assert_eq!(changes(&lots, on(1), false), [], "they are placed somehow");
        assert_eq!(
            changes(&lots, on(1), true),
            [("large", Change::Lose(Side::Blue, 1)), ("small", Change::Lose(Side::Blue, 1)),]
        );
    }
}

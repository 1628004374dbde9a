//! The copies of the components of a variant, where they find room, and what becomes of those that do not.

use std::cmp::Reverse;

use crate::clock::Timestamp;
use crate::domain::endpoint::{Endpoint, State};
use crate::domain::fleet::Fleet;
use crate::domain::instance_type::offers;
use crate::domain::placement::{Instances, Resources};
use crate::store::EndpointRow;

/// The copies of a component that need the same.
pub(super) struct Lot<'a> {
    pub(super) name: &'a str,
    pub(super) needs: Resources,
    pub(super) running: u32,
    /// Those that wait for room.
    pub(super) waiting: u32,
    /// Those that have given up to.
    pub(super) missing: u32,
}

impl Lot<'_> {
    /// How many there are to be.
    pub(super) fn wanted(&self) -> u32 {
        self.running.saturating_add(self.waiting).saturating_add(self.missing)
    }
}

/// The copies of these components, in the order in which they are placed: those that need most first.
pub(super) fn lots<'a>(components: impl IntoIterator<Item = &'a Endpoint>, now: Timestamp) -> Vec<Lot<'a>> {
    let mut lots = Vec::new();
    for component in components {
        for fleet in component.fleets() {
            let Some((variant, pool)) = fleet.spec.variants.first().zip(fleet.pools.first()) else {
                continue;
            };
            let (running, waiting) = (pool.running(), pool.waits(now).map(|(_, count)| count).sum());
            // In transition a step orders what is missing.
            let is_at_rest = matches!(component.state, State::InService(_));
            let missing = if is_at_rest {
                variant.instances.saturating_sub(running.saturating_add(waiting))
            } else {
                0
            };
            lots.push(Lot { name: &component.name, needs: variant.needs, running, waiting, missing });
        }
    }
    lots.sort_by_key(|lot| (Reverse(lot.needs), lot.name));
    lots
}

/// The healthy instances of a variant at `now`, with nothing on them; none where it is not known what they offer.
pub(super) fn instances(host: Option<&Endpoint>, variant: &str, now: Timestamp) -> Option<Instances> {
    let none = || Instances::empty(0, Resources::default());
    let Some(host) = host.filter(|host| !matches!(host.state, State::Deleting { .. })) else {
        return Some(none());
    };
    let of_it = |fleet: &&Fleet| Some((fleet.spec.position(variant)?, fleet.spec.clone()));
    let fleets = host.fleets();
    let Some((place, spec)) = fleets.iter().find_map(of_it) else { return Some(none()) };
    let healthy =
        fleets.iter().filter_map(|fleet| fleet.pool(variant)).map(|pool| pool.healthy(now)).sum::<u32>();
    // While two fleets replace each other there is no more room than the one in service has.
    let count = healthy.min(spec.variants[place].instances);
    if count == 0 {
        return Some(none());
    }
    offers(&spec.variants[place].instance_type).map(|offers| Instances::empty(count, offers))
}

/// What becomes of a component.
pub(super) enum Change {
    /// So many of its copies have no instance any more.
    Lose(u32),
    /// So many of those that wait have room.
    Provide(u32),
    /// So many have room that it has given up to wait for.
    Launch(u32),
}

/// What becomes of the components of a variant on these instances, in the order in which it happens.
pub(super) fn changes(rows: &[EndpointRow], mut instances: Instances, at: Timestamp) -> Vec<(&str, Change)> {
    let lots = lots(rows.iter().map(|row| &row.endpoint), at);
    let mut changes = Vec::new();
    for lot in &lots {
        let lost = lot.running - instances.place(lot.running, lot.needs);
        if lost > 0 {
            changes.push((lot.name, Change::Lose(lost)));
        }
    }
    for lot in lots.iter().filter(|lot| lot.waiting > 0) {
        let provided = instances.place(lot.waiting, lot.needs);
        if provided > 0 {
            changes.push((lot.name, Change::Provide(provided)));
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

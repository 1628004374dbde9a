//! `ManagedInstanceScaling`: an endpoint gets the instances that its inference components need, and gives back those that
//! they do not.
//! See <https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ProductionVariantManagedInstanceScaling.html>.

use super::lot::{Lot, have_room, lots};
use crate::clock::Timestamp;
use crate::domain::endpoint::{Endpoint, ScaleTarget, State};
use crate::domain::instance_type::offers;
use crate::domain::placement::{Instances, Resources};
use crate::domain::variant::{Managed, Variant};
use crate::store::EndpointRow;

/// After a scaling that has failed more instances are asked for again at the earliest so much later.
const BACK_OFF_MS: i64 = 60_000;

/// What an endpoint that hosts these components is to be scaled to at `at`; nothing while it is in transition, and where
/// it has what they need.
pub(super) fn wanted(host: &Endpoint, components: &[EndpointRow], at: Timestamp) -> Vec<ScaleTarget> {
    let State::InService(fleet) = &host.state else { return Vec::new() };
    let has_failed = again_at(host, at).is_some();
    let managed = fleet.spec.variants.iter().filter_map(|variant| Some((variant, variant.managed?)));
    let wanted = managed.filter_map(|(variant, managed)| {
        let here = components.iter().map(|row| &row.endpoint).filter(|it| is_on(it, variant));
        let lots = lots(here, at);
        let instances = needed(&lots, offers(&variant.instance_type)?, managed);
        let target = || ScaleTarget { name: variant.name.clone(), weight: None, instances: Some(instances) };
        let is_other = instances < variant.instances || (instances > variant.instances && !has_failed);
        is_other.then(target)
    });
    wanted.collect()
}

/// When an endpoint whose scaling has failed is looked at again, if that is still to come: its instances are managed.
pub fn again_at(host: &Endpoint, now: Timestamp) -> Option<Timestamp> {
    let State::InService(fleet) = &host.state else { return None };
    let is_managed = fleet.spec.variants.iter().any(|variant| variant.managed.is_some());
    let again = host.modified_at.plus_ms(BACK_OFF_MS);
    (is_managed && host.failure_reason.is_some() && again > now).then_some(again)
}

fn is_on(component: &Endpoint, variant: &Variant) -> bool {
    component.host.as_ref().is_some_and(|host| host.variant == variant.name)
}

/// The fewest instances within the bounds on which all copies find room; the most where there are never enough.
fn needed(lots: &[Lot<'_>], offers: Resources, Managed { min, max }: Managed) -> u32 {
    // More instances than copies are never of use.
    let all = |lot: &Lot<'_>| lot.running.saturating_add(lot.waiting).saturating_add(lot.missing);
    let copies = lots.iter().map(all).fold(0, u32::saturating_add);
    let (mut low, mut high) = (min, copies.clamp(min, max.max(min)));
    while low < high {
        let middle = low + (high - low) / 2;
        if have_room(lots, Instances::empty(middle, offers)) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deployment::Side;

    fn lot(running: u32, waiting: u32, accelerators: u64) -> Lot<'static> {
        let needs = Resources { accelerators: accelerators * 1000, memory_mb: 128, cores: 0 };
        Lot { name: "llm", side: Side::Blue, needs, running, waiting, missing: 0 }
    }

    #[test]
    fn as_many_instances_are_needed_as_the_copies_fill() {
        let offers = Resources { accelerators: 4_000, memory_mb: 196_608, cores: 48_000 };
        let bounds = |min, max| Managed { min, max };
        for (lots, managed, instances) in [
            (vec![], bounds(0, 9), 0),
            (vec![], bounds(2, 9), 2),
            (vec![lot(4, 0, 1)], bounds(0, 9), 1),
            (vec![lot(4, 1, 1)], bounds(0, 9), 2),
            (vec![lot(2, 0, 3), lot(2, 0, 1)], bounds(0, 9), 2),
            (vec![lot(0, 2, 3), lot(2, 0, 1)], bounds(0, 9), 3),
            (vec![lot(3, 0, 3)], bounds(0, 9), 3),
            (vec![lot(0, 100, 4)], bounds(0, 9), 9),
            (vec![lot(0, 1, 5)], bounds(0, 9), 1),
            (vec![lot(u32::MAX, 0, 4)], bounds(0, u32::MAX), u32::MAX),
        ] {
            assert_eq!(needed(&lots, offers, managed), instances, "{lots:?}");
        }
    }
}

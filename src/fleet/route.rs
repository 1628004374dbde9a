//! The way of a request to an instance: the variant by weight, blue or green by the deployment's split of
//! that instant, the instance by the routing strategy.
//!
//! A side or a variant without a healthy instance gives its part to the others, so that a request finds an
//! instance as long as the endpoint has one with traffic. Where an update leaves nothing with traffic
//! healthy, whatever is healthy takes the requests.
//!
//! - Between variants the weights in service hold as long as blue has all traffic; from the first shift on,
//!   those of the new config, as in [`Deployment::traffic`].
//! - Inside a variant the instances with traffic are those that the deployment would keep: of blue the
//!   newest of its first fleet, of green on the way forward the oldest.
//! - A route holds until [`Route::changes_at`], or until the endpoint is changed by a command or a step.

use super::chance::{Chance, stream_of};
use super::target::{Active, Keep, Target, active, count};
use crate::clock::Timestamp;
use crate::domain::capacity::Share;
use crate::domain::deployment::{Deployment, Phase};
use crate::domain::endpoint::{Endpoint, State};
use crate::domain::fleet::{Fleet, Outcome};
use crate::domain::tuning::Tuning;
use crate::domain::variant::Variant;

/// Where an endpoint's requests go at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Route {
    /// Every group of instances that takes requests; those of a variant without weight have no share, and
    /// only requests that name it reach them.
    pub targets: Vec<Target>,
    /// The next instant at which time alone changes this: instances come up.
    pub changes_at: Option<Timestamp>,
    /// Names of the variants, also of those without an instance.
    variants: Vec<String>,
    hosts_components: bool,
    /// The endpoint's stream of chance.
    stream: u64,
}

/// Why a request cannot be routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRouted {
    /// `TargetVariant` names none of the endpoint's variants.
    UnknownVariant,
    /// There is no healthy instance to take it.
    NoInstance,
}

/// A variant with the sides that could serve it: the side's part of its traffic, and the instances.
struct Slot<'a> {
    name: &'a str,
    weight: f64,
    sides: Vec<(f64, Vec<Part<'a>>)>,
}

/// Instances of a variant in one fleet.
struct Part<'a> {
    fleet: &'a Fleet,
    variant: &'a Variant,
    instances: Vec<Active>,
}

impl Route {
    /// The route of an endpoint at `now`; none where it does not serve at all. `tuned` gives what was changed
    /// at run time about the instances of a variant.
    pub fn of(endpoint: &Endpoint, now: Timestamp, tuned: impl Fn(&Variant) -> Tuning) -> Option<Self> {
        let fleets: Vec<&Fleet> = match &endpoint.state {
            State::InService(fleet) => vec![fleet],
            State::Mixed(fleets) => fleets.iter().collect(),
            State::Scaling(scaling) => vec![&scaling.fleet],
            State::Updating(deployment) => deployment.blue.iter().chain([&deployment.green]).collect(),
            State::Creating { .. } | State::Failed { .. } | State::Deleting { .. } => return None,
        };
        let slots = match &endpoint.state {
            State::Updating(deployment) => {
                let slots = during_update(deployment, now);
                let nobody = slots.iter().all(Slot::is_empty);
                if nobody { at_rest(&fleets, now, |_| u32::MAX) } else { slots }
            }
            State::Scaling(_) => at_rest(&fleets, now, |variant| variant.instances),
            _ => at_rest(&fleets, now, |_| u32::MAX),
        };
        Some(Self {
            variants: slots.iter().map(|slot| slot.name.to_owned()).collect(),
            targets: targets(slots, tuned),
            hosts_components: endpoint.hosts_components(),
            changes_at: next_up(&fleets, now),
            stream: stream_of(&endpoint.name),
        })
    }

    /// Of what does not serve, although requests are told to it: none of them reaches an instance.
    pub fn closed(endpoint: &Endpoint) -> Self {
        Self {
            targets: Vec::new(),
            changes_at: None,
            variants: endpoint.only_variant().map(|variant| variant.name.clone()).into_iter().collect(),
            hosts_components: false,
            stream: stream_of(&endpoint.name),
        }
    }

    /// Who takes a request; it may name a variant.
    pub fn pick(&self, target_variant: Option<&str>, chance: &mut Chance) -> Result<&Target, NotRouted> {
        let drawn = chance.uniform();
        let picked = match target_variant {
            None => choose(self.targets.iter(), |target| target.share, drawn),
            Some(name) if self.variants.iter().any(|variant| variant == name) => {
                let named = self.targets.iter().filter(|target| target.variant == name);
                choose(named, |target| target.share_of_variant, drawn)
            }
            Some(_) => return Err(NotRouted::UnknownVariant),
        };
        picked.ok_or(NotRouted::NoInstance)
    }

    /// Whether requests go to inference components: the variants have no model of their own.
    pub fn hosts_components(&self) -> bool {
        self.hosts_components
    }

    /// Names of the endpoint's variants, also of those without an instance.
    pub fn variants(&self) -> &[String] {
        &self.variants
    }

    /// The endpoint's stream of [`Chance`].
    pub fn stream(&self) -> u64 {
        self.stream
    }
}

/// The one in whose part the drawn number falls; the last one takes what rounding leaves.
fn choose<'a>(
    targets: impl Iterator<Item = &'a Target>,
    part: impl Fn(&Target) -> f64,
    drawn: f64,
) -> Option<&'a Target> {
    let (mut left, mut chosen) = (drawn, None);
    for target in targets.filter(|target| part(target) > 0.0) {
        chosen = Some(target);
        left -= part(target);
        if left < 0.0 {
            break;
        }
    }
    chosen
}

impl Slot<'_> {
    fn is_empty(&self) -> bool {
        !self.sides.iter().any(|(part, parts)| *part > 0.0 && !parts.is_empty())
    }
}

/// Every fleet's healthy instances, at most `most` of each variant; the first fleet that names a variant
/// says its weight.
fn at_rest<'a>(fleets: &[&'a Fleet], now: Timestamp, most: impl Fn(&Variant) -> u32) -> Vec<Slot<'a>> {
    let mut slots: Vec<Slot<'a>> = Vec::new();
    for fleet in fleets {
        for (index, variant) in fleet.spec.variants.iter().enumerate() {
            let part = Part::of(fleet, index, now, most(variant), Keep::Newest);
            let known = slots.iter().position(|slot| slot.name == variant.name);
            let known = known.unwrap_or_else(|| {
                let sides = vec![(1.0, Vec::new())];
                slots.push(Slot { name: &variant.name, weight: variant.weight, sides });
                slots.len() - 1
            });
            slots[known].sides[0].1.extend(part);
        }
    }
    slots
}

fn during_update(deployment: &Deployment, now: Timestamp) -> Vec<Slot<'_>> {
    if deployment.shares.iter().all(|share| *share == Share::BLUE) {
        return at_rest(&deployment.blue.iter().collect::<Vec<_>>(), now, |_| u32::MAX);
    }
    let keep = match deployment.phase {
        Phase::RollingBack { .. } => Keep::Newest,
        _ => Keep::Oldest,
    };
    let variants = deployment.plan.variants.iter().zip(&deployment.shares).enumerate();
    let slots = variants.map(|(index, (plan, share))| {
        let green = Part::of(&deployment.green, index, now, share.green_active(plan.green), keep);
        let (mut blue, mut left) = (Vec::new(), share.blue_active(plan.blue));
        for fleet in &deployment.blue {
            let Some(index) = fleet.spec.position(&plan.name) else { continue };
            let Some(part) = Part::of(fleet, index, now, left, Keep::Newest) else { continue };
            left -= part.instances.iter().map(|group| group.count).sum::<u32>();
            blue.push(part);
        }
        let green_share = share.as_fraction();
        let sides = vec![(1.0 - green_share, blue), (green_share, green.into_iter().collect())];
        Slot { name: &plan.name, weight: deployment.green.spec.variants[index].weight, sides }
    });
    slots.collect()
}

impl<'a> Part<'a> {
    /// The part of a fleet's variant that serves; none without an instance.
    fn of(fleet: &'a Fleet, index: usize, now: Timestamp, most: u32, keep: Keep) -> Option<Self> {
        let instances = active(fleet, index, now, most, keep);
        (!instances.is_empty()).then(|| Self { fleet, variant: &fleet.spec.variants[index], instances })
    }
}

/// What the slots come to. Weights that are all zero count as equal.
fn targets(mut slots: Vec<Slot<'_>>, tuned: impl Fn(&Variant) -> Tuning) -> Vec<Target> {
    slots.retain(|slot| !slot.is_empty());
    let greatest = slots.iter().map(|slot| slot.weight).fold(0.0, f64::max);
    let weight = |slot: &Slot<'_>| if greatest > 0.0 { slot.weight / greatest } else { 1.0 };
    let weights: f64 = slots.iter().map(weight).sum();
    let mut targets = Vec::new();
    for slot in &mut slots {
        slot.sides.retain(|(part, parts)| *part > 0.0 && !parts.is_empty());
        let (share, sides): (f64, f64) =
            (weight(slot) / weights, slot.sides.iter().map(|(part, _)| *part).sum());
        let all = slot.sides.iter().flat_map(|(_, parts)| parts);
        let variant_instances: u64 = all.map(|part| count(&part.instances)).sum();
        for (side, parts) in &slot.sides {
            let of_side: u64 = parts.iter().map(|part| count(&part.instances)).sum();
            for part in parts {
                let tuning = tuned(part.variant);
                let share_of_variant = side / sides * (count(&part.instances) as f64 / of_side as f64);
                targets.push(Target {
                    place: targets.len(),
                    share: share * share_of_variant,
                    share_of_variant,
                    variant_instances,
                    ..Target::new(part.fleet, part.variant, part.instances.clone(), &tuning)
                });
            }
        }
    }
    targets
}

fn next_up(fleets: &[&Fleet], now: Timestamp) -> Option<Timestamp> {
    let groups = fleets.iter().flat_map(|fleet| &fleet.pools).flat_map(|pool| &pool.groups);
    let coming = groups.filter_map(|group| match group.outcome {
        Outcome::Ready(at) if at > now => Some(at),
        _ => None,
    });
    coming.min()
}

#[cfg(test)]
mod tests;

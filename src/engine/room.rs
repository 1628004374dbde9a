//! The room that a launch finds: instances of a type, or copies of an inference component on the instances of its endpoint.

use super::capacity::limits;
use super::copies;
use super::tuned::Tuned;
use crate::clock::Timestamp;
use crate::domain::endpoint::Transition;
use crate::domain::fleet::{Group, Outcome};
use crate::domain::limit::{ByType, Limits, instances};
use crate::domain::placement::Instances;
use crate::domain::rules::Rules;
use crate::domain::variant::Variant;
use crate::fleet::launch;
use crate::store::{Error, Tx};

/// What is free in a world while an endpoint launches.
#[derive(Debug, Default)]
pub(super) struct Room {
    limits: Limits,
    taken: ByType,
    copies: Copies,
}

/// What room there is for copies of an inference component.
#[derive(Debug, Default)]
enum Copies {
    /// For all: it is not known what the instances offer, or these are instances themselves.
    #[default]
    All,
    /// For so many.
    Most(u32),
    /// What the instances have left.
    On(Instances),
}

impl Room {
    /// The room for what a transition orders at `now`, beside what runs in the world or has waited for it longer.
    pub(super) async fn for_launches(
        tx: &mut Tx,
        transition: &Transition,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let Some(endpoint) = &transition.next else { return Ok(Self::default()) };
        if let Some(host) = &endpoint.host {
            if transition.launches.is_empty() {
                return Ok(Self::default());
            }
            let room = Box::pin(copies::room(tx, endpoint, host, now)).await?;
            return Ok(Self { copies: room.map_or(Copies::All, Copies::On), ..Self::default() });
        }
        let limits = limits(tx).await?;
        let types = transition
            .launches
            .iter()
            .filter_map(|order| endpoint.ordered(order))
            .map(|variant| &variant.instance_type);
        if !types.into_iter().any(|instance_type| limits.has_pool(instance_type)) {
            return Ok(Self::default());
        }
        let world = tx.id().clone();
        let rows = tx.all_endpoints(&world).await?;
        let others = || rows.iter().map(|row| &row.endpoint).filter(|other| other.name != endpoint.name);
        let mut taken = instances(others().chain([endpoint]), false);
        for other in others().filter(|other| other.host.is_none()) {
            for (_, order) in other.waiting(now) {
                let variant = other.ordered(&order).expect("what waits is of a fleet");
                *taken.entry(variant.instance_type.clone()).or_default() += u64::from(order.count);
            }
        }
        Ok(Self::beside(limits, taken))
    }

    /// The room that limits leave beside what is taken.
    pub(super) fn beside(limits: Limits, taken: ByType) -> Self {
        Self { limits, taken, copies: Copies::All }
    }

    /// Room for so many copies of an inference component.
    pub(super) fn of_copies(most: u32) -> Self {
        Self { copies: Copies::Most(most), ..Self::default() }
    }

    /// Takes as many of `count` instances, or copies, of a variant as there is room for; how many those are.
    pub(super) fn take(&mut self, variant: &Variant, count: u32) -> u32 {
        match &mut self.copies {
            Copies::All => {}
            Copies::Most(left) => {
                let taken = count.min(*left);
                *left -= taken;
                return taken;
            }
            Copies::On(instances) => return instances.place(count, variant.needs),
        }
        let instance_type = &variant.instance_type;
        let taken = self.limits.free(instance_type, &self.taken).map_or(count, |free| free.min(count));
        *self.taken.entry(instance_type.clone()).or_default() += u64::from(taken);
        taken
    }

    /// What becomes of the instances that the transition orders, order by order.
    pub(super) async fn launch(
        mut self,
        tx: &mut Tx,
        transition: &Transition,
        at: Timestamp,
        rules: &Rules,
    ) -> Result<Vec<Vec<Group>>, Error> {
        let Some(endpoint) = &transition.next else { return Ok(Vec::new()) };
        let world = tx.id().clone();
        let mut fates = Vec::new();
        if transition.launches.is_empty() {
            return Ok(fates);
        }
        let tuned = Tuned::within(tx, endpoint).await?;
        for order in &transition.launches {
            let variant = endpoint.ordered(order).expect("an order names a variant of its fleet");
            let can_provision = tuned.provisions(endpoint, variant, at);
            let count = if can_provision { self.take(variant, order.count) } else { 0 };
            let total = tx.add_launches(&world, &variant.model_id, count).await?;
            let before = total.saturating_sub(u64::from(count));
            let mut groups = launch(&tuned.launched(endpoint, variant, at), before, count, at);
            if count < order.count {
                // What is not to come is not waited for.
                let wait_ms = if can_provision { rules.capacity_wait_ms } else { 0 };
                let outcome = Outcome::NoCapacity(at.plus_ms(wait_ms));
                groups.push(Group { count: order.count - count, launched_at: at, outcome });
            }
            fates.push(groups);
        }
        Ok(fates)
    }
}

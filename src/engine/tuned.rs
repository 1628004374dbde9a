//! What was changed at run time about instances: by a tuning of their model, and by the faults of the world.

use std::collections::{BTreeMap, BTreeSet};

use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::injection::{self, Injection};
use crate::domain::tuning::Tuning;
use crate::domain::variant::{Health, Variant};
use crate::domain::world::WorldId;
use crate::store::{Error, Session, Tx};

/// What was changed about the instances of an endpoint.
#[derive(Debug, Default)]
pub(super) struct Tuned {
    models: BTreeMap<String, Tuning>,
    faults: Vec<Injection>,
}

impl Tuned {
    /// What holds for the endpoint.
    pub(super) async fn read(
        session: &mut Session,
        world: &WorldId,
        endpoint: &Endpoint,
    ) -> Result<Self, Error> {
        let models = session.behaviours(world, &models(endpoint)).await?;
        Ok(Self { models, faults: session.injections(world).await? })
    }

    /// The same in a transaction, which knows whether there are faults.
    pub(super) async fn within(tx: &mut Tx, endpoint: &Endpoint) -> Result<Self, Error> {
        let world = tx.id().clone();
        let models = tx.behaviours(&world, &models(endpoint)).await?;
        Ok(Self { models, faults: tx.own_injections().await? })
    }

    /// What is different about the instances of a variant at `now`.
    pub(super) fn of(&self, endpoint: &str, variant: &Variant, now: Timestamp) -> Tuning {
        let tuning = self.models.get(&variant.model_id).cloned().unwrap_or_default();
        injection::tuned(&self.faults, tuning, endpoint, variant, now)
    }

    /// The variant of an endpoint as instances of it are launched at `now`.
    pub(super) fn launched(&self, endpoint: &Endpoint, variant: &Variant, now: Timestamp) -> Variant {
        let mut launched = self.of(&endpoint.name, variant, now).applied(variant);
        let comes_up = || injection::can_provision(&self.faults, &endpoint.name, variant, now);
        if endpoint.is_rolling_back() && !comes_up() {
            launched.behaviour.health = Health::Failing;
        }
        launched
    }

    /// The next instant after `now` at which time alone changes what is different.
    pub(super) fn changes_at(&self, now: Timestamp) -> Option<Timestamp> {
        injection::next_change(&self.faults, now)
    }
}

/// Identities of the models that an endpoint runs.
pub(super) fn models(endpoint: &Endpoint) -> Vec<String> {
    let fleets = endpoint.fleets();
    let variants = fleets.iter().flat_map(|fleet| &fleet.spec.variants);
    variants.map(|variant| variant.model_id.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

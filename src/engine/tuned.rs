//! What was changed at run time about instances: by a tuning of their model, and by the faults of the world.

use std::collections::BTreeMap;

use super::run::catch_up;
use super::{Engine, traffic};
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::injection::{self, Injection};
use crate::domain::tuning::Tuning;
use crate::domain::variant::Variant;
use crate::domain::world::WorldId;
use crate::store::{Error, Session, Tx, World};

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
        id: &WorldId,
        world: &World,
        endpoint: &Endpoint,
    ) -> Result<Self, Error> {
        let models = session.behaviours(id, &endpoint.model_ids()).await?;
        Ok(Self { models, faults: session.injections(id, world).await? })
    }

    /// The same in a transaction.
    pub(super) async fn within(tx: &mut Tx, endpoint: &Endpoint) -> Result<Self, Error> {
        let (id, world) = (tx.id().clone(), tx.world().clone());
        Self::read(tx, &id, &world, endpoint).await
    }

    /// What is different about the instances of a variant at `now`.
    pub(super) fn of(&self, endpoint: &Endpoint, variant: &Variant, now: Timestamp) -> Tuning {
        let tuning = self.models.get(&variant.model_id).cloned().unwrap_or_default();
        injection::tuned(&self.faults, tuning, endpoint.names(), variant, now)
    }

    /// The variant of an endpoint as instances of it are launched at `now`.
    pub(super) fn launched(&self, endpoint: &Endpoint, variant: &Variant, now: Timestamp) -> Variant {
        self.of(endpoint, variant, now).applied(variant)
    }

    /// Whether instances of it can be launched at all.
    pub(super) fn provisions(&self, endpoint: &Endpoint, variant: &Variant, now: Timestamp) -> bool {
        !endpoint.is_rolling_back() || injection::can_provision(&self.faults, endpoint.names(), variant, now)
    }

    /// The next instant after `now` at which time alone changes what is different.
    pub(super) fn changes_at(&self, now: Timestamp) -> Option<Timestamp> {
        injection::next_change(&self.faults, now)
    }
}

impl Engine {
    /// Changes how a model behaves from now on, or, without a tuning, lets it behave as its containers say.
    /// Requests that arrived before met it as it was.
    pub async fn tune(
        &self,
        world: &WorldId,
        model_id: &str,
        tuning: Option<&Tuning>,
    ) -> Result<(), super::Error> {
        let mut tx = self.store.begin(world).await?;
        catch_up(&mut tx, &self.rules).await?;
        let runs_it = |endpoint: &Endpoint| endpoint.model_ids().iter().any(|model| model == model_id);
        traffic::settle_all(&mut tx, &self.rules, runs_it).await?;
        match tuning {
            Some(tuning) => tx.put_behaviour(model_id, tuning).await?,
            None => drop(tx.delete_behaviour(model_id).await?),
        }
        tx.commit().await?;
        self.make_known(Some(world)).await;
        self.wake();
        Ok(())
    }
}

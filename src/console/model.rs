//! The models that an endpoint's fleets run, and what was changed about them at run time.

use std::collections::BTreeMap;

use crate::domain::endpoint::Endpoint;
use crate::domain::serving::Latency;
use crate::domain::tuning::Tuning;
use crate::domain::world::WorldId;
use crate::store::{Error, Kind, Session};

/// A model that its fleets run.
pub(super) struct Model {
    pub(super) name: String,
    tuning: Option<Tuning>,
}

impl Model {
    pub(super) fn error_rate(&self) -> String {
        let rate = self.tuning.as_ref().and_then(|tuning| tuning.error_rate);
        rate.map(|rate| rate.to_string()).unwrap_or_default()
    }

    /// The median and the 99th percentile in milliseconds.
    pub(super) fn latency_ms(&self) -> [String; 2] {
        let latency = self.tuning.as_ref().and_then(|tuning| tuning.latency);
        let Some((p50, p99)) = latency.map(Latency::percentiles_us) else { return Default::default() };
        [p50, p99].map(|us| (us as f64 / 1000.0).to_string())
    }

    pub(super) fn startup_seconds(&self) -> String {
        let startup = self.tuning.as_ref().and_then(|tuning| tuning.startup_ms);
        startup.map(|ms| (ms as f64 / 1000.0).to_string()).unwrap_or_default()
    }

    pub(super) fn health(&self) -> String {
        let health = self.tuning.as_ref().and_then(|tuning| tuning.health);
        health.map(|health| health.to_string()).unwrap_or_default()
    }
}

/// The models that an endpoint runs, by their identities.
pub(super) struct Models {
    /// `ModelName`, of those that are still there.
    pub(super) names: BTreeMap<String, String>,
    tunings: BTreeMap<String, Tuning>,
}

impl Models {
    pub(super) async fn read(
        session: &mut Session,
        world: &WorldId,
        endpoint: &Endpoint,
    ) -> Result<Self, Error> {
        let ids = endpoint.model_ids();
        let names = session.definition_names(world, Kind::Model, &ids).await?;
        Ok(Self { names, tunings: session.behaviours(world, &ids).await? })
    }

    /// Those that have a name by which their behaviour can be set.
    pub(super) fn shown(&self) -> Vec<Model> {
        let model = |(id, name): (&String, &String)| Model {
            name: name.clone(),
            tuning: self.tunings.get(id).cloned(),
        };
        self.names.iter().map(model).collect()
    }
}

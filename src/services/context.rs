//! What every operation works with.

use std::fmt;
use std::sync::Arc;

use super::ClientTimes;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::engine::{self, Engine};
use crate::schema::Fault;
use crate::store::{Store, Tx};

/// The server's settings, as far as operations look at them.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Durations and switches of the core.
    pub rules: Rules,
    /// The start-up of a container that does not say how long it takes.
    pub launch_ms: i64,
    /// How a time that a client sends is read.
    pub client_times: ClientTimes,
}

impl Default for Settings {
    fn default() -> Self {
        Self { rules: Rules::default(), launch_ms: 60_000, client_times: ClientTimes::default() }
    }
}

/// The store, the engine, the settings, and a bell.
#[derive(Clone)]
pub struct Context {
    /// Where everything is kept.
    pub store: Store,
    /// What serves invocations, and lets time pass.
    pub engine: Engine,
    /// The server's settings.
    pub settings: Arc<Settings>,
    bell: Arc<dyn Fn(&WorldId) + Send + Sync>,
}

impl Context {
    /// A context whose `bell` is rung whenever something may have become due in a world. It is only a hint:
    /// what is due stands in the store, so a bell that nobody hears delays, and loses nothing.
    pub fn new(engine: Engine, settings: Settings, bell: impl Fn(&WorldId) + Send + Sync + 'static) -> Self {
        Self { store: engine.store().clone(), engine, settings: Arc::new(settings), bell: Arc::new(bell) }
    }

    /// Begins a transaction in `world` for what may not overtake what was due before now: it has happened first.
    pub(super) async fn begin(&self, world: &WorldId) -> Result<Tx, Fault> {
        let mut tx = self.store.begin(world).await?;
        engine::catch_up(&mut tx, &self.settings.rules).await?;
        Ok(tx)
    }

    /// Says that something may have become due in `world`. To be called after the commit.
    pub fn wake(&self, world: &WorldId) {
        (self.bell)(world);
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context").field("settings", &self.settings).finish_non_exhaustive()
    }
}

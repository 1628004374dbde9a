//! Prepared states: worlds are written down as they are, and taken over again.

use tokio::sync::OwnedMutexGuard;

use super::clock::Reading;
use super::{Engine, Error};
use crate::domain::world::WorldId;
use crate::store::Store;
use crate::store::snapshot::{Scope, Snapshot};

impl Engine {
    /// These worlds at one instant. Nobody advances them meanwhile, and what was counted of real requests is in
    /// it.
    pub async fn export(&self, scope: &Scope) -> Result<Vec<u8>, Error> {
        let worlds = match scope {
            Scope::World(world) => vec![world.clone()],
            _ => self.store.worlds(scope).await?,
        };
        let _held = self.turns(&worlds).await;
        for world in &worlds {
            let (tx, counted) = self.begin(world).await?;
            counted.commit(tx).await?;
        }
        Ok(self.store.export(scope).await?)
    }

    /// Replaces worlds by those of the snapshot: all of them, or none if one cannot be taken over. Answers
    /// their clocks.
    pub async fn import(&self, snapshot: Snapshot) -> Result<Vec<(WorldId, Reading)>, Error> {
        let mut worlds: Vec<WorldId> = snapshot.worlds().cloned().collect();
        worlds.sort();
        let (engine, replaced) = (self.clone(), worlds.clone());
        Store::to_the_end(async move {
            let _held = engine.turns(&replaced).await;
            engine.store.import(snapshot).await?;
            for world in &replaced {
                engine.meter.forget(Some(world));
                engine.routes.forget(world);
            }
            Ok(())
        })
        .await?;
        self.wake();
        let mut readings = Vec::with_capacity(worlds.len());
        for world in worlds {
            let reading = self.clock(&world).await?;
            readings.push((world, reading));
        }
        Ok(readings)
    }

    /// The turns of these worlds, which are in order: nobody waits in a circle.
    async fn turns(&self, worlds: &[WorldId]) -> Vec<OwnedMutexGuard<()>> {
        let mut held = Vec::new();
        for world in worlds {
            held.push(self.turn(world).lock_owned().await);
        }
        held
    }
}

//! Prepared states: worlds are written down as they are, and taken over again.

use super::clock::Reading;
use super::turn::Turn;
use super::{Engine, Error};
use crate::domain::world::WorldId;
use crate::store::snapshot::{Scope, Snapshot};

impl Engine {
    /// These worlds at one instant. Nobody advances them meanwhile, and what every server has counted of real
    /// requests is in it.
    pub async fn export(&self, scope: &Scope) -> Result<Vec<u8>, Error> {
        let worlds = match scope {
            Scope::World(world) => vec![world.clone()],
            _ => self.store.worlds(scope).await?,
        };
        let held = self.turns_of(&worlds).await?;
        for world in &worlds {
            self.flush(world).await?;
            if held.iter().any(Turn::has_company) {
                self.make_known(Some(world)).await;
            }
        }
        Ok(self.store.export(scope).await?)
    }

    /// Replaces worlds by those of the snapshot: all of them, or none if one cannot be taken over. Answers
    /// their clocks.
    pub async fn import(&self, snapshot: Snapshot) -> Result<Vec<(WorldId, Reading)>, Error> {
        let mut worlds: Vec<WorldId> = snapshot.worlds().cloned().collect();
        worlds.sort();
        let held = self.turns_of(&worlds).await?;
        let (engine, replaced) = (self.clone(), worlds.clone());
        let taken_over = self.store.to_the_end(async move {
            engine.store.import(snapshot).await?;
            for world in &replaced {
                engine.routes.forget(world);
                if held.iter().any(Turn::has_company) {
                    engine.make_known(Some(world)).await;
                }
            }
            Ok(())
        });
        taken_over.await?;
        self.wake();
        let mut readings = Vec::with_capacity(worlds.len());
        for world in worlds {
            let reading = self.clock(&world).await?;
            readings.push((world, reading));
        }
        Ok(readings)
    }

    /// The turns of these worlds, which are in order: nobody waits in a circle.
    async fn turns_of(&self, worlds: &[WorldId]) -> Result<Vec<Turn>, Error> {
        let mut held = Vec::new();
        for world in worlds {
            held.push(self.turn(world).await?);
        }
        Ok(held)
    }
}

//! Transitions of endpoints that end because somebody looks, as users of moto know it.
//!
//! The engine stays the only way for time to pass: a transition that is to end is ended by an advance of its world until no
//! endpoint is in transition. What was said about it is for all worlds, and kept in memory; where other processes may
//! write too, for [`LASTS_MS`] at the longest.

use std::sync::{PoisonError, RwLock};

use super::advance::Advance;
use super::{Engine, Error};
use crate::clock::Tick;
use crate::domain::progression::{ENDPOINT, Progression};
use crate::domain::world::WorldId;

/// How long is believed what another process may have changed, in real time.
const LASTS_MS: i64 = 500;

/// What is known of how endpoints come through their transitions, and since when.
#[derive(Debug, Default)]
pub(super) struct Known(RwLock<Option<(Tick, Option<Progression>)>>);

impl Known {
    fn get(&self) -> Option<(Tick, Option<Progression>)> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, at: Tick, progression: Option<Progression>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((at, progression));
    }
}

impl Engine {
    /// How endpoints come through their transitions; none where the world's clock alone decides.
    pub async fn progression(&self) -> Result<Option<Progression>, Error> {
        let now = self.store.steady_now();
        if let Some((at, progression)) = self.progression.get()
            && (self.store.is_private() || now.ms_since(at) < LASTS_MS)
        {
            return Ok(progression);
        }
        let progression = self.store.progression(ENDPOINT).await?;
        self.progression.set(now, progression);
        Ok(progression)
    }

    /// Says how endpoints come through their transitions.
    pub async fn set_progression(&self, progression: Option<Progression>) -> Result<(), Error> {
        self.store.put_progression(ENDPOINT, progression).await?;
        self.progression.set(self.store.steady_now(), progression);
        Ok(())
    }

    /// An endpoint is about to be described: its transition ends first, if this is the look that ends it.
    pub async fn looked_at(&self, world: &WorldId, endpoint: &str) -> Result<(), Error> {
        let Some(progression) = self.progression().await? else { return Ok(()) };
        let Some(row) = self.store.session().endpoint(world, endpoint).await? else { return Ok(()) };
        let Some(since) = row.endpoint.in_transition_since() else { return Ok(()) };
        let looks = match progression {
            Progression::Manual { .. } => {
                let mut tx = self.store.begin(world).await?;
                let looks = tx.look(&row.id, since).await?;
                tx.commit().await?;
                looks
            }
            Progression::Immediate | Progression::Time { .. } => 0,
        };
        if progression.ends(looks, since, self.clock(world).await?.now) {
            self.advance(world, Advance::Idle).await?;
        }
        Ok(())
    }

    /// A command has begun a transition in this world: it is over already where that is wanted.
    pub async fn commanded(&self, world: &WorldId) -> Result<(), Error> {
        if self.progression().await? == Some(Progression::Immediate) {
            self.advance(world, Advance::Idle).await?;
        }
        Ok(())
    }
}

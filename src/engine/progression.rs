//! Transitions of endpoints that end because somebody looks, as users of moto know it.
//!
//! The engine stays the only way for time to pass: a transition that is to end is ended by advances of its world, from change to
//! change, until its endpoint rests. What was said about it is for all worlds, and kept in memory; where other processes may
//! write too, for [`LASTS_MS`] at the longest.

use std::sync::{PoisonError, RwLock};

use tokio::sync::Mutex;

use super::advance::Advance;
use super::{Engine, Error};
use crate::clock::Tick;
use crate::domain::progression::{ENDPOINT, Progression};
use crate::domain::world::WorldId;

/// How long is believed what another process may have changed, in real time.
const LASTS_MS: i64 = 500;

/// What is known of how endpoints come through their transitions.
#[derive(Debug, Default)]
pub(super) struct Known {
    said: RwLock<Option<Said>>,
    /// Held from the store to `said`: what was read before somebody wrote is not kept after it.
    turn: Mutex<()>,
}

/// What was said, and when it was so.
#[derive(Clone, Copy, Debug)]
struct Said {
    at: Tick,
    progression: Option<Progression>,
}

impl Known {
    fn get(&self) -> Option<Said> {
        *self.said.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, at: Tick, progression: Option<Progression>) {
        *self.said.write().unwrap_or_else(PoisonError::into_inner) = Some(Said { at, progression });
    }
}

impl Engine {
    /// How endpoints come through their transitions; none where the world's clock alone decides.
    pub async fn progression(&self) -> Result<Option<Progression>, Error> {
        if let Some(said) = self.said_lately() {
            return Ok(said.progression);
        }
        let _turn = self.progression.turn.lock().await;
        if let Some(said) = self.said_lately() {
            return Ok(said.progression);
        }
        let now = self.store.steady_now();
        let progression = self.store.progression(ENDPOINT).await?;
        self.progression.set(now, progression);
        Ok(progression)
    }

    /// What is known without a question to the store.
    fn said_lately(&self) -> Option<Said> {
        let is_fresh =
            |said: &Said| self.store.is_private() || self.store.steady_now().ms_since(said.at) < LASTS_MS;
        self.progression.get().filter(is_fresh)
    }

    /// Says how endpoints come through their transitions.
    pub async fn set_progression(&self, progression: Option<Progression>) -> Result<(), Error> {
        let _turn = self.progression.turn.lock().await;
        self.store.put_progression(ENDPOINT, progression).await?;
        self.progression.set(self.store.steady_now(), progression);
        Ok(())
    }

    /// An endpoint is about to be described: its transition ends first, if this is the look that ends it.
    pub async fn before_describe(&self, world: &WorldId, endpoint: &str) -> Result<(), Error> {
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
            self.to_rest(world, endpoint).await?;
        }
        Ok(())
    }

    /// A command has begun a transition of an endpoint: it is over already where that is wanted.
    pub async fn after_command(&self, world: &WorldId, endpoint: &str) -> Result<(), Error> {
        if self.progression().await? == Some(Progression::Immediate) {
            self.to_rest(world, endpoint).await?;
        }
        Ok(())
    }

    /// Moves the world's time from change to change until this endpoint is in no transition, or no time alone will end it.
    async fn to_rest(&self, world: &WorldId, endpoint: &str) -> Result<(), Error> {
        loop {
            let row = self.store.session().endpoint(world, endpoint).await?;
            let moves = row.is_some_and(|row| row.endpoint.in_transition_since().is_some());
            if !moves || self.advance(world, Advance::Next).await?.changes.is_empty() {
                return Ok(());
            }
        }
    }
}

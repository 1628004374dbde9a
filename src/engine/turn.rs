//! A world's turn: who moves its time by more than its clock does, one after the other.
//!
//! Inside this process who waits stands in a queue. Among servers that share the database the turn is a lock that
//! ends with its holder, so a turn can be lost: by a server that was frozen, or lost its connection. It stops
//! when it notices, which may be some batches after somebody else has begun; what it has committed until then
//! stays. Steps do not rely on turns: each has the world's row for itself and happens at its own instant.

use super::member::Held;
use super::queue::First;
use super::{Engine, Error};
use crate::domain::world::WorldId;

/// This world's turn.
#[derive(Debug)]
pub(super) struct Turn {
    world: WorldId,
    _first: First,
    held: Option<Held>,
}

impl Engine {
    /// Waits for this world's turn.
    pub(super) async fn turn(&self, world: &WorldId) -> Result<Turn, Error> {
        let first = self.turns.wait(world).await;
        let held = match &self.member {
            Some(member) => Some(member.turn(world).await?),
            None => None,
        };
        Ok(Turn { world: world.clone(), _first: first, held })
    }
}

impl Turn {
    /// Whether other servers are there.
    pub(super) fn has_company(&self) -> bool {
        self.held.as_ref().is_some_and(|held| held.others)
    }

    /// Does this as long as the turn is ours.
    pub(super) async fn keep<T>(&mut self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        // Once on the heap it is held twice below for the price of a pointer.
        let work = Box::pin(work);
        let Some(held) = &mut self.held else { return work.await };
        tokio::select! {
            biased;
            () = held.lost() => Err(Error::TurnLost(self.world.clone())),
            done = work => done,
        }
    }
}

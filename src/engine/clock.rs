//! A world's clock as clients read and set it, and the way back to the beginning.

use super::run::{Until, batch};
use super::{Engine, Error};
use crate::clock::{Mode, Timestamp};
use crate::domain::world::WorldId;
use crate::store::World;

/// What a world's clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The world's time.
    pub now: Timestamp,
    /// How it passes.
    pub mode: Mode,
    /// How far it is ahead of real time.
    pub offset_ms: i64,
}

impl Reading {
    pub(super) fn of(world: &World, base_now: Timestamp) -> Self {
        let now = world.now(base_now);
        Self { now, mode: world.clock.mode, offset_ms: now.ms_since(base_now) }
    }
}

impl Engine {
    /// Reads the clock of this world.
    pub async fn clock(&self, world: &WorldId) -> Result<Reading, Error> {
        let mut session = self.store.session();
        let row = session.world(world).await?;
        Ok(Reading::of(&row, session.base_now().await?))
    }

    /// What the clock of this world shows, and of one that nobody has named before, what it would: a look begins none.
    pub async fn seen_clock(&self, world: &WorldId) -> Result<Reading, Error> {
        let mut session = self.store.session();
        let row = session.seen_world(world).await?;
        Ok(Reading::of(&row, session.base_now().await?))
    }

    /// Lets the time of this world pass in another way from now on; the time reached is kept. What is due
    /// by then happens first, so that a world that is stopped has nothing left undone.
    pub async fn set_mode(&self, world: &WorldId, mode: Mode) -> Result<Reading, Error> {
        let mut turn = self.turn(world).await?;
        let reading = turn.keep(self.moded(world, mode)).await?;
        if turn.has_company() {
            self.make_known(Some(world)).await;
        }
        self.wake();
        Ok(reading)
    }

    async fn moded(&self, world: &WorldId, mode: Mode) -> Result<Reading, Error> {
        loop {
            let (mut tx, counted) = self.begin(world).await?;
            let (now, base_now) = (tx.now(), tx.begun_at());
            let left = batch(&mut tx, Until::Instant(now), &mut Vec::new(), &self.rules).await?;
            if !left {
                tx.set_reached(now);
                tx.set_clock(tx.world().clock.with_mode(mode, base_now).moved_to(now, base_now));
            }
            let reading = Reading::of(tx.world(), base_now);
            counted.commit(tx).await?;
            if !left {
                return Ok(reading);
            }
        }
    }

    /// Forgets everything of this world: it begins again at the real time, in the server's mode.
    pub async fn reset(&self, world: &WorldId) -> Result<Reading, Error> {
        let turn = self.turn(world).await?;
        let (engine, id) = (self.clone(), world.clone());
        let forgotten = self.store.to_the_end(async move {
            engine.store.reset(&id).await?;
            if turn.has_company() {
                engine.make_known(Some(&id)).await;
            }
            Ok(())
        });
        forgotten.await?;
        self.clock(world).await
    }

    /// Forgets everything of all worlds.
    pub async fn reset_all(&self) -> Result<(), Error> {
        self.store.reset_all().await?;
        self.make_known(None).await;
        Ok(())
    }
}

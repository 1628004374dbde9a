//! What this process remembers of the database is outdated by a commit: here it is told so.
//!
//! A world has a generation, which grows with every commit that changed what requests are served by: an
//! endpoint, a behaviour or the clock. Whoever keeps something that was read from those keeps the generation
//! from before the reading with it, and reads again when that is no longer the present one. Commits of this
//! process are told here; of other servers' only those are that somebody waits for; see [`Store::outdate`].
//!
//! Invariant: when the generation grows the commit has been made, or has failed, also if its client has gone
//! away in the middle.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::base::Base;
use super::cache::Cache;
use super::session::Session;
use super::{Error, Store};
use crate::domain::world::WorldId;

/// The generations of all worlds that somebody has asked for.
#[derive(Debug, Default)]
pub(super) struct Generations(Mutex<HashMap<WorldId, Arc<AtomicU64>>>);

impl Generations {
    fn of(&self, world: &WorldId) -> Arc<AtomicU64> {
        Arc::clone(self.locked().entry(world.clone()).or_default())
    }

    /// Raises the generation of this world, or of all.
    fn raise(&self, world: Option<&WorldId>) {
        for (id, generation) in self.locked().iter() {
            if world.is_none_or(|world| world == id) {
                generation.fetch_add(1, Ordering::AcqRel);
            }
        }
    }

    /// Every change is whole before anything can panic, so a poisoned lock guards whole generations.
    fn locked(&self) -> MutexGuard<'_, HashMap<WorldId, Arc<AtomicU64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is to be told once a commit in this world, or in all, is over.
#[derive(Debug)]
pub(super) struct Notice {
    cache: Option<Arc<Cache>>,
    generations: Arc<Generations>,
    world: Option<WorldId>,
}

impl Notice {
    /// Commits and then tells. If it ended in the middle, rows from before the commit could still be read, and
    /// kept, after it was told.
    pub(super) async fn after(self, session: Session) -> Result<(), Error> {
        let base = Arc::clone(&session.base);
        base.to_the_end(async move {
            let _telling = Telling(self);
            session.commit().await
        })
        .await
    }

    /// Tells of a commit that somebody else has made.
    pub(super) fn tell(self) {
        drop(Telling(self));
    }
}

/// Tells when it is dropped, so also if the runtime ends or the commit panics.
struct Telling(Notice);

impl Drop for Telling {
    fn drop(&mut self) {
        let Notice { cache, generations, world } = &self.0;
        match (cache, world) {
            (Some(cache), Some(world)) => cache.forget(world),
            (Some(cache), None) => cache.forget_all(),
            (None, _) => {}
        }
        generations.raise(world.as_ref());
    }
}

impl Base {
    /// See [`Store::to_the_end`].
    pub(super) async fn to_the_end(
        &self,
        commit: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) -> Result<(), Error> {
        let gone = |what: &str| Error::Unavailable(sqlx::Error::Io(io::Error::other(what.to_owned())));
        let Some(ground) = self.stand_in() else {
            return tokio::spawn(commit).await.map_err(|error| gone(&error.to_string()))?;
        };
        let (tell, told) = oneshot::channel();
        // Whoever waited may be gone.
        ground.spawn(Box::pin(async move { drop(tell.send(commit.await)) }));
        told.await.map_err(|error| gone(&error.to_string()))?
    }
}

impl Store {
    /// The generation of a world: it grows after every commit of this process that wrote an endpoint, a
    /// behaviour or the clock, after every reset, and with [`Store::outdate`].
    pub fn generation(&self, world: &WorldId) -> Arc<AtomicU64> {
        self.generations.of(world)
    }

    /// Sees a commit, and what follows from it, to the end: a client that goes away ends the wait for this, not this.
    pub async fn to_the_end(
        &self,
        commit: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) -> Result<(), Error> {
        self.base.to_the_end(commit).await
    }

    /// What a commit in this world, or in all, has to tell.
    pub(super) fn notice(&self, world: Option<&WorldId>) -> Notice {
        let (cache, generations) = (self.cache.clone(), Arc::clone(&self.generations));
        Notice { cache, generations, world: world.cloned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Mode;

    /// A file has readers beside its writer, so they could see what was before the commit.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_commit_that_nobody_waits_for_any_more_is_made_and_then_told() {
        let dir = tempfile::tempdir().expect("a directory");
        let url = format!("sqlite:{}", dir.path().join("sagebrush.db").display());
        let store = Store::connect(&url, Mode::Manual).await.expect("it opens");
        let world = WorldId::new("1", "r");
        let generation = store.generation(&world);
        let mut session = store.begin_session().await.expect("it begins");
        session.add_launches(&world, "model", 1).await.expect("it is written");
        let commit = store.notice(Some(&world)).after(session);
        tokio::select! {
            biased;
            done = commit => done.expect("it was quick"),
            () = std::future::ready(()) => {}
        }
        while generation.load(Ordering::Acquire) == 0 {
            tokio::task::yield_now().await;
        }
        let launches = store.session().launches(&world, "model").await.expect("it is read");
        assert_eq!(launches, 1, "whoever sees the new generation sees the commit");
    }

    #[test]
    fn a_generation_grows_in_its_own_world_and_is_shared() {
        let (generations, world, other) =
            (Generations::default(), WorldId::new("1", "r"), WorldId::new("2", "r"));
        let (kept, others) = (generations.of(&world), generations.of(&other));
        generations.raise(Some(&world));
        assert_eq!((kept.load(Ordering::Acquire), others.load(Ordering::Acquire)), (1, 0));
        generations.raise(None);
        assert_eq!((generations.of(&world).load(Ordering::Acquire), others.load(Ordering::Acquire)), (2, 1));
    }
}

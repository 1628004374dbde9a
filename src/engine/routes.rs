//! Where invocations go, in memory: no request waits for the database once its endpoint is known.
//!
//! Invariant: what is found here is what the last commit of this process left. A route is kept together with
//! the world's generation from before it was read, and is read again when that has grown. Where other
//! processes may write too, a route is used for [`LASTS_MS`] at the longest.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::counted::{component, invoked};
use super::injection::Fault;
use super::meter::{Counter, Meter};
use super::traffic::route;
use super::tuned::Tuned;
use crate::clock::{Tick, Timestamp};
use crate::domain::component::Host;
use crate::domain::injection::Injection;
use crate::domain::serving::Publish;
use crate::domain::world::WorldId;
use crate::fleet::{Load, Route, Target};
use crate::store::{Error, Store, World};

/// How long a route is used that another process may have changed, in real time.
const LASTS_MS: i64 = 500;

/// Names that are remembered of a world at most; then all are forgotten. So many memories are kept that no
/// route uses.
const MOST_NAMES: usize = 4096;

/// An endpoint that serves.
#[derive(Debug)]
pub(super) struct Live {
    /// Where its requests go.
    pub(super) route: Route,
    /// A counter for each target of the route, in its order.
    pub(super) counters: Vec<Arc<Counter>>,
    /// Of an inference component where it is hosted, and a counter of the requests for which it has no copy.
    pub(super) component: Option<(Host, Arc<Counter>)>,
    /// What outlives the route.
    pub(super) memory: Arc<Memory>,
}

/// What is remembered of an endpoint however often its route changes.
#[derive(Debug, Default)]
pub(super) struct Memory {
    /// Which stream of chance its requests draw from.
    pub(super) stream: u64,
    /// Requests so far.
    pub(super) requests: AtomicU64,
    /// What its instances are busy with.
    pub(super) load: Mutex<Load>,
}

/// The routes of all worlds.
#[derive(Debug, Default)]
pub(super) struct Routes {
    worlds: RwLock<HashMap<WorldId, Arc<Neighbourhood>>>,
}

/// The routes of a world.
#[derive(Debug)]
struct Neighbourhood {
    generation: Arc<AtomicU64>,
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Which commits it has seen, and when it was read by the clock of this process.
    seen: Option<(u64, Tick)>,
    world: Option<World>,
    /// By exact names; `None` is an endpoint that does not serve.
    endpoints: HashMap<String, Option<Arc<Live>>>,
    /// By the identities of endpoints.
    memories: HashMap<String, Arc<Memory>>,
    /// The world's faults.
    faults: Option<Arc<[Fault]>>,
    /// How many requests have met each of them, by their numbers.
    met: HashMap<i64, Arc<AtomicU64>>,
}

/// The faults of a world that has some, and its clock.
pub(super) type Faults = (Arc<[Fault]>, World);

/// What a request meets: its endpoint, if it serves, and the world's clock.
pub(super) type Found = (Option<Arc<Live>>, World);

impl Routes {
    /// The endpoint of exactly that name.
    pub(super) async fn find(
        &self,
        store: &Store,
        meter: &Meter,
        world: &WorldId,
        name: &str,
        base_now: Timestamp,
    ) -> Result<Found, Error> {
        let around = self.around(store, world);
        if let Some(found) = around.known(store, name, base_now) {
            return Ok(found);
        }
        let seen = (around.generation.load(Ordering::Acquire), store.steady_now());
        let mut session = store.session();
        let clock = session.world(world).await?;
        let row = session.endpoint(world, name).await?.filter(|row| row.endpoint.name == name);
        let Some(row) = row else { return Ok((around.keep(seen, clock.clone(), name, None), clock)) };
        let now = clock.now(base_now);
        let tuned = Tuned::read(&mut session, world, &clock, &row.endpoint).await?;
        let Some(route) = route(&row.endpoint, &tuned, now) else {
            return Ok((around.keep(seen, clock.clone(), name, None), clock));
        };
        let counter = |target: &Target| {
            meter.counter(world, clock.life, invoked(&row.endpoint, target), target.publish)
        };
        let counters = route.targets.iter().map(counter).collect();
        let component = component(&row.endpoint)
            .map(|(host, who)| (host.clone(), meter.counter(world, clock.life, who, Publish::default())));
        let memory = around.memory(&row.id, route.stream());
        let live = Live { route, counters, component, memory };
        Ok((around.keep(seen, clock.clone(), name, Some(Arc::new(live))), clock))
    }

    /// The faults of a world, with its clock; none where nobody has ever put one into it.
    pub(super) async fn faults(&self, store: &Store, world: &WorldId) -> Result<Option<Faults>, Error> {
        let around = self.around(store, world);
        if let Some(found) = around.known_faults(store) {
            return Ok(Some(found).filter(|(faults, _)| !faults.is_empty()));
        }
        let seen = (around.generation.load(Ordering::Acquire), store.steady_now());
        let mut session = store.session();
        let Some(clock) = session.known_world(world).await? else { return Ok(None) };
        let injections = session.injections(world, &clock).await?;
        Ok(around.keep_faults(seen, clock, injections))
    }

    /// Forgets a world: also how many requests its endpoints have had, which is what their luck is drawn by.
    pub(super) fn forget(&self, world: &WorldId) {
        self.worlds.write().unwrap_or_else(PoisonError::into_inner).remove(world);
    }

    fn around(&self, store: &Store, world: &WorldId) -> Arc<Neighbourhood> {
        let known = self.worlds.read().unwrap_or_else(PoisonError::into_inner).get(world).cloned();
        known.unwrap_or_else(|| {
            let mut worlds = self.worlds.write().unwrap_or_else(PoisonError::into_inner);
            let new =
                || Arc::new(Neighbourhood { generation: store.generation(world), kept: RwLock::default() });
            Arc::clone(worlds.entry(world.clone()).or_insert_with(new))
        })
    }
}

impl Kept {
    /// Forgets what was read before, unless this was read together with it.
    fn begin(&mut self, seen: (u64, Tick), world: World) {
        if self.seen.is_none_or(|(old, read_at)| old != seen.0 || seen.1.ms_since(read_at) >= LASTS_MS) {
            self.endpoints.clear();
            self.faults = None;
            self.seen = Some(seen);
        }
        self.world = Some(world);
    }
}

impl Neighbourhood {
    /// What is known of the world's faults; none where it has to be read.
    fn known_faults(&self, store: &Store) -> Option<Faults> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if !self.is_fresh(&kept, store) {
            return None;
        }
        Some((Arc::clone(kept.faults.as_ref()?), kept.world.clone()?))
    }

    fn keep_faults(&self, seen: (u64, Tick), world: World, injections: Vec<Injection>) -> Option<Faults> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.begin(seen, world.clone());
        kept.met.retain(|number, _| injections.iter().any(|injection| injection.number == *number));
        let known = injections.into_iter().map(|injection| {
            let requests = Arc::clone(kept.met.entry(injection.number).or_default());
            Fault { injection, requests }
        });
        let faults: Arc<[Fault]> = known.collect();
        kept.faults = Some(Arc::clone(&faults));
        (!faults.is_empty()).then_some((faults, world))
    }

    /// Whether nothing was committed since it was read that is known of.
    fn is_fresh(&self, kept: &Kept, store: &Store) -> bool {
        let Some((seen, read_at)) = kept.seen else { return false };
        let is_recent = || store.is_private() || store.steady_now().ms_since(read_at) < LASTS_MS;
        seen == self.generation.load(Ordering::Acquire) && is_recent()
    }

    fn known(&self, store: &Store, name: &str, base_now: Timestamp) -> Option<Found> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        if !self.is_fresh(&kept, store) {
            return None;
        }
        let (live, world) = (kept.endpoints.get(name)?.clone(), kept.world.clone()?);
        // Instances come up although nobody changes the endpoint.
        let changes_at = live.as_ref().and_then(|live| live.route.changes_at);
        changes_at.is_none_or(|at| at > world.now(base_now)).then_some((live, world))
    }

    fn keep(
        &self,
        seen: (u64, Tick),
        world: World,
        name: &str,
        live: Option<Arc<Live>>,
    ) -> Option<Arc<Live>> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.begin(seen, world);
        if kept.endpoints.len() >= MOST_NAMES {
            kept.endpoints.clear();
        }
        kept.endpoints.insert(name.to_owned(), live.clone());
        live
    }

    fn memory(&self, endpoint_id: &str, stream: u64) -> Arc<Memory> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.memories.len() >= MOST_NAMES {
            // Of an endpoint that is gone, or has not been asked for lately, nobody has the memory.
            kept.memories.retain(|_, memory| Arc::strong_count(memory) > 1);
        }
        let memory = kept.memories.entry(endpoint_id.to_owned());
        // Real requests and synthetic ones draw from streams of their own.
        let new = || Memory { stream: stream.rotate_left(32), ..Memory::default() };
        Arc::clone(memory.or_insert_with(|| Arc::new(new())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_that_come_and_go_leave_no_more_than_so_many_memories() {
        let around = Neighbourhood { generation: Arc::default(), kept: RwLock::default() };
        let used = around.memory("used", 1);
        used.requests.store(7, Ordering::Relaxed);
        for number in 0..3 * MOST_NAMES {
            drop(around.memory(&number.to_string(), 1));
        }
        assert!(around.kept.read().unwrap().memories.len() <= MOST_NAMES);
        let again = around.memory("used", 1);
        assert!(Arc::ptr_eq(&used, &again), "one that a route uses is kept");
    }
}

//! The courier's rounds: what is due is claimed, and carried lane by lane.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::Courier;
use super::lane::{Claimed, Lane};
use crate::domain::world::WorldId;
use crate::engine::{Engine, Error};
use crate::store;

/// The longest sleep while something may be on its way that another server has put there.
const POLL: Duration = Duration::from_millis(500);

/// The sleep after a round that has failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Lanes that are carried at once, of all worlds and of one: targets that do not answer hold up their own world alone.
const LANES: usize = 64;
const LANES_OF_WORLD: usize = 16;

/// Its rounds, on their way.
#[derive(Debug)]
pub(in crate::engine) struct Rounds {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Rounds {
    /// Begins them, if the engine has a courier.
    pub(in crate::engine) fn start(engine: &Engine) -> Option<Self> {
        let courier = engine.courier.clone()?;
        courier.pace.send_modify(|pace| pace.is_running = true);
        let (stop, stopped) = watch::channel(false);
        let walk = Walk {
            engine: engine.clone(),
            courier,
            lanes: Arc::new(Semaphore::new(LANES)),
            of_world: HashMap::new(),
            tasks: JoinSet::new(),
            is_failing: false,
        };
        Some(Self { stop, task: tokio::spawn(walk.go_on(stopped)) })
    }

    /// Ends them. What is being carried is left: its claim ends by itself.
    pub(in crate::engine) async fn stop(self) {
        self.stop.send_replace(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the engine's courier did not end well");
        }
    }
}

struct Walk {
    engine: Engine,
    courier: Courier,
    lanes: Arc<Semaphore>,
    of_world: HashMap<WorldId, Arc<Semaphore>>,
    tasks: JoinSet<()>,
    is_failing: bool,
}

impl Walk {
    async fn go_on(mut self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            let sleep = match self.round().await {
                Ok(sleep) => {
                    self.is_failing = false;
                    sleep
                }
                Err(error) => self.failed(&error),
            };
            let woken = async {
                tokio::select! {
                    () = self.engine.store.posted() => {}
                    _ = stopped.changed() => {}
                    // A lane that has come to its end makes room for another one.
                    Some(_) = self.tasks.join_next() => {}
                }
            };
            // Whether there was a reason or not: it is looked again.
            let _ = tokio::time::timeout(sleep, woken).await;
        }
        self.courier.pace.send_modify(|pace| pace.is_running = false);
        self.tasks.shutdown().await;
    }

    /// A round has failed: says so once, but of a database that does not answer the worker tells. Answers how long to sleep.
    fn failed(&mut self, error: &Error) -> Duration {
        let is_known = matches!(error, Error::Store(store::Error::Unavailable(_)));
        if !std::mem::replace(&mut self.is_failing, true) && !is_known {
            tracing::error!(%error, "the engine's courier tries again");
        }
        AFTER_FAILURE
    }

    /// Claims what is due in every world, as far as there is room, and begins to carry it. Answers how long to sleep.
    async fn round(&mut self) -> Result<Duration, Error> {
        let mut sleep = POLL;
        self.of_world.retain(|_, own| own.available_permits() < LANES_OF_WORLD);
        for world in self.engine.store.outboxes().await? {
            let mut session = self.engine.store.session();
            let Some(due) = session.next_delivery(&world).await? else { continue };
            let row = session.world(&world).await?;
            let base_now = session.base_now().await?;
            if due > row.now(base_now) {
                let ahead_ms = row.clock.base_at(due).map(|at| at.ms_since(base_now));
                let ahead = ahead_ms.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
                sleep = sleep.min(ahead.unwrap_or(POLL).max(Duration::from_millis(1)));
                continue;
            }
            drop(session);
            self.claim(&world).await?;
        }
        Ok(sleep)
    }

    async fn claim(&mut self, world: &WorldId) -> Result<(), Error> {
        let own = Arc::clone(
            self.of_world.entry(world.clone()).or_insert_with(|| Arc::new(Semaphore::new(LANES_OF_WORLD))),
        );
        let room = self.lanes.available_permits().min(own.available_permits());
        if room == 0 {
            return Ok(());
        }
        let Some(mut tx) = self.engine.store.try_begin(world).await? else { return Ok(()) };
        let claim = tx.new_id().await?;
        let mut claimed = Vec::new();
        for delivery in tx.claim_deliveries(&claim, None, u32::try_from(room).unwrap_or(u32::MAX)).await? {
            claimed.push(Claimed::of(&self.engine, &mut tx, claim.clone(), delivery).await?);
        }
        tx.commit().await?;
        for claimed in claimed {
            let permits = (Arc::clone(&self.lanes).try_acquire_owned(), Arc::clone(&own).try_acquire_owned());
            let (Ok(one), Ok(other)) = permits else { break };
            let lane =
                Lane { engine: self.engine.clone(), courier: self.courier.clone(), world: world.clone() };
            self.tasks.spawn(lane.carry_on(claimed, [one, other]));
        }
        Ok(())
    }
}

//! The worker: makes what is due happen on clocks that run.
//!
//! It takes no input. It looks which worlds are due, takes a batch of each, and sleeps until the nearest
//! wake, a signal, or the poll interval, whichever comes first; so a signal that is lost costs half a second
//! and nothing else. A step that fails is the step's own affair (`step.rs`); a world in which more than that
//! fails is left alone for a while and stops no other.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::attempt::{Fault, caught};
use super::run::{Until, batch};
use super::{Engine, Error, courier};
use crate::clock::{Tick, Timestamp};
use crate::domain::world::WorldId;
use crate::store::Tx;

/// The longest sleep, a little less by chance, so that replicas do not poll in step.
const POLL_MS: i64 = 500;
const POLL_JITTER_MS: i64 = 100;

/// What real requests were counted is written at least this often.
const FLUSH_MS: i64 = 500;

/// The sleep after a round in which nothing could be done although something is due.
const PAUSE_MS: i64 = 50;

/// Worlds looked up at a time.
const WORLDS: u32 = 64;

/// The first and the longest time for which a world that failed is left alone; it doubles in between.
const BACK_OFF_MS: (i64, i64) = (1_000, 60_000);

/// The background task of an engine.
#[derive(Debug)]
pub struct Worker {
    engine: Engine,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    courier: Option<courier::Rounds>,
}

impl Worker {
    /// Ends the task; a transaction that has begun is finished first. Where others share the database nobody
    /// waits for this server any more.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        if let Some(courier) = self.courier {
            courier.stop().await;
        }
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the engine's worker did not end well");
        }
        if let Some(member) = &self.engine.member {
            member.leave().await;
        }
    }
}

impl Engine {
    /// Starts the background tasks. Without them time passes only where somebody advances it, and nothing is delivered.
    pub fn start(&self) -> Worker {
        let (stop, stopped) = watch::channel(false);
        let rounds = Rounds::of(self.clone(), stopped);
        let courier = courier::Rounds::start(self);
        Worker { engine: self.clone(), stop, task: tokio::spawn(rounds.go_on()), courier }
    }

    /// What the background task does, for who takes the turns himself: a simulator.
    pub fn rounds(&self) -> Rounds {
        Rounds::of(self.clone(), watch::channel(false).1)
    }

    /// Comes to its end when the worker is to look before its time.
    pub async fn woken(&self) {
        self.signal.notified().await;
    }

    /// Whether all that was counted of real requests is known to be written.
    pub fn is_flushed(&self) -> bool {
        self.meter.worlds().is_empty()
    }

    /// Writes what was counted of real requests in this world.
    pub(super) async fn flush(&self, world: &WorldId) -> Result<(), Error> {
        let (tx, counted) = self.begin(world).await?;
        Ok(counted.commit(tx).await?)
    }

    /// The same, unless somebody else has the world: then it stays counted.
    async fn flush_if_free(&self, world: &WorldId) -> Result<(), Error> {
        match self.try_begin(world).await? {
            Some((tx, counted)) => Ok(counted.commit(tx).await?),
            None => Ok(()),
        }
    }

    /// Takes a batch of what is due in this world.
    async fn catch_up(&self, world: &WorldId) -> Result<Taken, Error> {
        let Some(_turn) = self.turns.try_now(world) else { return Ok(Taken::Nothing) };
        let Some((mut tx, counted)) = self.try_begin(world).await? else { return Ok(Taken::Nothing) };
        let now = tx.now();
        let more = batch(&mut tx, Until::Instant(now), &mut Vec::new(), &self.rules).await?;
        let mut taken = Taken::Batch;
        if !more {
            tx.set_reached(now);
            if tx.has_passed_over() {
                taken = Taken::AllButUnread { ms: rest_ms(&mut tx, world, now).await? };
            }
        }
        counted.commit(tx).await?;
        Ok(taken)
    }
}

/// What was taken of a world that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Taken {
    /// Somebody else has it.
    Nothing,
    /// A batch, or all of it.
    Batch,
    /// All but what this version cannot read: the world stays due, and there is nothing to do for so long.
    AllButUnread { ms: i64 },
}

/// How long nothing else of a world is due, in real time: no longer than between two polls.
async fn rest_ms(tx: &mut Tx, world: &WorldId, now: Timestamp) -> Result<i64, Error> {
    let next = {
        let row = tx.world().clone();
        tx.due_after(world, &row, now).await?
    };
    let next = next.and_then(|next| tx.world().clock.base_at(next));
    Ok(next.map_or(POLL_MS, |next| next.ms_since(tx.begun_at()).clamp(1, POLL_MS)))
}

/// The task's own memory: nothing that could not be forgotten.
#[derive(Debug)]
pub struct Rounds {
    engine: Engine,
    stopped: watch::Receiver<bool>,
    /// Worlds whose step failed: how often, and until when they are left alone.
    failing: HashMap<WorldId, (u32, Tick)>,
    /// Worlds that are due only because of what this version cannot read, and until when nothing
    /// else is.
    resting: HashMap<WorldId, Tick>,
    store_failing: bool,
    flushed_at: Tick,
}

impl Rounds {
    fn of(engine: Engine, stopped: watch::Receiver<bool>) -> Self {
        let flushed_at = engine.store.steady_now();
        let (failing, resting) = (HashMap::new(), HashMap::new());
        Self { engine, stopped, failing, resting, store_failing: false, flushed_at }
    }

    async fn go_on(mut self) {
        while !*self.stopped.borrow() {
            let sleep_ms = self.turn().await;
            self.sleep(sleep_ms).await;
        }
        if let Err(error) = self.last_flush().await {
            tracing::error!(%error, "the last requests before the end are not in the metrics");
        }
    }

    /// Takes a batch of every world that is due. Answers how long to sleep, in milliseconds.
    pub async fn turn(&mut self) -> i64 {
        match self.round().await {
            Ok(sleep_ms) => {
                if std::mem::take(&mut self.store_failing) {
                    tracing::info!("the engine's worker goes on: the store answers again");
                }
                sleep_ms
            }
            Err(error) => {
                if !std::mem::replace(&mut self.store_failing, true) {
                    tracing::error!(%error, "the engine's worker waits for the store");
                }
                BACK_OFF_MS.0
            }
        }
    }

    /// The sleep has ended before its time: something else may be due in a world that rests.
    pub fn wake_up(&mut self) {
        self.resting.clear();
    }

    /// Writes what was counted, and waits for nobody: the other worlds would wait as well. A world whose counts
    /// cannot be written is left alone for a while and keeps them.
    async fn flush(&mut self) -> Result<(), Error> {
        self.flushed_at = self.now();
        for world in self.engine.meter.worlds() {
            if self.is_left_alone(&world) {
                continue;
            }
            match self.engine.flush_if_free(&world).await {
                Ok(()) => {}
                Err(error @ Error::Store(crate::store::Error::Unavailable(_))) => return Err(error),
                Err(error) => self.leave_alone(world, &error),
            }
        }
        Ok(())
    }

    /// Writes what was counted before the end, world by world for as long as there is time.
    async fn last_flush(&self) -> Result<(), Error> {
        let mut outcome = Ok(());
        for world in self.engine.meter.worlds() {
            outcome = outcome.and(self.engine.flush(&world).await);
        }
        outcome
    }

    fn is_left_alone(&self, world: &WorldId) -> bool {
        self.failing.get(world).is_some_and(|(_, until)| *until > self.now())
    }

    /// Sleeps so long, or until there is a signal or the end.
    async fn sleep(&mut self, ms: i64) {
        let limit = Duration::from_millis(u64::try_from(ms).unwrap_or(0));
        let woken = async {
            tokio::select! {
                () = self.engine.signal.notified() => {}
                _ = self.stopped.changed() => {}
            }
        };
        if tokio::time::timeout(limit, woken).await.is_ok() {
            self.wake_up();
        }
    }

    async fn round(&mut self) -> Result<i64, Error> {
        if self.now().ms_since(self.flushed_at) >= FLUSH_MS {
            self.flush().await?;
        }
        let now = self.now();
        self.resting.retain(|_, until| *until > now);
        let looked_at = self.engine.store.session().base_now().await?;
        let (mut again, mut held) = (false, false);
        // Those that are left alone must not fill the list.
        let idle = self.failing.len() + self.resting.len();
        let most = WORLDS.saturating_add(u32::try_from(idle).unwrap_or(u32::MAX));
        for world in self.engine.store.due_worlds(most).await? {
            if *self.stopped.borrow() {
                return Ok(0);
            }
            if self.is_left_alone(&world) || self.resting.contains_key(&world) {
                continue;
            }
            if self.now().ms_since(self.flushed_at) >= FLUSH_MS {
                self.flush().await?;
            }
            match self.catch_up(&world).await {
                Ok(taken) => {
                    self.failing.remove(&world);
                    match taken {
                        Taken::Nothing => held = true,
                        Taken::Batch => again = true,
                        Taken::AllButUnread { ms } => {
                            let until = self.now().plus_ms(ms);
                            self.resting.insert(world, until);
                        }
                    }
                }
                Err(error @ Error::Store(crate::store::Error::Unavailable(_))) => return Err(error),
                Err(error) => self.leave_alone(world, &error),
            }
        }
        if again {
            return Ok(0);
        }
        self.sleep_ms(looked_at, held).await
    }

    /// How long to sleep after a look at `looked_at` in which nothing was left that could be done.
    async fn sleep_ms(&self, looked_at: Timestamp, held: bool) -> Result<i64, Error> {
        let base_now = self.engine.store.session().base_now().await?;
        let nearest = self.engine.store.wake_after(looked_at).await?;
        let ahead = |ms: i64| if ms > 0 { ms } else { PAUSE_MS };
        let until_nearest = nearest.map(|at| ahead(at.ms_since(base_now)));
        let until_rested = self.resting.values().map(|until| ahead(until.ms_since(self.now()))).min();
        let poll_ms = POLL_MS - self.now().0.rem_euclid(POLL_JITTER_MS);
        let pauses = [Some(poll_ms), held.then_some(PAUSE_MS), until_nearest, until_rested];
        Ok(pauses.into_iter().flatten().min().unwrap_or(poll_ms))
    }

    /// A batch of this world. A panic ends its transaction, not the worker.
    async fn catch_up(&self, world: &WorldId) -> Result<Taken, Error> {
        let caught_up = caught(Box::pin(self.engine.catch_up(world))).await;
        caught_up.unwrap_or_else(|Fault(what)| Err(Error::Step { endpoint: format!("in {world}"), what }))
    }

    fn now(&self) -> Tick {
        self.engine.store.steady_now()
    }

    fn leave_alone(&mut self, world: WorldId, error: &Error) {
        let times = self.failing.get(&world).map_or(0, |(times, _)| *times);
        if times == 0 {
            tracing::error!(%world, %error, "a world is left alone for a while");
        }
        let (first_ms, most_ms) = BACK_OFF_MS;
        let pause_ms = first_ms.saturating_mul(1 << times.min(16)).min(most_ms);
        let until = self.now().plus_ms(pause_ms);
        self.failing.insert(world, (times.saturating_add(1), until));
    }
}

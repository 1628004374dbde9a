//! The courier's rounds: what is due is claimed and carried, lane by lane.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::letter::{Letter, api_destination};
use super::outcome::{Next, next};
use super::{Courier, Outcome};
use crate::bridge::Place;
use crate::clock::{Mode, Tick};
use crate::domain::world::WorldId;
use crate::engine::{Engine, Error};
use crate::store::delivery::{CLAIM_MS, Delivery};
use crate::store::{self, Tx};
use crate::telemetry::Carried;

/// The longest sleep while something may be on its way that another server has put there.
const POLL: Duration = Duration::from_millis(500);

/// The sleep after a round that has failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// Lanes that are carried at once, of all worlds and of one: targets that do not answer hold up their own world alone.
const LANES: usize = 64;
const LANES_OF_WORLD: usize = 16;

/// How old a claim may be when its delivery sets out: then it is still ours when it arrives, though it be carried twice.
const FRESH_MS: i64 = CLAIM_MS / 3;

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
            let now = row.now(session.base_now().await?);
            if due > now {
                let until =
                    row.clock.base_at(due).map(|at| at.ms_since(row.clock.base_at(now).unwrap_or(at)));
                let ahead = until.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0)));
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

/// A delivery that is ours, and its letter.
struct Claimed {
    claim: String,
    /// When it became ours.
    since: Tick,
    delivery: Delivery,
    letter: Result<Letter, String>,
}

impl Claimed {
    async fn of(engine: &Engine, tx: &mut Tx, claim: String, delivery: Delivery) -> Result<Self, Error> {
        let api = api_destination(tx, &delivery).await?;
        let letter = Letter::of(&delivery, tx.id(), api);
        Ok(Self { claim, since: engine.store.steady_now(), delivery, letter })
    }
}

/// One lane of a world.
struct Lane {
    engine: Engine,
    courier: Courier,
    world: WorldId,
}

impl Lane {
    /// Carries what is due in the lane, one after the other, until one fails: then others come first.
    async fn carry_on(self, claimed: Claimed, _permits: [OwnedSemaphorePermit; 2]) {
        let mut claimed = Some(claimed);
        while let Some(now) = claimed.take() {
            match self.carry(now).await {
                Ok(next) => claimed = next,
                Err(error) => {
                    tracing::warn!(world = %self.world, %error, "a delivery is tried again when its claim has ended");
                }
            }
            self.courier.pace.send_modify(|pace| pace.ended += 1);
        }
    }

    /// Carries a delivery, writes what came of it, and claims the next one of the lane.
    async fn carry(&self, claimed: Claimed) -> Result<Option<Claimed>, Error> {
        let Claimed { claim, since, delivery, letter } = claimed;
        // A process that stood still meanwhile leaves it to whoever has it now.
        if self.engine.store.steady_now().ms_since(since) > FRESH_MS {
            return Ok(None);
        }
        let outcome = match &letter {
            Ok(letter) => self.leave(letter).await,
            Err(_) => None,
        };
        let lane = delivery.lane.clone();
        let mut tx = self.engine.store.begin(&self.world).await?;
        if !tx.holds_delivery(delivery.number, &claim).await? {
            return Ok(None);
        }
        // Where time stands still it was tried when it was due, however far the clock was moved meanwhile. Where it passes, a
        // pause is one of the target's.
        let at = if tx.world().clock.mode == Mode::Manual { delivery.due } else { tx.now() };
        let follows = match (letter, outcome) {
            (Err(reason), _) => Next::Lost(reason),
            (Ok(letter), Some(outcome)) => next(delivery.clone(), &letter, outcome, at),
            (Ok(letter), None) => {
                let outcome = write(&mut tx, &letter, &delivery).await?;
                next(delivery.clone(), &letter, outcome, at)
            }
        };
        let carried = match &follows {
            Next::End => Carried::Delivered,
            Next::Lost(_) => Carried::Lost,
            Next::Again(again) if again.dead_letter != delivery.dead_letter => Carried::DeadLettered,
            Next::Again(_) => Carried::Failed,
        };
        match follows {
            Next::End => drop(tx.end_delivery(delivery.number, &claim).await?),
            Next::Lost(reason) => {
                let (world, rule) = (&self.world, &delivery.rule_arn);
                tracing::warn!(%world, rule, event = delivery.event, reason, "an event has not reached its target and is given up");
                tx.end_delivery(delivery.number, &claim).await?;
            }
            Next::Again(again) => {
                tx.put_back_delivery(&again, &claim).await?;
                tx.commit().await?;
                self.engine.store.work().carried(carried);
                return Ok(None);
            }
        }
        let claim = tx.new_id().await?;
        let next = match tx.claim_deliveries(&claim, Some(&lane), 1).await?.pop() {
            Some(delivery) => Some(Claimed::of(&self.engine, &mut tx, claim, delivery).await?),
            None => None,
        };
        tx.commit().await?;
        self.engine.store.work().carried(carried);
        Ok(next)
    }

    /// Carries a letter out of the house; `None` if it stays inside.
    async fn leave(&self, letter: &Letter) -> Option<Outcome> {
        if matches!((&letter.target.place, &letter.means), (Place::LogGroup(_), super::Means::Plain)) {
            return None;
        }
        let carrier = &self.courier.carrier;
        let mut outcome = carrier.carry(letter).await;
        for _ in 1..carrier.copies(letter) {
            if outcome != Outcome::Delivered {
                break;
            }
            outcome = carrier.carry(letter).await;
        }
        Some(outcome)
    }
}

/// Writes a letter into its log group, in a stream of its rule.
async fn write(tx: &mut Tx, letter: &Letter, delivery: &Delivery) -> Result<Outcome, Error> {
    let Place::LogGroup(group) = &letter.target.place else {
        return Ok(Outcome::Refused("NOT_A_LOG_GROUP".to_owned(), letter.target.arn.clone()));
    };
    let stream = delivery.rule_arn.rsplit('/').next().unwrap_or_default();
    let is_there = tx.append_log_event((group, stream), delivery.began, &letter.payload).await?;
    Ok(if is_there {
        Outcome::Delivered
    } else {
        Outcome::Refused("NO_SUCH_RESOURCE".to_owned(), format!("The log group {group} does not exist."))
    })
}

//! A lane: what is due in it is carried, one after the other, and what came of it is written.

use tokio::sync::OwnedSemaphorePermit;

use super::letter::{Letter, Means};
use super::outcome::{Next, next};
use super::{Courier, Outcome};
use crate::bridge::Place;
use crate::clock::{Mode, Tick};
use crate::domain::world::WorldId;
use crate::engine::{Engine, Error};
use crate::store::Tx;
use crate::store::delivery::{CLAIM_MS, Delivery};
use crate::telemetry::Carried;

/// How old a claim may be when its delivery sets out: then it is still ours when it arrives, though it be carried twice.
const FRESH_MS: i64 = CLAIM_MS / 3;

/// A delivery that is ours, and its letter.
pub(super) struct Claimed {
    claim: String,
    /// When it became ours.
    since: Tick,
    delivery: Delivery,
    letter: Result<Letter, String>,
}

impl Claimed {
    pub(super) async fn of(
        engine: &Engine,
        tx: &mut Tx,
        claim: String,
        delivery: Delivery,
    ) -> Result<Self, Error> {
        let letter = Letter::read(tx, &delivery).await?;
        Ok(Self { claim, since: engine.store.steady_now(), delivery, letter })
    }
}

/// One lane of a world.
pub(super) struct Lane {
    pub(super) engine: Engine,
    pub(super) courier: Courier,
    pub(super) world: WorldId,
}

impl Lane {
    /// Carries what is due in the lane, one after the other, until one fails: then others come first.
    pub(super) async fn carry_on(self, claimed: Claimed, _permits: [OwnedSemaphorePermit; 2]) {
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
        let next = match tx.claim_deliveries(&claim, Some(&delivery.lane), 1).await?.pop() {
            Some(delivery) => Some(Claimed::of(&self.engine, &mut tx, claim, delivery).await?),
            None => None,
        };
        tx.commit().await?;
        self.engine.store.work().carried(carried);
        Ok(next)
    }

    /// Carries a letter out of the house; `None` if it stays inside.
    async fn leave(&self, letter: &Letter) -> Option<Outcome> {
        if matches!((&letter.target.place, &letter.means), (Place::LogGroup(_), Means::Plain)) {
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

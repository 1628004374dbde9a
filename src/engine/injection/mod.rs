//! Faults that operators put into a world, and take away again.
//!
//! What lasts is asked for where it matters: when instances are launched, when a request is served or answered. What
//! is done at one instant is due like everything else. Either may begin with a step of a deployment.

mod begin;
mod carry_out;
mod weather;

use super::run::catch_up;
use super::{Engine, Error, traffic};
use crate::clock::Timestamp;
use crate::domain::injection::{Effect, End, Injection, Scope, Start};
use crate::domain::world::WorldId;
use crate::store::Tx;

pub(super) use begin::{begin_at_step, begin_due};
pub(super) use weather::Fault;
pub use weather::Interference;

/// A fault as somebody wants it.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// What it is to do.
    pub effect: Effect,
    /// To whom.
    pub scope: Scope,
    /// When it is to begin.
    pub start: Begin,
    /// When it is to be over.
    pub end: End,
}

/// When a fault is to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// So many milliseconds from now.
    In(i64),
    /// At this instant, which is not past.
    At(Timestamp),
    /// When a deployment moves the traffic of this step, which counts from 1.
    Step(u32),
}

impl Wanted {
    /// The fault, added at `now`; a time that is past is refused in a sentence.
    fn added(self, number: i64, now: Timestamp) -> Result<Injection, Error> {
        let start = match self.start {
            Begin::In(ms) => Start::At(now.plus_ms(ms)),
            Begin::At(at) if at < now => {
                return Err(Error::Refused(format!("The fault cannot begin at {at}: it is {now} already.")));
            }
            Begin::At(at) => Start::At(at),
            Begin::Step(step) => Start::Step { step, moved_at: None },
        };
        let Self { effect, scope, end, .. } = self;
        let injection = Injection { number, effect, scope, start, end, added_at: now, outcome: None };
        if let End::At(end) = end
            && end <= injection.began_at().unwrap_or(now)
        {
            return Err(Error::Refused(format!("The fault cannot end at {end}: it has to begin before.")));
        }
        Ok(injection)
    }
}

impl Engine {
    /// Puts a fault into the world. One that does its work now has done it when this returns.
    pub async fn inject(&self, world: &WorldId, wanted: Wanted) -> Result<Injection, Error> {
        let mut tx = self.store.begin(world).await?;
        catch_up(&mut tx, &self.rules).await?;
        let now = tx.now();
        let number = tx.next_injection().await?;
        let injection = wanted.added(number, now)?;
        traffic::settle_all(&mut tx, &self.rules, |endpoint| injection.scope.takes_any(endpoint.names()))
            .await?;
        tx.put_injection(&injection).await?;
        let injection = match injection.wake_at() {
            Some(due) if due <= now => begin_due(&mut tx, injection, now, &self.rules).await?.0,
            _ => injection,
        };
        self.written(world, tx).await?;
        Ok(injection)
    }

    /// Takes a fault away, or all of the world. Answers how many there were.
    pub async fn withdraw(&self, world: &WorldId, number: Option<i64>) -> Result<u64, Error> {
        let mut tx = self.store.begin(world).await?;
        catch_up(&mut tx, &self.rules).await?;
        traffic::settle_all(&mut tx, &self.rules, |_| true).await?;
        let gone = tx.delete_injections(number).await?;
        self.written(world, tx).await?;
        Ok(gone)
    }

    /// The faults of the world in the order in which they were added, and its time.
    pub async fn injections(&self, world: &WorldId) -> Result<(Vec<Injection>, Timestamp), Error> {
        let mut session = self.store.session();
        let row = session.seen_world(world).await?;
        Ok((session.injections(world, &row).await?, row.now(session.base_now().await?)))
    }

    async fn written(&self, world: &WorldId, tx: Tx) -> Result<(), Error> {
        tx.commit().await?;
        self.make_known(Some(world)).await;
        self.wake();
        Ok(())
    }
}

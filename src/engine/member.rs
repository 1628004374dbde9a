//! This server among those that share its database: it says that it is there, does what the others ask of it,
//! and has its turn when nobody else has.
//!
//! All of that is one task's, with a connection of its own; see [`task`]. An engine that never joined is alone
//! and waits for nobody.

mod task;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::interval;

use super::{Engine, Error};
use crate::clock::steady_now;
use crate::domain::world::WorldId;
use crate::store;
use crate::store::replica::Seat;
use task::Task;

/// How often somebody who waits looks again.
pub(super) const LOOK: Duration = Duration::from_millis(10);

/// How a server takes its place among those that share the database.
#[derive(Clone, Debug)]
pub struct Joining {
    /// What an operator knows it by.
    pub name: String,
    /// Whether it listens for the signals of others; without it finds what it is asked by looking.
    pub listens: bool,
    /// How long it waits for a turn that another server has.
    pub patience: Duration,
}

impl Joining {
    /// As `sagebrush serve` does.
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), listens: true, patience: Duration::from_mins(1) }
    }
}

/// What is known of this server's place; see [`Seat`].
#[derive(Clone, Debug, PartialEq, Eq)]
struct Placed {
    id: String,
    ordinal: u64,
    session: Option<u64>,
}

impl Placed {
    fn of(seat: &Seat) -> Self {
        Self { id: seat.id().to_owned(), ordinal: seat.ordinal(), session: seat.session() }
    }
}

/// What the task is told.
#[derive(Debug)]
enum Message {
    /// To take this world's turn, unless somebody has it.
    Turn { world: WorldId, to: Sender, reply: oneshot::Sender<Result<Option<Held>, store::Error>> },
    /// That a turn is over.
    Over { world: WorldId, session: u64 },
    /// To leave, and to say so.
    Leave(oneshot::Sender<()>),
}

type Sender = mpsc::UnboundedSender<Message>;

/// The way to the task.
#[derive(Debug)]
pub(super) struct Member {
    to: Sender,
    placed: watch::Receiver<Placed>,
    patience: Duration,
}

impl Engine {
    /// Takes a place among the servers that share the store, where it can be shared, before anything is served.
    /// The place is given up when the [`Worker`](super::Worker) stops.
    pub async fn join(self, joining: Joining) -> Result<Self, store::Error> {
        let Some(seat) = self.store.seat(&joining.name).await? else { return Ok(self) };
        self.store.forget_flushes().await?;
        let (to, messages) = mpsc::unbounded_channel();
        let (tell, placed) = watch::channel(Placed::of(&seat));
        // The task has an engine that is no member: it ends when nobody can speak to it any more.
        let task = Task::new(self.clone(), seat, messages, tell, joining.listens);
        tokio::spawn(task.go_on());
        let member = Member { to, placed, patience: joining.patience };
        Ok(Self { member: Some(Arc::new(member)), ..self })
    }
}

impl Member {
    /// By which the other servers know this one.
    pub(super) fn id(&self) -> String {
        self.placed.borrow().id.clone()
    }

    /// Which of the servers it is, from 0.
    pub(super) fn ordinal(&self) -> u64 {
        self.placed.borrow().ordinal
    }

    /// Waits for this world's turn among all servers.
    pub(super) async fn turn(&self, world: &WorldId) -> Result<Held, Error> {
        let begun = steady_now();
        let mut looks = interval(LOOK);
        loop {
            looks.tick().await;
            let (reply, answer) = oneshot::channel();
            let (world, to) = (world.clone(), self.to.clone());
            // A reply that nobody waits for any more gives its turn back when it is dropped.
            let sent = self.to.send(Message::Turn { world: world.clone(), to, reply });
            let answer = sent.ok().and(answer.await.ok()).ok_or(Error::TurnLost(world.clone()))?;
            if let Some(held) = answer? {
                return Ok(held);
            }
            let waited = Duration::from_millis(steady_now().ms_since(begun).unsigned_abs());
            if waited >= self.patience {
                return Err(Error::NoTurn { world, secs: self.patience.as_secs() });
            }
        }
    }

    /// Gives up the place: nobody waits for this server any more.
    pub(super) async fn leave(&self) {
        let (done, left) = oneshot::channel();
        if self.to.send(Message::Leave(done)).is_ok() {
            // A task that has ended without a word has left, too.
            let _ = left.await;
        }
    }
}

/// A turn that this server has among all.
#[derive(Debug)]
pub(super) struct Held {
    world: WorldId,
    session: u64,
    /// Whether other servers are there.
    pub(super) others: bool,
    to: Sender,
    placed: watch::Receiver<Placed>,
}

impl Held {
    /// Comes back when the turn has ended before its holder has.
    pub(super) async fn lost(&mut self) {
        let session = Some(self.session);
        // Without the task there is no session either.
        let _ = self.placed.wait_for(|placed| placed.session != session).await;
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let (world, session) = (self.world.clone(), self.session);
        // Without the task the turn has ended with its connection.
        let _ = self.to.send(Message::Over { world, session });
    }
}

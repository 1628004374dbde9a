//! The task of a server that shares its database.
//!
//! It looks [every so often](POLL) what it is asked, and at once when there is a signal: a signal that is lost
//! costs a quarter of a second and nothing else. What it is asked is done in tasks of its own, for a world that
//! somebody holds must not make this server look dead.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use super::{Held, Message, Placed};
use crate::clock::{Tick, steady_now};
use crate::engine::{Engine, Error};
use crate::store;
use crate::store::replica::{Asked, Seat};

/// How often it looks what it is asked.
const POLL: Duration = Duration::from_millis(250);

/// How often it says that it is there: four times in the span after which nobody waits for it.
const BEAT_MS: i64 = 500;

/// The pause before a lost connection for signals is made anew.
const AGAIN: Duration = Duration::from_secs(1);

pub(super) struct Task {
    engine: Engine,
    seat: Seat,
    messages: mpsc::UnboundedReceiver<Message>,
    tell: watch::Sender<Placed>,
    signal: Arc<Notify>,
    listening: Option<JoinHandle<()>>,
    beaten_at: Tick,
    /// What is being done, by the barrier, and which barriers these are.
    answers: JoinSet<(String, Result<(), Error>)>,
    answering: HashSet<String>,
    failing: bool,
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some(listening) = &self.listening {
            listening.abort();
        }
    }
}

impl Task {
    pub(super) fn new(
        engine: Engine,
        seat: Seat,
        messages: mpsc::UnboundedReceiver<Message>,
        tell: watch::Sender<Placed>,
        listens: bool,
    ) -> Self {
        let signal = Arc::<Notify>::default();
        let listening = listens.then(|| tokio::spawn(listen(engine.clone(), Arc::clone(&signal))));
        let (answers, answering) = (JoinSet::new(), HashSet::new());
        let (beaten_at, failing) = (steady_now(), false);
        Self { engine, seat, messages, tell, signal, listening, beaten_at, answers, answering, failing }
    }

    /// Until it is told to leave, or nobody can tell it anything any more.
    pub(super) async fn go_on(mut self) {
        let mut looks = interval(POLL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                message = self.messages.recv() => match message {
                    None => return,
                    Some(Message::Leave(done)) => {
                        self.leave().await;
                        // Whoever asked may have gone.
                        let _ = done.send(());
                        return;
                    }
                    Some(Message::Over { world, session }) if self.seat.session() == Some(session) => {
                        let ended = self.seat.end_turn(&world).await;
                        self.note(ended);
                    }
                    Some(Message::Over { .. }) => {}
                    Some(message @ Message::Turn { .. }) => self.turn(message).await,
                },
                () = self.signal.notified() => self.look().await,
                _ = looks.tick() => {
                    self.beat().await;
                    self.look().await;
                }
                Some(Ok((barrier, answer))) = self.answers.join_next() => self.answer(barrier, answer).await,
            }
            let placed = Placed::of(&self.seat);
            self.tell.send_if_modified(|told| std::mem::replace(told, placed.clone()) != placed);
        }
    }

    async fn beat(&mut self) {
        if steady_now().ms_since(self.beaten_at) >= BEAT_MS {
            self.beaten_at = steady_now();
            let beaten = self.seat.beat().await;
            self.note(beaten);
        }
    }

    /// Begins with what it is asked and is not doing yet.
    async fn look(&mut self) {
        let asked = self.seat.asked().await;
        for Asked { barrier, world } in self.note(asked).unwrap_or_default() {
            if self.answering.insert(barrier.clone()) {
                let engine = self.engine.clone();
                self.answers.spawn(async move { (barrier, engine.answer(world.as_ref()).await) });
            }
        }
    }

    /// Says what is done; what failed is asked again as long as somebody waits for it.
    async fn answer(&mut self, barrier: String, answer: Result<(), Error>) {
        match answer {
            Ok(()) => {
                let answered = self.seat.answer(&barrier).await;
                self.note(answered);
            }
            Err(error) => tracing::warn!(%error, "another server waits for what this one has counted"),
        }
        self.answering.remove(&barrier);
    }

    async fn turn(&mut self, message: Message) {
        let Message::Turn { world, to, reply } = message else { return };
        let taken = self.seat.try_turn(&world).await;
        let placed = Placed::of(&self.seat);
        self.tell.send_if_modified(|told| std::mem::replace(told, placed.clone()) != placed);
        let session = self.seat.session();
        let held = taken.map(|taken| {
            let (others, session) = taken.zip(session)?;
            Some(Held { world, session, others, to, placed: self.tell.subscribe() })
        });
        // A turn that nobody waits for any more is given back when it is dropped here.
        let _ = reply.send(held);
    }

    async fn leave(&mut self) {
        // Nobody takes this seat any more.
        if let Err(error) = self.seat.leave().await {
            tracing::warn!(%error, "the other servers will find out by themselves that this one has ended");
        }
    }

    /// Tells the log of a connection that is lost, and of one that is there again.
    fn note<T>(&mut self, done: Result<T, store::Error>) -> Option<T> {
        match done {
            Ok(done) => {
                if std::mem::take(&mut self.failing) {
                    tracing::info!("this server is among the others again");
                }
                Some(done)
            }
            Err(error) => {
                if !std::mem::replace(&mut self.failing, true) {
                    tracing::warn!(%error, "the other servers do not see this one");
                }
                None
            }
        }
    }
}

/// Passes the signals of others on. With every connection, also the first, it looks once more: what was signalled
/// while nobody listened is there to be read.
async fn listen(engine: Engine, signal: Arc<Notify>) {
    let mut attempts = interval(AGAIN);
    attempts.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        attempts.tick().await;
        let Ok(Some(mut signals)) = engine.store.signals().await else { continue };
        signal.notify_one();
        while signals.next().await.is_ok() {
            signal.notify_one();
        }
    }
}

//! The engine: how time passes.
//!
//! Everything that time alone does goes through here, and there is no second way: the worker calls it with
//! now, the clock's `advance` with its target, a command with now if the endpoint that it is about to change is
//! due. In all three cases what is due happens at its own scheduled instant, in the order (instant, turn, name), and
//! never at the instant at which somebody came to look.
//!
//! Invariant: a step, its history, its watches and the instant at which the endpoint is due next are one
//! transaction, in which the world is locked. Nothing about the future is kept in memory; a signal only
//! wakes the worker early.
//!
//! It decides nothing about deployments, which the domain does, and knows no wire format.

mod advance;
mod agenda;
pub mod alarm;
mod apply;
mod attempt;
mod barrier;
pub mod bus;
pub mod capacity;
mod change;
mod clock;
mod copies;
mod counted;
pub mod courier;
mod endpoint_result;
mod error;
pub mod injection;
mod invoke;
pub mod measure;
mod member;
mod meter;
mod observe;
mod operator;
mod progression;
mod queue;
mod room;
mod routes;
mod run;
pub mod scaling;
mod snapshot;
mod step;
#[cfg(test)]
mod tests;
pub mod traffic;
mod tuned;
mod turn;
mod worker;

use std::sync::Arc;

use tokio::sync::{Notify, watch};

use crate::domain::rules::Rules;
use crate::store::Store;

pub use advance::{Advance, Advanced, LONGEST_ADVANCE_MS};
pub use apply::{accept, create};
pub use change::{Change, Standing};
pub use clock::Reading;
pub use error::{Error, words_of};
pub use invoke::{Address, Invocation, NotInvoked};
pub use member::Joining;
pub use operator::{Course, Guard, Limit, Measured, Outlook, Prospect, Steered, Tripped, Watched};
pub use run::{bring_up, catch_up};
pub use traffic::Traffic;
pub use worker::{Rounds, Worker};

/// A handle to the engine; clones are the same engine.
#[derive(Clone, Debug)]
pub struct Engine {
    store: Store,
    rules: Rules,
    signal: Arc<Notify>,
    /// Who may move the time of a world by more than its clock does.
    turns: Arc<queue::Queues>,
    meter: Arc<meter::Meter>,
    routes: Arc<routes::Routes>,
    progression: Arc<progression::Known>,
    member: Option<Arc<member::Member>>,
    courier: Option<courier::Courier>,
    /// Whether the server is about to end.
    hurry: watch::Sender<bool>,
}

impl Engine {
    /// An engine over this store, which keeps these rules.
    pub fn new(store: Store, rules: Rules) -> Self {
        let meter = meter::Meter::new(store.id_of_process());
        Self {
            store,
            rules,
            signal: Arc::default(),
            turns: Arc::default(),
            meter: Arc::new(meter),
            routes: Arc::default(),
            progression: Arc::default(),
            member: None,
            courier: None,
            hurry: watch::Sender::default(),
        }
    }

    /// The store that it works on.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The rules that it keeps.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Wakes the worker: something may have become due.
    pub fn wake(&self) {
        self.signal.notify_one();
    }

    /// Ends the waits of all callers: the server is about to end, and they shall have their answers before.
    pub fn hurry(&self) {
        self.hurry.send_replace(true);
    }

    /// Comes back when nobody shall wait any longer.
    pub async fn hurried(&self) {
        let mut hurry = self.hurry.subscribe();
        hurry.wait_for(|hurry| *hurry).await.map(drop).expect("the engine is still there");
    }
}

//! A store on ground of somebody else's: their database, their clock, their way to see work to its end.
//!
//! The door for a simulator. Everything above it is what serves, every statement included; below it a model
//! may answer late, refuse, lose an answer, let time pass and forget a process. Nothing of the other stores
//! passes through here.

pub mod sqlite;
mod still;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::Arc;

use super::base::Base;
use super::{Error, Pools, Store};
use crate::clock::{Mode, Tick, Timestamp};

pub use super::row::Cell;

/// An answer that may take its time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// Work that nobody waits for.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What a store stands on.
pub trait Ground: Debug + Send + Sync {
    /// The base time, as this process knows it.
    fn now(&self) -> Timestamp;

    /// The steady clock of this process.
    fn steady_now(&self) -> Tick;

    /// A new id, made at this base time. Those of one process sort in the order of their making.
    fn new_id(&self, at: Timestamp) -> String;

    /// A number by chance, 63 bits of it.
    fn draw(&self) -> i64;

    /// Goes on with this work until it is done or the process ends, whoever loses interest in it.
    fn spawn(&self, work: Work);

    /// A connection on which every statement commits by itself until a transaction begins.
    fn connect(&self) -> Box<dyn Connection>;
}

/// A connection to the database of a [`Ground`].
pub trait Connection: Debug + Send + Sync {
    /// Begins a transaction. It ends with the connection; without [`commit`](Connection::commit) nothing of it
    /// has happened.
    fn begin(&mut self) -> Answer<'_, ()>;

    /// Runs a statement of the one text that both databases understand: whole numbers and text, `$1`
    /// placeholders. Where the two differ it is SQLite's, but the one that locks a world's row ends in
    /// PostgreSQL's words, `FOR UPDATE` or `FOR UPDATE SKIP LOCKED`.
    fn run<'a>(&'a mut self, sql: &'a str, args: Vec<Cell>) -> Answer<'a, Ran>;

    /// Commits. An error means that it is not known to have happened.
    fn commit(self: Box<Self>) -> Answer<'static, ()>;
}

/// What came of a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ran {
    /// The rows that it returned.
    pub rows: Vec<Vec<Cell>>,
    /// How many rows it touched.
    pub touched: u64,
}

impl Store {
    /// A store on this ground, whose database has the schema of [`MIGRATIONS`](super::MIGRATIONS). New worlds
    /// begin in `default_mode`.
    pub fn over(ground: Arc<dyn Ground>, default_mode: Mode) -> Self {
        let base = Arc::new(Base::ground(Arc::clone(&ground), default_mode));
        Self {
            pools: Pools::Ground(ground),
            base,
            cache: None,
            generations: Arc::default(),
            said: Arc::default(),
            bell: Arc::default(),
            work: Arc::default(),
            lock: None,
        }
    }
}

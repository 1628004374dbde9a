//! What all tasks of a run share: the time, the dice, the weather, the database, and who waits for what.
//!
//! A task goes on only when the runner lets it.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::future::poll_fn;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use sagebrush::clock::Timestamp;
use sagebrush::store::Error;
use sagebrush::store::ground::Work;

use super::database::{Database, Wire, unavailable};
use super::dice::Dice;
use super::tally::Tally;
use super::weather::Weather;

/// A simulated process: one life of a replica. Clients and those who make the weather are process 0.
pub type Process = u32;

/// Nobody's process: it does not die.
pub const OUTSIDE: Process = 0;

/// How long a statement may take, and a transaction wait for its next one or for a lock: as the store sets it.
pub const HOLD_LIMIT_MS: i64 = 5_000;

/// The shared state of a run.
pub struct Sim(Mutex<Inner>);

/// See [`Sim`].
pub struct Inner {
    pub dice: Dice,
    pub weather: Weather,
    pub database: Database,
    pub tally: Tally,
    /// Milliseconds since the run began; they never go back.
    pub elapsed_ms: i64,
    /// What the database's clock shows more than that.
    pub base_ms: i64,
    /// Tasks that the runner is to take over.
    pub spawned: Vec<(Process, &'static str, Work)>,
    /// Processes that are to end at once.
    pub dying: BTreeSet<Process>,
    /// Processes that have ended.
    pub dead: BTreeSet<Process>,
    /// Processes that are paused.
    pub paused: BTreeSet<Process>,
    /// Requests that servers work on.
    pub requests: usize,
    /// Whether the database does not answer.
    pub is_out: bool,
    /// What went wrong that must never go wrong.
    pub violations: Vec<String>,
    /// What happened, in words, where somebody wants to read it.
    pub trace: Option<Vec<String>>,
    skews_ms: BTreeMap<Process, i64>,
    wires: BTreeMap<Wire, Process>,
    next_wire: Wire,
    ids: BTreeMap<Process, (i64, u64)>,
    timers: BTreeMap<(i64, u64), Waker>,
    next_timer: u64,
    /// Those that wait until nobody writes.
    queue: Vec<Waker>,
    /// Those that want to know of every commit.
    watching: Vec<Waker>,
    /// Those that want to know of every process that ends.
    mourning: Vec<Waker>,
    digest: DefaultHasher,
}

impl fmt::Debug for Sim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sim")
    }
}

impl Sim {
    pub fn new(dice: Dice, base: Timestamp, traced: bool) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Inner {
            dice,
            weather: Weather::CALM,
            database: Database::empty(),
            tally: Tally::default(),
            elapsed_ms: 0,
            base_ms: base.0,
            spawned: Vec::new(),
            dying: BTreeSet::new(),
            dead: BTreeSet::new(),
            paused: BTreeSet::new(),
            requests: 0,
            is_out: false,
            violations: Vec::new(),
            trace: traced.then(Vec::new),
            skews_ms: BTreeMap::new(),
            wires: BTreeMap::new(),
            next_wire: 0,
            ids: BTreeMap::new(),
            timers: BTreeMap::new(),
            next_timer: 0,
            queue: Vec::new(),
            watching: Vec::new(),
            mourning: Vec::new(),
            digest: DefaultHasher::new(),
        })))
    }

    /// A task that panicked has told so; what it left is still whole enough to be looked at.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long.
    pub async fn sleep(&self, ms: i64) {
        let until = self.lock().elapsed_ms + ms;
        self.sleep_until(until).await;
    }

    /// Waits until so many milliseconds have passed since the beginning.
    pub async fn sleep_until(&self, until: i64) {
        poll_fn(|context| self.lock().poll_timer(until, context)).await;
    }

    /// Waits until this process is no more.
    pub async fn has_died(&self, process: Process) {
        poll_fn(|context| {
            let mut inner = self.lock();
            if inner.dead.contains(&process) {
                return Poll::Ready(());
            }
            inner.mourning.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Waits until nobody writes, but no longer than a lock may be waited for.
    pub async fn wait_for_writer(&self, since: i64) -> Result<(), Error> {
        let mut waited = false;
        poll_fn(|context| {
            let mut inner = self.lock();
            if waited && inner.database.is_free() {
                return Poll::Ready(Ok(()));
            }
            waited = true;
            if inner.poll_timer(since + HOLD_LIMIT_MS, context).is_ready() {
                inner.tally.count("lock timed out");
                return Poll::Ready(Err(unavailable("the lock was not to be had in time")));
            }
            inner.queue.push(context.waker().clone());
            Poll::Pending
        })
        .await
    }
}

impl Inner {
    /// The base time as the database has it.
    pub fn base_now(&self) -> Timestamp {
        Timestamp(self.base_ms + self.elapsed_ms)
    }

    /// The base time as this process has it.
    pub fn now_of(&self, process: Process) -> Timestamp {
        self.base_now().plus_ms(self.skews_ms.get(&process).copied().unwrap_or(0))
    }

    pub fn set_skew(&mut self, process: Process, ms: i64) {
        self.skews_ms.insert(process, ms);
    }

    /// A UUID of version 7 that is the same in every run of the seed.
    pub fn new_id(&mut self, process: Process, at: Timestamp) -> String {
        let (latest, count) = self.ids.entry(process).or_default();
        *latest = at.0.max(*latest);
        *count += 1;
        format!("{:08x}-{:04x}-7{process:03x}-8000-{count:012x}", *latest >> 16, *latest & 0xffff)
    }

    pub fn dial(&mut self, process: Process) -> Wire {
        self.next_wire += 1;
        self.wires.insert(self.next_wire, process);
        self.next_wire
    }

    pub fn hang_up(&mut self, wire: Wire) {
        self.wires.remove(&wire);
        self.database.hang_up(wire);
        self.writer_may_be_gone();
    }

    /// The database ends the transaction of a connection.
    pub fn end(&mut self, wire: Wire) {
        self.database.end(wire);
        self.writer_may_be_gone();
    }

    /// The database ends the transactions of a process, or all; how many there were.
    pub fn end_all(&mut self, process: Option<Process>) -> usize {
        let mut open = self.database.open();
        open.retain(|wire| process.is_none() || self.wires.get(wire).copied() == process);
        for wire in &open {
            self.end(*wire);
        }
        open.len()
    }

    /// Lets those go on who wait until nobody writes.
    pub fn writer_may_be_gone(&mut self) {
        if self.database.is_free() {
            self.queue.drain(..).for_each(Waker::wake);
        }
    }

    /// Tells those who look at what is committed.
    pub fn committed(&mut self) {
        self.watching.drain(..).for_each(Waker::wake);
    }

    /// Processes have ended, and what they held has been let go of.
    pub fn bury(&mut self, processes: &BTreeSet<Process>) {
        self.dead.extend(processes);
        self.mourning.drain(..).for_each(Waker::wake);
    }

    /// Wakes this task at the next commit.
    pub fn watch(&mut self, context: &Context<'_>) {
        self.watching.push(context.waker().clone());
    }

    pub fn poll_timer(&mut self, until: i64, context: &Context<'_>) -> Poll<()> {
        if self.elapsed_ms >= until {
            return Poll::Ready(());
        }
        self.next_timer += 1;
        self.timers.insert((until, self.next_timer), context.waker().clone());
        Poll::Pending
    }

    /// Lets time pass, and wakes those who waited for it.
    pub fn pass(&mut self, ms: i64) {
        self.elapsed_ms += ms;
        while let Some(entry) = self.timers.first_entry().filter(|entry| entry.key().0 <= self.elapsed_ms) {
            entry.remove().wake();
        }
    }

    /// How long it is until somebody has waited long enough; none if nobody waits.
    pub fn until_next_timer(&self) -> Option<i64> {
        self.timers.first_key_value().map(|((until, _), _)| until - self.elapsed_ms)
    }

    /// When the next world wants to be looked at, in milliseconds since the beginning; as this process sees it.
    pub fn nearest_wake_ms(&self, process: Process) -> Option<i64> {
        let wake = self.database.nearest_wake()?;
        Some(self.elapsed_ms + wake - self.now_of(process).0)
    }

    /// Takes something into the digest of the run.
    pub fn note(&mut self, what: impl Hash) {
        what.hash(&mut self.digest);
    }

    /// Two runs of one seed have the same digest.
    pub fn digest(&self) -> u64 {
        self.digest.finish()
    }

    /// Tells what happens, where somebody wants to read it.
    pub fn tell(&mut self, what: impl FnOnce() -> String) {
        let at = self.elapsed_ms;
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>10}.{:03} {}", at / 1000, at % 1000, what()));
        }
    }

    /// Something happened that must never happen.
    pub fn violated(&mut self, what: String) {
        self.tell(|| format!("VIOLATION {what}"));
        self.violations.push(what);
    }
}

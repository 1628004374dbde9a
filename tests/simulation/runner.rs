//! Who goes on: one task at a time, chosen by the dice among those that can.
//!
//! When none can, time passes until one has waited long enough. There are no threads and no runtime, so a run
//! is its seed.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use sagebrush::store::ground::Work;

use super::sim::{OUTSIDE, Process, Sim};

/// Polls after which a run is said never to end: more than it takes to catch up after clocks that jump by days while
/// servers crash.
const MOST_POLLS: u64 = 400_000;

/// Milliseconds that a turn takes at the most.
const TURN_MS: i64 = 2;

struct Task {
    process: Process,
    name: &'static str,
    work: Work,
    woken: Arc<Woken>,
    waker: Waker,
}

/// Whether a task was woken.
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The tasks of a run.
pub struct Runner {
    sim: Arc<Sim>,
    tasks: Vec<Task>,
    polls: u64,
}

impl Runner {
    pub fn new(sim: Arc<Sim>) -> Self {
        Self { sim, tasks: Vec::new(), polls: 0 }
    }

    /// Runs everything until `main` is done; how often a task went on until then.
    pub fn run(mut self, main: Work) -> u64 {
        self.sim.lock().spawned.push((OUTSIDE, MAIN, main));
        loop {
            self.take_over();
            if !self.tasks.iter().any(|task| task.name == MAIN) {
                return self.polls;
            }
            if self.polls >= MOST_POLLS {
                self.sim.lock().violated(format!("the run does not end: {}", self.waiting()));
                return self.polls;
            }
            match self.chosen() {
                Some(index) => self.poll(index),
                None if self.wait() => {}
                None => {
                    self.sim.lock().violated(format!("nobody can go on: {}", self.waiting()));
                    return self.polls;
                }
            }
        }
    }

    /// New tasks begin, and those of processes that died are no more.
    fn take_over(&mut self) {
        loop {
            let (mut spawned, dying) = {
                let mut inner = self.sim.lock();
                let dying = std::mem::take(&mut inner.dying);
                if !dying.is_empty() {
                    inner.bury(&dying);
                }
                (std::mem::take(&mut inner.spawned), dying)
            };
            if spawned.is_empty() && dying.is_empty() {
                return;
            }
            spawned.retain(|(process, ..)| !self.sim.lock().dead.contains(process));
            for (process, name, work) in spawned {
                let woken = Arc::new(Woken(AtomicBool::new(true)));
                let waker = Waker::from(Arc::clone(&woken));
                self.tasks.push(Task { process, name, work, woken, waker });
            }
            // What they hold is let go of here, outside of the lock.
            self.tasks.retain(|task| !dying.contains(&task.process));
        }
    }

    /// One of those that can go on; now and then one that was not woken.
    fn chosen(&self) -> Option<usize> {
        let mut inner = self.sim.lock();
        let can = |task: &Task| task.woken.0.load(Ordering::Relaxed) && !inner.paused.contains(&task.process);
        let mut ready: Vec<usize> = (0..self.tasks.len()).filter(|index| can(&self.tasks[*index])).collect();
        let spurious = inner.weather.spurious;
        if spurious > 0 && inner.dice.permille(spurious) {
            ready = (0..self.tasks.len())
                .filter(|index| !inner.paused.contains(&self.tasks[*index].process))
                .collect();
            inner.tally.count("spurious wake-up");
        }
        if ready.is_empty() {
            return None;
        }
        let index = *inner.dice.of(&ready);
        let ms = inner.dice.between(0, TURN_MS);
        inner.pass(ms);
        Some(index)
    }

    fn poll(&mut self, index: usize) {
        self.polls += 1;
        let Task { process, name, work, woken, waker } = &mut self.tasks[index];
        woken.0.store(false, Ordering::Relaxed);
        let polled = catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(&mut Context::from_waker(waker))));
        let is_over = match polled {
            Ok(Poll::Pending) => false,
            Ok(Poll::Ready(())) => true,
            Err(panic) => {
                let what = format!("{name} of process {process} panicked: {}", words(&*panic));
                self.sim.lock().violated(what);
                true
            }
        };
        if is_over {
            drop(self.tasks.remove(index));
        }
    }

    /// Lets time pass until somebody has waited long enough; false if nobody waits for time.
    fn wait(&self) -> bool {
        let mut inner = self.sim.lock();
        let Some(ms) = inner.until_next_timer() else { return false };
        inner.pass(ms.max(0));
        true
    }

    fn waiting(&self) -> String {
        let names: Vec<_> =
            self.tasks.iter().map(|task| format!("{} of {}", task.name, task.process)).collect();
        names.join(", ")
    }
}

/// The task with which a run ends.
const MAIN: &str = "main";

/// What a panic says.
pub fn words(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    text.unwrap_or_else(|| "a panic without words".to_owned())
}

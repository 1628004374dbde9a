//! The world that is gone through: what it begins with, what can happen in a state, and what comes of it.

use std::sync::Arc;

use crate::life::{Life, canary, rolling};
use crate::protocol::{BATCH, Part, Protocol};
use crate::state::{Action, Fate, Left, Row, Stage, State, Tx, Worker};
use crate::table::{Ask, Table};

/// The last second: by then everything has come to its end, whatever happened.
const END: u8 = 11;

/// The last second at which a client commands; what comes of it has its end too.
const LAST_COMMAND: u8 = 8;

/// A world with two deployments.
#[derive(Clone)]
pub struct World {
    /// What the deployments do.
    pub table: Arc<Table>,
    /// How workers step it.
    pub protocol: Protocol,
    /// What may go wrong.
    pub left: Left,
}

impl World {
    /// A canary and a rolling deployment that watch one alarm.
    pub fn new(protocol: Protocol, left: Left) -> Self {
        let lives = [Life::updating("canary", canary()), Life::updating("rolling", rolling())];
        Self { table: Arc::new(Table::explored(lives, END, LAST_COMMAND)), protocol, left }
    }

    /// The state in which both updates have just been accepted.
    pub fn first(&self) -> State {
        let row = |node| Row {
            node,
            version: 1,
            wake: self.table.life(node).wake(),
            told: [(self.table.life(node).lines, 0), (0, 0)],
            known: 1,
            overwritten: false,
        };
        State {
            now: 0,
            reached: 0,
            furthest: 0,
            course: 0,
            rows: self.table.first.map(row),
            workers: [Worker::Idle; 3],
            left: self.left,
        }
    }

    /// What goes on by itself, once nothing goes wrong any more.
    pub fn moves(&self, state: &State, found: &mut Vec<Action>) {
        let waits = self.protocol.has(Part::Lock) && state.is_locked();
        for (at, worker) in state.different() {
            match worker {
                Worker::Idle if state.due().is_none_or(|due| due > state.now) => {}
                Worker::Idle => found.push(Action::Look(at)),
                Worker::Hinted if waits => found.push(Action::Skip(at)),
                Worker::Hinted => found.push(Action::Claim(at)),
                Worker::CutOff => found.push(Action::Commit(at, Fate::Answered)),
                Worker::Busy(tx) => found.push(match tx.stage {
                    Stage::Claimed => Action::Read(at),
                    Stage::Read if !tx.is_full() => Action::Observe(at),
                    Stage::Read => Action::Commit(at, Fate::Answered),
                    Stage::Observed => Action::Step(at),
                }),
                Worker::Repeating(_) if waits => {}
                Worker::Repeating(_) => found.push(Action::Repeat(at)),
                Worker::Refused | Worker::Unanswered(_) | Worker::Crashed(_) => {
                    found.push(Action::Restart(at));
                }
            }
        }
        if state.now < END {
            found.push(Action::Tick);
        }
    }

    /// What may go wrong, and what clients may do.
    pub fn chances(&self, state: &State, found: &mut Vec<Action>) {
        let left = &state.left;
        for (at, worker) in state.different() {
            if left.hints > 0 && *worker == Worker::Idle {
                found.push(Action::Hint(at));
            }
            let Worker::Busy(tx) = worker else { continue };
            if left.crashes > 0 {
                found.push(Action::Crash(at));
            }
            if left.evictions > 0 && tx.holds {
                found.push(Action::Evict(at));
            }
            let commits = tx.stage == Stage::Read && tx.is_full();
            if commits && left.losses > 0 {
                found.extend([Action::Commit(at, Fate::Unanswered), Action::Commit(at, Fate::Lost)]);
            }
            if commits && left.crashes > 0 {
                found.push(Action::Commit(at, Fate::Crashed));
            }
        }
        if self.protocol.has(Part::Lock) && state.is_locked() {
            return;
        }
        if left.alarms > 0 {
            found.push(Action::SetAlarm);
        }
        if left.commands > 0 {
            let asks = [Ask::Update, Ask::Delete];
            found.extend((0..2).flat_map(|row| asks.map(|ask| Action::Command(row, ask))));
        }
    }

    /// What comes of an action; `None` if nothing does.
    pub fn after(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Tick => next.now += 1,
            Action::Look(at) => next.workers[at] = Worker::Hinted,
            Action::Hint(at) => {
                next.left.hints -= 1;
                next.workers[at] = Worker::Hinted;
            }
            Action::Skip(at) | Action::Restart(at) => next.workers[at] = Worker::Idle,
            Action::Claim(at) => next.workers[at] = Worker::Busy(self.begun(state)),
            Action::Read(at) | Action::Observe(at) | Action::Step(at) => {
                let Worker::Busy(tx) = &mut next.workers[at] else { return None };
                self.work(state, tx);
            }
            Action::Commit(at, fate) => self.end(&mut next, at, fate),
            Action::Repeat(at) => self.repeat(&mut next, at),
            Action::Crash(at) => {
                next.left.crashes -= 1;
                next.workers[at] = Worker::Crashed(state.workers[at].holds());
            }
            Action::Evict(at) => {
                let Worker::Busy(tx) = state.workers[at] else { return None };
                let goes_on = Worker::Busy(Tx { holds: false, ..tx });
                let cut_off = self.protocol.has(Part::Session);
                next.workers[at] = if cut_off { Worker::CutOff } else { goes_on };
                next.left.evictions -= 1;
            }
            Action::SetAlarm => self.set_alarm(&mut next)?,
            Action::Command(row, ask) => self.command(&mut next, row, ask)?,
        }
        next.workers.sort_unstable();
        Some(next)
    }
}

impl Tx {
    /// Whether nothing more happens in it.
    fn is_full(&self) -> bool {
        self.first().is_none() || self.taken == BATCH
    }
}

//! The engine's way of stepping a world, and what it consists of.
//!
//! A worker looks which worlds are due without a lock, claims the world unless another has it, reads what is due,
//! and for each thing looks at the alarm and lets the core step; then it commits.

use crate::state::{Copied, Fate, Row, Stage, State, Tx, Worker};
use crate::world::World;

/// Things that happen in one transaction.
pub const BATCH: u8 = 2;

/// Something that the protocol relies on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A transaction locks the world's row, and another passes it by.
    Lock,
    /// Whoever loses the lock has lost the transaction with it.
    Session,
    /// Rows are written only as the versions that were read.
    Versions,
    /// The states and their histories are written together or not at all.
    Whole,
    /// After a commit without an answer a worker begins anew, with what is in the database.
    Anew,
    /// A change of the alarm makes due who watches it.
    Waking,
}

/// How workers step a world.
#[derive(Clone, Copy, Debug)]
pub struct Protocol {
    lacks: &'static [Part],
}

impl Protocol {
    /// The engine's.
    pub const ENGINE: Self = Self::lacking(&[]);

    /// The engine's without these parts.
    pub const fn lacking(parts: &'static [Part]) -> Self {
        Self { lacks: parts }
    }

    /// Whether this is a part of it.
    pub fn has(self, part: Part) -> bool {
        !self.lacks.contains(&part)
    }
}

impl World {
    /// A transaction that has just begun.
    pub fn begun(&self, state: &State) -> Tx {
        Tx {
            holds: self.protocol.has(Part::Lock),
            stage: Stage::Claimed,
            limit: state.time(),
            world: (state.reached, state.due()),
            outdated: false,
            reached: state.reached,
            copies: [Copied::default(); 2],
            seen: 0,
            taken: 0,
        }
    }

    /// The next thing that a transaction does inside.
    pub fn work(&self, state: &State, tx: &mut Tx) {
        match tx.stage {
            Stage::Claimed => {
                tx.copies = state.rows.map(|row| Copied {
                    read: row.node,
                    node: row.node,
                    version: row.version,
                    wake: row.wake,
                    touched: false,
                });
                tx.stage = Stage::Read;
            }
            Stage::Read => {
                tx.seen = state.course;
                tx.stage = Stage::Observed;
            }
            Stage::Observed => {
                self.step(tx);
                tx.seen = 0;
                tx.stage = Stage::Read;
            }
        }
    }

    /// The first thing that is due happens, at its instant.
    fn step(&self, tx: &mut Tx) {
        let Some(copy) = tx.first().map(|at| &mut tx.copies[at]) else { return };
        let due = copy.wake.expect("it is due");
        let at = due.max(self.table.life(copy.node).modified());
        let stepped = self.table.step(copy.node, at, tx.seen);
        copy.node = stepped.unwrap_or(copy.node);
        copy.wake = self.table.wake(copy.node, at, tx.seen);
        copy.touched = true;
        tx.reached = tx.reached.max(at);
        tx.taken += 1;
    }

    /// The end of a worker's transaction.
    pub fn end(&self, next: &mut State, at: usize, fate: Fate) {
        let Worker::Busy(mut tx) = next.workers[at] else {
            next.workers[at] = Worker::Refused;
            return;
        };
        next.workers[at] = Worker::Idle;
        if tx.taken < BATCH {
            tx.reached = tx.reached.max(tx.limit);
        }
        let torn = fate == Fate::Crashed && !self.protocol.has(Part::Whole);
        let done = fate != Fate::Lost && self.commit(next, &tx, torn);
        next.left.losses -= u8::from(matches!(fate, Fate::Unanswered | Fate::Lost));
        next.left.crashes -= u8::from(fate == Fate::Crashed);
        next.workers[at] = match fate {
            Fate::Answered if done => Worker::Idle,
            Fate::Answered => Worker::Refused,
            Fate::Crashed => Worker::Crashed(false),
            Fate::Unanswered | Fate::Lost if self.protocol.has(Part::Anew) => Worker::Unanswered(done),
            Fate::Unanswered | Fate::Lost => Worker::Repeating(Tx { outdated: tx.outdated || done, ..tx }),
        };
    }

    /// A worker that was not answered commits the same again.
    pub fn repeat(&self, next: &mut State, at: usize) {
        let Worker::Repeating(tx) = next.workers[at] else { return };
        next.workers[at] = Worker::Idle;
        if !self.commit(next, &tx, false) {
            next.workers[at] = Worker::Refused;
        }
    }

    /// Commits, unless something is no longer as it was read. What is torn lacks the histories.
    pub fn commit(&self, next: &mut State, tx: &Tx, torn: bool) -> bool {
        let moved_on = |(row, copy): (&Row, &Copied)| copy.touched && row.version != copy.version;
        let overtaken = next.rows.iter().zip(&tx.copies).any(moved_on);
        let mut written = next.clone();
        for (row, copy) in written.rows.iter_mut().zip(&tx.copies).filter(|(_, copy)| copy.touched) {
            self.write(row, *copy, next.course, torn);
        }
        let changes_world = tx.reached != tx.world.0 || written.due() != tx.world.1;
        if self.protocol.has(Part::Versions) && (overtaken || changes_world && tx.outdated) {
            return false;
        }
        if changes_world {
            written.reached = tx.reached;
            written.furthest = next.furthest.max(tx.reached);
            written.outdate();
        }
        *next = written;
        true
    }

    /// Writes an endpoint's row as a transaction has it, and what its update told meanwhile.
    fn write(&self, row: &mut Row, copy: Copied, course: u8, torn: bool) {
        let (read, node) = (self.table.life(copy.read), self.table.life(copy.node));
        let open = !matches!(self.table.life(row.node).window, Some((_, Some(_))));
        row.wake = copy.wake;
        if copy.node == copy.read {
            return;
        }
        row.overwritten |= row.version != copy.version;
        row.node = copy.node;
        row.version += 1;
        if open {
            row.known = self.table.courses.len(course);
        }
        if !torn {
            let told = &mut row.told[node.update];
            told.0 += node.lines - read.lines;
            told.1 += node.endings - read.endings;
        }
    }
}

//! What there is in a state of the model: the database, the workers, and what may still go wrong.

use crate::course::Course;
use crate::table::{Ask, Node};

/// Everything there is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// The base time, which is the world's.
    pub now: u8,
    /// The world's row: how far everything has happened.
    pub reached: u8,
    /// The furthest that it ever was.
    pub furthest: u8,
    /// What the alarm's history says.
    pub course: Course,
    /// The endpoints' rows.
    pub rows: [Row; 2],
    /// The workers, in an order of no meaning: one is as good as another.
    pub workers: [Worker; 3],
    /// What may still go wrong.
    pub left: Left,
}

/// An endpoint's row, and what its deployments have told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// The state.
    pub node: Node,
    /// Grows with every change of it.
    pub version: u8,
    /// When it is due.
    pub wake: Option<u8>,
    /// The lines of its updates' histories, and how many of them end it.
    pub told: [(u8, u8); 2],
    /// How many changes of the alarm were there when the row was last written while its window was open.
    pub known: u8,
    /// Whether a version was written over that the writer had not read.
    pub overwritten: bool,
}

/// A worker, which is a replica's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Worker {
    /// It sleeps.
    Idle,
    /// It saw that the world is due, and comes for it.
    Hinted,
    /// It is in a transaction, or believes to be.
    Busy(Tx),
    /// The database has ended its transaction, and it does not know: its commit will be refused. What it still
    /// does before makes no difference.
    CutOff,
    /// Its commit was refused.
    Refused,
    /// Its commit was not answered; whether it was done.
    Unanswered(bool),
    /// Its commit was not answered, and it is about to commit the same again.
    Repeating(Tx),
    /// It crashed; whether its connection still holds the world's row.
    Crashed(bool),
}

/// A transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tx {
    /// Whether it holds the world's row.
    pub holds: bool,
    /// How far it is.
    pub stage: Stage,
    /// The world's time at its beginning.
    pub limit: u8,
    /// The world's row as it was read: how far everything had happened, and when it was due next.
    pub world: (u8, Option<u8>),
    /// Whether somebody has written the world's row since then.
    pub outdated: bool,
    /// How far everything has happened now.
    pub reached: u8,
    /// The endpoints' rows as they were read, with what was made of them.
    pub copies: [Copied; 2],
    /// What was seen of the alarm.
    pub seen: Course,
    /// How many things have happened in it.
    pub taken: u8,
}

/// How far a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// It has the world's row.
    Claimed,
    /// It has read what is due.
    Read,
    /// It has looked at the alarm, for the first thing that is due.
    Observed,
}

/// An endpoint's row in a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Copied {
    /// As it was read.
    pub read: Node,
    /// As it is now.
    pub node: Node,
    /// The version that was read.
    pub version: u8,
    /// When it is due.
    pub wake: Option<u8>,
    /// Whether it is to be written.
    pub touched: bool,
}

/// What may still happen beside the work itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    /// Crashes of a worker.
    pub crashes: u8,
    /// Commits that are not answered.
    pub losses: u8,
    /// Transactions that the database ends because the worker is paused for too long.
    pub evictions: u8,
    /// Wake-ups for nothing.
    pub hints: u8,
    /// Commands of a client.
    pub commands: u8,
    /// Changes of the alarm.
    pub alarms: u8,
}

/// What can happen. Workers and endpoints are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A second passes.
    Tick,
    /// A worker sees that the world is due.
    Look(usize),
    /// A worker is woken whether or not anything is due.
    Hint(usize),
    /// A worker finds the world's row locked.
    Skip(usize),
    /// A worker locks and reads the world's row.
    Claim(usize),
    /// It reads what is due.
    Read(usize),
    /// It looks at the alarm.
    Observe(usize),
    /// It takes the first step that is due.
    Step(usize),
    /// It commits.
    Commit(usize, Fate),
    /// It commits the same again.
    Repeat(usize),
    /// It crashes in the middle.
    Crash(usize),
    /// It is paused for so long that its transaction is ended, which it does not know.
    Evict(usize),
    /// It begins anew, after a commit without success, or after a crash when its connection is closed.
    Restart(usize),
    /// A client brings the alarm into its next state.
    SetAlarm,
    /// A client commands an endpoint.
    Command(usize, Ask),
}

/// What becomes of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is done, and the worker hears of it.
    Answered,
    /// It is done, and the answer is lost.
    Unanswered,
    /// It is lost on the way.
    Lost,
    /// It is done, and the worker crashes at once.
    Crashed,
}

impl State {
    /// The world's time.
    pub fn time(&self) -> u8 {
        self.now.max(self.reached)
    }

    /// When something is due next.
    pub fn due(&self) -> Option<u8> {
        self.rows.iter().filter_map(|row| row.wake).min()
    }

    /// Whether a transaction holds the world's row.
    pub fn is_locked(&self) -> bool {
        self.workers.iter().any(Worker::holds)
    }

    /// The workers that differ, with their places: one of several that are alike stands for all.
    pub fn different(&self) -> impl Iterator<Item = (usize, &Worker)> {
        let alike = |at: usize| at > 0 && self.workers[at] == self.workers[at - 1];
        self.workers.iter().enumerate().filter(move |(at, _)| !alike(*at))
    }

    /// The world's row is another than the one that was read by whoever is in a transaction.
    pub fn outdate(&mut self) {
        for worker in &mut self.workers {
            if let Worker::Busy(tx) | Worker::Repeating(tx) = worker {
                tx.outdated = true;
            }
        }
    }

    /// The transactions under way.
    pub fn transactions(&self) -> impl Iterator<Item = &Tx> {
        self.workers.iter().filter_map(|worker| match worker {
            Worker::Busy(tx) => Some(tx),
            _ => None,
        })
    }
}

impl Worker {
    /// Whether it, or what is left of it, holds the world's row.
    pub fn holds(&self) -> bool {
        matches!(self, Self::Busy(Tx { holds: true, .. }) | Self::Crashed(true))
    }
}

impl Tx {
    /// The number of the endpoint that is due first.
    pub fn first(&self) -> Option<usize> {
        let due = self.copies.iter().enumerate().filter_map(|(at, copy)| Some((copy.wake?, at)));
        due.filter(|(wake, _)| *wake <= self.limit).min().map(|(_, at)| at)
    }
}

//! The database of the model: SQLite in memory, asked without waiting.
//!
//! What is committed and what a transaction is about to change are two databases. A transaction writes into
//! the second, and its statements are repeated in the first when it commits; so whoever reads outside of it sees
//! what is committed, as beside PostgreSQL. One transaction writes at a time; others wait for it, and that
//! they do is the caller's.
//!
//! It also keeps what nobody above it is asked to keep: every version of an endpoint that was ever committed.

mod looks;
mod sqlite;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rusqlite::Connection;
use sagebrush::store::Error;
use sagebrush::store::ground::sqlite::{refusal, run};
use sagebrush::store::ground::{Cell, Ran};

use super::sabotage::Sabotage;
use sqlite::{give_back, repeat, two_empty};

/// Who asks: a connection of the model.
pub type Wire = u64;

/// The database.
pub struct Database {
    committed: Connection,
    changing: Connection,
    begun: BTreeMap<Wire, Begun>,
    writer: Option<Wire>,
    /// What is broken, if anything is.
    pub sabotage: Option<Sabotage>,
    /// Commits that have written something.
    commits: u64,
}

/// A transaction.
#[derive(Default)]
struct Begun {
    /// The world whose row it has locked.
    world: Option<Vec<Cell>>,
    /// What it wrote, to be repeated.
    wrote: Vec<(String, Vec<Cell>)>,
    /// Whether somebody has ended it.
    ended: bool,
    /// Whether a statement has failed; as in PostgreSQL nothing is possible then but to go back to a mark.
    failed: bool,
    /// Marks that it stands behind.
    marks: usize,
}

impl Begun {
    /// Whether a statement is about a mark.
    fn marked(&mut self, sql: &str) -> bool {
        if sql.starts_with("SAVEPOINT") {
            self.marks += 1;
        } else if sql.starts_with("RELEASE") {
            self.marks -= 1;
        } else if sql.starts_with("ROLLBACK TO") {
            self.failed = false;
        } else {
            return false;
        }
        true
    }
}

/// What came of asking.
pub enum Tried {
    Ran(Ran),
    /// The row is locked, and whoever asks does not want to wait for it.
    Skipped,
    /// Somebody else writes; ask again when nobody does.
    Locked,
}

impl Database {
    pub fn empty() -> Self {
        let (committed, changing) = two_empty();
        Self { committed, changing, begun: BTreeMap::new(), writer: None, sabotage: None, commits: 0 }
    }

    /// What is committed, to be looked at by those who judge.
    pub fn committed(&self) -> &Connection {
        &self.committed
    }

    pub fn begin(&mut self, wire: Wire) {
        self.begun.insert(wire, Begun::default());
    }

    /// Whether this transaction was ended by somebody else.
    pub fn is_ended(&self, wire: Wire) -> bool {
        self.begun.get(&wire).is_some_and(|begun| begun.ended)
    }

    /// Whether this connection is in a transaction.
    pub fn is_begun(&self, wire: Wire) -> bool {
        self.begun.contains_key(&wire)
    }

    /// Whether nobody writes.
    pub fn is_free(&self) -> bool {
        self.writer.is_none()
    }

    /// The transactions that are open.
    pub fn open(&self) -> Vec<Wire> {
        self.begun.iter().filter(|(_, begun)| !begun.ended).map(|(wire, _)| *wire).collect()
    }

    /// Whether this transaction stands behind a mark, and can go back to it.
    pub fn is_marked(&self, wire: Wire) -> bool {
        self.begun.get(&wire).is_some_and(|begun| begun.marks > 0 && !begun.failed)
    }

    /// Refuses what a transaction wants to write, as a constraint does.
    pub fn refuse(&mut self, wire: Wire) -> Error {
        if let Some(begun) = self.begun.get_mut(&wire) {
            begun.failed = true;
        }
        Error::Constraint(sqlx::Error::Protocol("the database refuses to write this".to_owned()))
    }

    pub fn run(&mut self, wire: Wire, sql: &str, args: &[Cell]) -> Result<Tried, Error> {
        if self.sabotage.is_some_and(|sabotage| sabotage.hides(sql)) {
            return Ok(Tried::Ran(Ran::default()));
        }
        let bent = self.sabotage.map_or(Cow::Borrowed(sql), |sabotage| sabotage.bent(sql));
        let (plain, lock) = lock_of(&bent);
        let locks_hold = self.sabotage.is_none_or(Sabotage::lets_locks_hold);
        let writes = !is_read(sql);
        if let Some(begun) = self.begun.get_mut(&wire) {
            if begun.failed && !sql.starts_with("ROLLBACK TO") {
                let what = "the transaction has failed, and only going back is possible";
                return Err(Error::Database(sqlx::Error::Protocol(what.to_owned())));
            }
            // Nothing has been written yet that going back would undo.
            if begun.marked(sql) && self.writer != Some(wire) {
                return Ok(Tried::Ran(Ran::default()));
            }
        }
        if self.writer == Some(wire) {
            return self.change(wire, plain, args, writes).map(Tried::Ran);
        }
        let wants_lock = writes || (lock.is_some() && locks_hold);
        if !wants_lock && (!locks_hold || !self.is_begun(wire)) {
            return run(&self.committed, plain, args).map(Tried::Ran);
        }
        if let Some(writer) = self.writer {
            let held = self.begun.get(&writer).and_then(|begun| begun.world.as_deref());
            let skipped = lock == Some(Lock::Skip) && held == Some(args);
            return Ok(if skipped { Tried::Skipped } else { Tried::Locked });
        }
        let Some(begun) = self.begun.get_mut(&wire) else {
            let ran = run(&self.changing, plain, args)?;
            repeat(&self.committed, &[(plain.to_owned(), args.to_vec())]);
            return Ok(Tried::Ran(ran));
        };
        begun.world = lock.map(|_| args.to_vec());
        let marks = begun.marks;
        self.writer = Some(wire);
        self.changing.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
        for _ in 0..marks {
            self.change(wire, "SAVEPOINT mark", &[], true)?;
        }
        self.change(wire, plain, args, writes).map(Tried::Ran)
    }

    fn change(&mut self, wire: Wire, sql: &str, args: &[Cell], writes: bool) -> Result<Ran, Error> {
        let ran = run(&self.changing, sql, args);
        let begun = self.begun.get_mut(&wire).expect("who writes has begun");
        begun.failed = ran.is_err();
        if writes && ran.is_ok() {
            begun.wrote.push((sql.to_owned(), args.to_vec()));
        }
        ran
    }

    /// Commits; an error if somebody has ended the transaction.
    pub fn commit(&mut self, wire: Wire) -> Result<(), Error> {
        let begun = self.begun.remove(&wire).expect("only what was begun is committed");
        if begun.failed {
            self.roll_back(wire);
            return Err(Error::Database(sqlx::Error::Protocol(
                "a failed transaction is committed".to_owned(),
            )));
        }
        if begun.ended {
            return Err(unavailable("the transaction was ended by the database"));
        }
        if self.writer != Some(wire) {
            return Ok(());
        }
        self.commits += 1;
        if let Some(sabotage) = self.sabotage.filter(|sabotage| sabotage.strikes(self.commits)) {
            return self.commit_broken(wire, sabotage, &begun.wrote);
        }
        self.writer = None;
        self.changing.execute_batch("COMMIT").map_err(|error| refusal(&error))?;
        repeat(&self.committed, &begun.wrote);
        Ok(())
    }

    fn commit_broken(
        &mut self,
        wire: Wire,
        sabotage: Sabotage,
        wrote: &[(String, Vec<Cell>)],
    ) -> Result<(), Error> {
        self.roll_back(wire);
        let kept = match sabotage {
            Sabotage::ForgetsACommit => &[],
            Sabotage::TearsACommit => &wrote[..wrote.len().saturating_sub(1)],
            _ => wrote,
        };
        repeat(&self.changing, kept);
        repeat(&self.committed, kept);
        match sabotage {
            Sabotage::DeniesACommit => Err(self.refuse(wire)),
            _ => Ok(()),
        }
    }

    fn roll_back(&mut self, wire: Wire) {
        if self.writer == Some(wire) {
            self.writer = None;
            self.changing.execute_batch("ROLLBACK").expect("a transaction can be rolled back");
        }
    }

    /// Ends a transaction without a commit; its connection hears of it at its next statement.
    pub fn end(&mut self, wire: Wire) {
        let Some(begun) = self.begun.get_mut(&wire) else { return };
        begun.ended = true;
        self.roll_back(wire);
    }

    /// The connection is gone, and its transaction with it.
    pub fn hang_up(&mut self, wire: Wire) {
        self.end(wire);
        self.begun.remove(&wire);
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let spare = || Connection::open_in_memory().expect("memory opens");
        let [committed, changing] =
            [&mut self.committed, &mut self.changing].map(|ours| std::mem::replace(ours, spare()));
        give_back((committed, changing));
    }
}

/// Whether a statement only reads.
pub fn is_read(sql: &str) -> bool {
    sql.starts_with("SELECT") || sql.starts_with("WITH")
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Lock {
    Wait,
    Skip,
}

/// A statement without its last words, and what they were.
fn lock_of(sql: &str) -> (&str, Option<Lock>) {
    if let Some(plain) = sql.strip_suffix(" FOR UPDATE SKIP LOCKED") {
        (plain, Some(Lock::Skip))
    } else if let Some(plain) = sql.strip_suffix(" FOR UPDATE") {
        (plain, Some(Lock::Wait))
    } else {
        (sql, None)
    }
}

/// The database does not answer.
pub fn unavailable(what: &str) -> Error {
    Error::Unavailable(sqlx::Error::Io(std::io::Error::other(what.to_owned())))
}

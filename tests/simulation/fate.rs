//! What becomes of a task on its way to the database: every way leads through [`Sim::reach`], where the task first
//! gives way to all others and then meets its fate.

use std::future::{pending, poll_fn};
use std::task::Poll;

use sagebrush::store::Error;

use super::database::{Wire, unavailable};
use super::sim::{HOLD_LIMIT_MS, Inner, OUTSIDE, Process, Sim};
use super::weather::Weather;

/// Where a task gives way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// Before a statement, of a transaction or alone.
    Statement,
    /// Before a commit.
    Commit,
    /// Between what has happened and its answer.
    Answer,
}

/// What becomes of it there.
enum Fate {
    GoesOn,
    Waits(i64),
    IsRefused,
    Dies,
}

impl Sim {
    /// Gives way to all other tasks, and meets what the weather has ready for this place.
    pub async fn reach(&self, process: Process, wire: Wire, place: Place) -> Result<(), Error> {
        give_way().await;
        let fate = self.lock().fate(process, place);
        match fate {
            Fate::GoesOn => {}
            Fate::Waits(ms) => {
                let is_kept = place == Place::Answer;
                self.sleep(if is_kept { ms } else { ms.min(HOLD_LIMIT_MS) }).await;
                if ms >= HOLD_LIMIT_MS && !is_kept {
                    let mut inner = self.lock();
                    inner.tally.count("statement timed out");
                    inner.end(wire);
                    return Err(unavailable("the statement took too long"));
                }
            }
            Fate::IsRefused => {
                self.lock().end(wire);
                return Err(unavailable("the connection is lost"));
            }
            Fate::Dies => {
                self.lock().dying.insert(process);
                pending::<()>().await;
            }
        }
        let inner = self.lock();
        if inner.is_out {
            return Err(unavailable("the database is away"));
        }
        if place != Place::Answer && inner.database.is_ended(wire) {
            return Err(unavailable("the database has ended the connection"));
        }
        Ok(())
    }
}

/// Lets every other task go first, once.
async fn give_way() {
    let mut given = false;
    poll_fn(|context| {
        if given {
            return Poll::Ready(());
        }
        given = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Inner {
    /// Whether the database is to refuse this. Only what stands behind a mark is refused: of all else it would
    /// have to be a client's fault.
    pub fn is_poisoned(&mut self, wire: Wire, sql: &str) -> bool {
        let poison = self.weather.poison;
        let writes = ["INSERT", "UPDATE", "DELETE"].iter().any(|word| sql.starts_with(word));
        let refuses = poison > 0 && writes && self.database.is_marked(wire) && self.dice.permille(poison);
        if refuses {
            self.tally.count("write refused");
        }
        refuses
    }

    fn fate(&mut self, process: Process, place: Place) -> Fate {
        let Weather { refused, answer_lost, crash_at_statement, crash_at_commit, slow, slow_ms, .. } =
            self.weather;
        let (refusal, crash, counted, died) = match place {
            Place::Statement => (refused, crash_at_statement, "statement refused", "crash at a statement"),
            Place::Commit => (refused, crash_at_commit, "commit refused", "crash before a commit"),
            Place::Answer => (answer_lost, crash_at_commit, "answer lost", "crash after a commit"),
        };
        if process != OUTSIDE && self.dice.permille(crash) {
            self.tally.count(died);
            return Fate::Dies;
        }
        if self.dice.permille(refusal) {
            self.tally.count(counted);
            return Fate::IsRefused;
        }
        if self.dice.permille(slow) {
            self.tally.count("slow answer");
            return Fate::Waits(self.dice.magnitude(1, slow_ms.max(1)));
        }
        Fate::GoesOn
    }
}

//! Snapshots: whole worlds as lines of JSON, for a test suite that starts from a prepared state.
//!
//! ```text
//! {"sagebrush_snapshot":1,"version":"0.1.0","schema":2,"worlds":1}
//! {"table":"worlds","account":"123456789012","region":"us-east-1","mode":"manual","rate_milli":0,"now_ms":…,"reached_ms":…}
//! {"table":"endpoints","name_key":"web",…}
//! {"rows":2}
//! ```
//!
//! The rows of a world follow its line, table by table in the order of [`TABLES`](super::tables::TABLES), each
//! table in the order of its key, so that the same worlds are the same text. The columns are the database's own, so
//! later ones are carried too. The last line counts the rows before it: a text that was cut off has none.
//!
//! A world's time goes on from the time that it had: its clock is told by `now_ms`, and its anchors are made anew
//! by whoever takes it over. Everything else of a world is in its own time and stays as it was.

mod import;
mod reader;
mod rename;
mod writer;

use super::Error;
use super::catalogue::Column;
use super::row::Cell;
use crate::clock::{Mode, Timestamp};
use crate::domain::world::WorldId;

pub use reader::Reader;

/// The version of the format that is written, and the only one that is read.
const FORMAT: i64 = 1;

/// How large a snapshot may be. It is held in memory on its way in and out, so that neither a slow client nor a
/// slow network holds a transaction open; a day of a variant's metrics is some megabytes.
pub const MOST_BYTES: usize = 256 * 1024 * 1024;

/// Which worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This one.
    World(WorldId),
    /// All regions of this account.
    Account(String),
    /// All.
    All,
}

/// Worlds that were read from a snapshot.
#[derive(Debug)]
pub struct Snapshot {
    worlds: Vec<Copied>,
    rows: u64,
    /// Whether it is only taken over where nothing is.
    only_into_empty: bool,
}

impl Snapshot {
    /// The worlds that it will be taken over into, in order.
    pub fn worlds(&self) -> impl Iterator<Item = &WorldId> {
        self.worlds.iter().map(|world| &world.to)
    }

    /// How many rows it has.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Has it taken over only where nothing is: otherwise that is refused, and stays what it is.
    pub fn only_into_empty(self) -> Self {
        Self { only_into_empty: true, ..self }
    }

    /// Has its world taken over into another account, region or both. With several worlds that would make one
    /// of all, and is refused.
    pub fn send_to(&mut self, account: Option<String>, region: Option<String>) -> Result<(), Error> {
        if account.is_none() && region.is_none() {
            return Ok(());
        }
        let [world] = &mut self.worlds[..] else {
            return Err(Error::Snapshot(format!(
                "The snapshot holds {} worlds, which go where they came from: an account or a region can be given for one alone.",
                self.worlds.len()
            )));
        };
        world.to.account = account.unwrap_or_else(|| world.from.account.clone());
        world.to.region = region.unwrap_or_else(|| world.from.region.clone());
        Ok(())
    }
}

/// A world of a snapshot.
#[derive(Debug)]
struct Copied {
    from: WorldId,
    to: WorldId,
    mode: Mode,
    now: Timestamp,
    reached: Timestamp,
    /// How many numbers it has given to faults; 0 where nobody has said so.
    injections: i64,
    /// Table by table, in the order of [`TABLES`](super::tables::TABLES).
    tables: Vec<Rows>,
}

/// Rows of one table.
#[derive(Debug, Default)]
struct Rows {
    /// Those that all of them have.
    columns: Vec<Column>,
    rows: Vec<CopiedRow>,
}

/// A row, and the line on which it stands.
#[derive(Debug)]
struct CopiedRow {
    line: usize,
    cells: Vec<Cell>,
}

/// What is wrong with a line, where `what` is a sentence without its period.
fn wrong(line: usize, what: impl std::fmt::Display) -> Error {
    Error::Snapshot(format!("Line {line} of the snapshot: {what}."))
}

#[cfg(test)]
mod tests;

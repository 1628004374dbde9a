//! What a store keeps its rows in.

use super::{Pools, Store};

/// What a store keeps its rows in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// Memory: the rows are gone when the process ends.
    Memory,
    /// A file of SQLite.
    File,
    /// A database of PostgreSQL.
    Postgresql,
}

impl Medium {
    /// Its word in the control API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::File => "file",
            Self::Postgresql => "postgresql",
        }
    }
}

impl Store {
    /// What it keeps its rows in.
    pub fn medium(&self) -> Medium {
        match (&self.pools, &self.lock) {
            (Pools::Postgres(_), _) => Medium::Postgresql,
            // Who has a file has locked it.
            (Pools::Sqlite { .. }, Some(_)) => Medium::File,
            (Pools::Sqlite { .. } | Pools::Ground(_), _) => Medium::Memory,
        }
    }
}

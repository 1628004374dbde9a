//! What a store keeps its rows in.

use super::{Pools, Store};

impl Store {
    /// What it keeps its rows in: `memory`, `file` or `postgresql`.
    pub fn medium(&self) -> &'static str {
        match (&self.pools, &self.lock) {
            (Pools::Postgres(_), _) => "postgresql",
            // Who has a file has locked it.
            (Pools::Sqlite { .. }, Some(_)) => "file",
            (Pools::Sqlite { .. } | Pools::Ground(_), _) => "memory",
        }
    }
}

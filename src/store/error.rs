//! What can go wrong below: few kinds, because only these differ for those above.
//!
//! No text here ever holds a password or a connection URL.

use crate::domain::world::WorldId;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be opened; one sentence for whoever started the server.
    #[error("{0}")]
    Open(String),
    /// The database did not answer in time, is gone, or has no room; the same call may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// Somebody else has changed this world since it was read: nothing was written, and the same call may
    /// succeed when the world is read again.
    #[error("another transaction has changed the world {0} in the meantime")]
    Overtaken(WorldId),
    /// A rule of the schema refused the write.
    #[error("the database refused a write: {0}")]
    Constraint(#[source] sqlx::Error),
    /// A row that this version cannot read; it is left alone.
    #[error("cannot read a stored row: {0}")]
    Unreadable(String),
    /// A snapshot that cannot be written or taken over: a sentence for the client.
    #[error("{0}")]
    Snapshot(String),
    /// A snapshot that is only for an empty world, and a world that is none.
    #[error("there is something in the world {0} already")]
    InUse(WorldId),
    /// Anything else the database says.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
}

impl Error {
    /// Whether the rows are to blame and not the database: the same would fail again, whatever else is done.
    pub fn is_of_the_rows(&self) -> bool {
        match self {
            Self::Constraint(_) | Self::Unreadable(_) => true,
            Self::Database(error) => error.as_database_error().is_some(),
            _ => false,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(refusal) if refusal.code().is_some_and(|code| is_passing(&code)) => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(refusal) if refusal.kind() != ErrorKind::Other => Self::Constraint(error),
            _ => Self::Database(error),
        }
    }
}

/// Whether this code says that the same statement may succeed later. PostgreSQL's codes have five signs: a
/// lost connection, a deadlock, no resources, a lock not available, an operator's or a timeout's intervention
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>). SQLite's are numbers whose low byte is
/// 5 (busy), 6 (locked), 10 (the disk failed), 13 (the disk is full) or 14 (a file beside the database cannot be
/// made): <https://www.sqlite.org/rescode.html>.
fn is_passing(code: &str) -> bool {
    if code.len() == 5 {
        return ["08", "40", "53", "57"].iter().any(|class| code.starts_with(class))
            || matches!(code, "55P03" | "25P03");
    }
    code.parse::<u32>().is_ok_and(|number| matches!(number & 0xff, 5 | 6 | 10 | 13 | 14))
}

#[cfg(test)]
mod tests {
    use super::is_passing;

    #[test]
    fn a_lock_a_lost_connection_or_a_full_disk_passes_but_a_broken_rule_does_not() {
        for code in [
            "55P03", "40P01", "57014", "57P01", "25P03", "08006", "53300", "53100", "5", "6", "517", "13",
            "778",
        ] {
            assert!(is_passing(code), "{code}");
        }
        for code in ["23505", "23514", "42P01", "22003", "1", "8", "19", "2067"] {
            assert!(!is_passing(code), "{code}");
        }
    }
}

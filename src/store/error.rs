//! What can go wrong below: few kinds, because only these differ for those above.
//!
//! No text here ever holds a password or a connection URL.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be opened; one sentence for whoever started the server.
    #[error("{0}")]
    Open(String),
    /// The database did not answer in time, or is gone; the same call may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] sqlx::Error),
    /// A rule of the schema refused the write.
    #[error("the database refused a write: {0}")]
    Constraint(#[source] sqlx::Error),
    /// A row that this version cannot read; it is left alone.
    #[error("cannot read a stored row: {0}")]
    Unreadable(String),
    /// Anything else the database says.
    #[error("the database failed: {0}")]
    Database(#[source] sqlx::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::error::ErrorKind;
        match &error {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(refusal) => match refusal.kind() {
                ErrorKind::Other => Self::Database(error),
                _ => Self::Constraint(error),
            },
            _ => Self::Database(error),
        }
    }
}

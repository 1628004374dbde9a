//! What can go wrong while time passes.

use crate::store;

/// A failure of the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The store failed; nothing of the transaction is known to have happened.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// What was asked for is not possible: a sentence for the client.
    #[error("{0}")]
    Refused(String),
    /// A step failed where it never should; nothing of its transaction has happened.
    #[error("the step of endpoint {endpoint} failed: {what}")]
    Step {
        /// `EndpointName`.
        endpoint: String,
        /// What is known of the fault.
        what: String,
    },
}

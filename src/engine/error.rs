//! What can go wrong while time passes.

use std::any::Any;

use crate::domain::world::WorldId;
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
    /// Another server has the turn in this world, and does not come to its end.
    #[error(
        "The time of {world} is being moved through another server, which has not come to its end within {secs} \
         seconds; try again when it has."
    )]
    NoTurn {
        /// Which world.
        world: WorldId,
        /// How long it was waited for.
        secs: u64,
    },
    /// The turn in this world ended before its holder had come to its end.
    #[error(
        "This server was cut off from the database while it moved the time of {0}, and another one may move it by \
         now. What has happened stays; read the clock before you go on."
    )]
    TurnLost(WorldId),
    /// A step failed where it never should; nothing of its transaction has happened.
    #[error("the step of endpoint {endpoint} failed: {what}")]
    Step {
        /// `EndpointName`.
        endpoint: String,
        /// What is known of the fault.
        what: String,
    },
}

/// What a panic says.
pub fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without words")
}

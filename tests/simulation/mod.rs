//! The deterministic simulation: several servers, their clients and a store that may do its worst, all of it from
//! one seed.
//!
//! What runs is the real store with its statements, the real engine with its worker, the real services; only
//! the connections to the database are a model (`ground`, `database`), the time is the dice's, and one task at
//! a time goes on (`runner`). A run has three parts: a storm in which clients act while processes die, answers get
//! lost and time jumps (`weather`, `stage`, `client`), the healing, in which everything must come to rest, and
//! the judgement of what is in the database and of what clients were told (`judge`).

mod client;
mod database;
mod dice;
#[cfg(test)]
mod differential;
mod events;
mod fate;
mod ground;
mod judge;
mod log;
mod play;
#[cfg(test)]
mod rehearsal;
mod runner;
mod sabotage;
mod scene;
mod server;
mod sim;
mod stage;
mod summary;
mod tally;
#[cfg(test)]
mod tests;
mod weather;

pub use play::{Wish, play};
pub use sabotage::Sabotage;
pub use summary::{Summary, play_all};

//! The pure rooms alone, with all that tests them without a database: the crate that `scripts/mutants` changes.

#![allow(dead_code, reason = "the rooms that use the rest are not here")]

extern crate self as sagebrush;

pub mod clock;
pub mod domain;
pub mod fleet;
pub mod metrics;

/// What the pure rooms need of the schema.
pub mod schema {
    mod double;

    pub use double::java_double;
}

#[cfg(test)]
mod stories;

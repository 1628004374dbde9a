//! The heart: endpoints, their fleets and their deployments.
//!
//! Everything here is a pure function. There is no I/O, no clock and no randomness; time and
//! observations are arguments, effects are values. AWS's status words are views of the state
//! ([`view`](self)), never stored beside it.

pub mod world;

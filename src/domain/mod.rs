//! The heart: endpoints, their fleets and their deployments.
//!
//! Everything here is a pure function. There is no I/O, no clock and no randomness; time and
//! observations are arguments, effects are values. AWS's status words are views of the state
//! ([`view`]), never stored beside it.

pub mod alarm;
pub mod capacity;
pub mod component;
pub mod demand;
pub mod deployment;
pub mod endpoint;
pub mod endpoint_result;
pub mod event;
pub mod fleet;
pub mod injection;
pub mod instance_type;
pub mod journal;
pub mod limit;
pub mod placement;
pub mod progression;
pub mod refusal;
pub mod rules;
pub mod serving;
pub mod tuning;
pub mod variant;
pub mod view;
pub mod world;

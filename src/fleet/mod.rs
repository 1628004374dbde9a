//! Simulated instances: what a container's environment says about them, and what becomes of a launch.
//!
//! Everything here is a pure function. The fate of a launch is decided once, at the launch, and handed to
//! the core as instants; nothing is simulated step by step. The core knows no environment, and this room
//! knows neither endpoints nor deployments.

pub mod behaviour;
mod launch;

pub use launch::launch;

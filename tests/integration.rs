//! One integration binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod audit;
mod console;
mod embedded;
mod faults;
mod house;
mod plan;
mod realtime;
mod replicas;
mod services;
mod simulation;
mod store;
mod stories;
mod telemetry;
mod wire;

//! One integration binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod realtime;
mod store;
mod wire;

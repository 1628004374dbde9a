//! What alarms are made of: their states and the rules of composite alarms.
//!
//! Everything here is a pure function of its arguments. It knows no store, no protocol and no time.

pub mod rule;
mod state;

pub use state::AlarmState;

//! What alarms are judged by: the rules of composite alarms, and the order in which a change reaches them.
//!
//! Everything here is a pure function of its arguments. It knows no store, no protocol and no time.

pub mod composite;
pub mod history;
pub mod math;
pub mod rule;
pub mod text;

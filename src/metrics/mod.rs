//! What alarms are judged by: the rules of composite alarms.
//!
//! Everything here is a pure function of its arguments. It knows no store, no protocol and no time.

pub mod rule;

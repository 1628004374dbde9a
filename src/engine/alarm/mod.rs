//! Alarms: from one state to another, by a command or by time.
//!
//! Every change is one item of the alarm's history, written in the same transaction, because a guardrail
//! judges by the history of its window. What a verdict is made of is decided by pure functions of the
//! metrics room; here they meet what is stored.

mod composite;
mod history;
mod judge;
mod transition;

pub use composite::{ByName, Composite, Composites, children, load};
pub use history::append;
pub use judge::evaluate_next;
pub(super) use judge::{judge, newest, values};
pub use transition::{enter, evaluate_composite, settle};

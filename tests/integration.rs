//! One integration binary.

mod store;
mod stories;

//! Ids of things: UUIDs of version 7, made from the base time and a counter.
//!
//! Invariant: inside one process ids sort in the order of their making, also when many fall into one
//! millisecond or the base time goes back. Lists break ties by them; nothing else relies on it. Between servers
//! that share a database they do so where a millisecond or two lies between.

use std::sync::{Mutex, PoisonError};

use uuid::{ContextV7, Uuid};

use crate::clock::Timestamp;

static COUNTER: Mutex<ContextV7> = Mutex::new(ContextV7::new());

/// A new id, made at `base_now`.
pub(super) fn new(base_now: Timestamp) -> String {
    let ms = u64::try_from(base_now.0).unwrap_or(0);
    let nanos = u32::try_from(ms % 1000 * 1_000_000).expect("less than a second");
    let counter = COUNTER.lock().unwrap_or_else(PoisonError::into_inner);
    Uuid::new_v7(uuid::Timestamp::from_unix(&*counter, ms / 1000, nanos)).to_string()
}

/// What tells a world from the one of its name before it: a number that is drawn.
pub(super) fn life() -> i64 {
    let (drawn, _) = Uuid::new_v4().as_u64_pair();
    i64::try_from(drawn >> 1).expect("63 bits")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_in_the_order_of_their_making_even_when_time_stands_or_goes_back() {
        let instants = [1_700_000_000_000, 1_700_000_000_000, 1_699_999_999_000, 1_700_000_000_001];
        let made: Vec<_> = instants.iter().map(|ms| new(Timestamp(*ms))).collect();
        assert!(made.is_sorted_by(|a, b| a < b), "{made:?}");
    }
}

//! Endpoints as they were last read, for the store in memory: nobody else can write to it.
//!
//! `DescribeEndpoint` is what clients poll. Its statement is cheap, but it has to wait for the one connection
//! and hop to that connection's thread and back, which takes longer than everything else it does.
//!
//! Invariant: what is found here is what the last commit of its world left. A commit that wrote an endpoint
//! forgets its world ([`super::notice`]), and a row that was read before that commit is not taken in after it.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::EndpointRow;
use crate::domain::world::WorldId;

/// Rows that are remembered at most; then all are forgotten. A row is a few kilobytes.
const MOST_ROWS: usize = 4096;

/// Rows by world and by name in lower case.
#[derive(Debug, Default)]
pub(super) struct Cache {
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    commits: u64,
    count: usize,
    worlds: HashMap<WorldId, HashMap<String, EndpointRow>>,
}

/// Which commits a row that is about to be read has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen(u64);

impl Cache {
    /// The row, or what to hand to [`Cache::keep`] with the row that is read instead.
    pub(super) fn find(&self, world: &WorldId, key: &str) -> Result<EndpointRow, Seen> {
        let kept = self.reading();
        let row = kept.worlds.get(world).and_then(|rows| rows.get(key));
        row.cloned().ok_or(Seen(kept.commits))
    }

    /// Remembers a row, unless something was committed since.
    pub(super) fn keep(&self, seen: Seen, world: &WorldId, key: String, row: &EndpointRow) {
        let mut kept = self.writing();
        if kept.commits != seen.0 {
            return;
        }
        if kept.count >= MOST_ROWS {
            kept.worlds.clear();
            kept.count = 0;
        }
        let rows = kept.worlds.entry(world.clone()).or_default();
        if rows.insert(key, row.clone()).is_none() {
            kept.count += 1;
        }
    }

    /// Forgets a world after a commit in it.
    pub(super) fn forget(&self, world: &WorldId) {
        let mut kept = self.writing();
        kept.commits += 1;
        if let Some(rows) = kept.worlds.remove(world) {
            kept.count -= rows.len();
        }
    }

    /// Forgets all worlds.
    pub(super) fn forget_all(&self) {
        let mut kept = self.writing();
        *kept = Kept { commits: kept.commits + 1, ..Kept::default() };
    }

    /// Every change is whole before anything can panic, so a poisoned lock guards whole data.
    fn reading(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> RwLockWriteGuard<'_, Kept> {
        self.kept.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::domain::endpoint::{Endpoint, State};

    fn row(version: i64) -> EndpointRow {
        let endpoint = Endpoint {
            name: "house".to_owned(),
            host: None,
            created_at: Timestamp(0),
            modified_at: Timestamp(0),
            deployments: 1,
            last_deployment_config: None,
            failure_reason: None,
            state: State::Failed { config_name: "config".to_owned() },
        };
        EndpointRow { id: "1".to_owned(), version, wake: None, faults: 0, endpoint }
    }

    #[test]
    fn a_row_that_was_read_before_a_commit_is_not_kept_after_it() {
        let (cache, world) = (Cache::default(), WorldId::new("1", "r"));
        let seen = cache.find(&world, "house").expect_err("nothing is kept yet");
        cache.forget(&world);
        cache.keep(seen, &world, "house".to_owned(), &row(1));
        let seen = cache.find(&world, "house").expect_err("the row was outdated");
        cache.keep(seen, &world, "house".to_owned(), &row(2));
        assert_eq!(cache.find(&world, "house"), Ok(row(2)));
    }

    #[test]
    fn a_commit_forgets_its_own_world_and_a_full_cache_begins_anew() {
        let (cache, world, other) = (Cache::default(), WorldId::new("1", "r"), WorldId::new("2", "r"));
        for world in [&world, &other] {
            let seen = cache.find(world, "house").expect_err("nothing is kept yet");
            cache.keep(seen, world, "house".to_owned(), &row(1));
        }
        cache.forget(&world);
        assert!(cache.find(&world, "house").is_err() && cache.find(&other, "house").is_ok());
        for number in 0..MOST_ROWS {
            let seen = cache.find(&world, &number.to_string()).expect_err("each is new");
            cache.keep(seen, &world, number.to_string(), &row(1));
        }
        assert!(cache.find(&other, "house").is_err() && cache.find(&world, "4095").is_ok());
    }
}

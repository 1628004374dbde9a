//! What cannot be read or done: it is left for later, and the log hears of it once.
//!
//! An endpoint's row that this version cannot read stays as it is, and whoever looks for what is due passes it
//! over. A replica that can read it finds it due at the instant at which it always was.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::row::Arg;
use super::session::Session;
use super::statement::Statement;
use super::{EndpointRow, Error, endpoint};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// So much that was said is remembered at most; then all is forgotten, and said again.
const MOST_SAID: usize = 4096;

/// What was said in the log.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<HashSet<String>>);

impl Said {
    /// Whether this is said for the first time.
    pub(super) fn is_new(&self, what: String) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if said.len() >= MOST_SAID {
            said.clear();
        }
        said.insert(what)
    }
}

impl Session {
    /// The first `limit` endpoints of this statement that can be read, each with the instant at which it is due. The
    /// statement selects that instant, the name, and the columns of [`endpoint::read`], in order.
    pub(super) async fn readable(
        &mut self,
        world: &WorldId,
        select: &'static str,
        args: &[Arg<'_>],
        limit: u32,
    ) -> Result<Vec<(Timestamp, EndpointRow)>, Error> {
        let (mut found, mut looked_at) = (Vec::new(), 0);
        loop {
            let wanted = limit as usize - found.len();
            let mut page = Statement::new(select, args);
            page.push(" LIMIT ").bind(count(wanted)).push(" OFFSET ").bind(count(looked_at));
            let rows = page.read(self).await?;
            let is_last = rows.len() < wanted;
            looked_at += rows.len();
            for mut row in rows {
                let (at, name) = (row.at()?, row.text()?);
                match endpoint::read(&mut row) {
                    Ok(row) => found.push((at, row)),
                    Err(Error::Unreadable(why)) => self.pass_over(world, &name, &why),
                    Err(error) => return Err(error),
                }
            }
            if is_last || found.len() == limit as usize {
                return Ok(found);
            }
        }
    }

    fn pass_over(&mut self, world: &WorldId, endpoint: &str, why: &str) {
        self.passed_over = true;
        if self.said.is_new(format!("{world} {endpoint} {why}")) {
            tracing::warn!(%world, endpoint, "an endpoint is left to a version that can read it: {why}");
        }
    }

    /// Whether an endpoint has been passed over that is due.
    pub fn has_passed_over(&self) -> bool {
        self.passed_over
    }

    /// Warns, once, that something which is due cannot be done and is tried again later.
    pub fn put_off(&self, world: &WorldId, what: &str, why: &str) {
        if self.said.is_new(format!("{world} {what} {why}")) {
            tracing::warn!(%world, "{what} is tried again later: {why}");
        }
    }
}

fn count(rows: usize) -> i64 {
    i64::try_from(rows).unwrap_or(i64::MAX)
}

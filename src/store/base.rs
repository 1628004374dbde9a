//! The base time: what all clocks of all worlds are computed from.
//!
//! Beside SQLite it is the wall clock of the one process. Beside PostgreSQL it is the database's clock, which
//! all replicas share: transactions read it with their world's row; for everything else it is the steady clock
//! plus an offset measured at most [`OFFSET_LASTS_MS`] ago, so that a read stays one statement. A
//! [`Ground`] tells its own. Where nothing is real it stands still.
//!
//! What is measured is off by some milliseconds. Whoever has seen a time of the database in a transaction is told none before
//! it afterwards, by this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::PgPool;

use super::ground::Ground;
use super::line::Line;
use super::row::{Row, bound};
use super::{Error, Store, ids};
use crate::clock::{Mode, Tick, Timestamp, steady_now, wall_now};

/// How long a measured offset is used; two machines' clocks drift apart by microseconds in a second.
const OFFSET_LASTS_MS: i64 = 1000;

/// The source of the base time, and what a new world's clock is set to.
#[derive(Debug)]
pub(super) struct Base {
    source: Source,
    offset_ms: AtomicI64,
    measured_at: AtomicI64,
    told_ms: AtomicI64,
    pub(super) default_mode: Mode,
}

/// Who tells the time.
#[derive(Debug)]
enum Source {
    Wall,
    Database(PgPool),
    Ground(Arc<dyn Ground>),
}

impl Store {
    /// The base time now.
    pub async fn base_now(&self) -> Result<Timestamp, Error> {
        self.base.now().await
    }

    /// The steady clock of this process: what its own pauses are measured by, and nothing of a world.
    pub fn steady_now(&self) -> Tick {
        self.base.stand_in().map_or_else(steady_now, |ground| ground.steady_now())
    }

    /// A new id for something of this process.
    pub fn id_of_process(&self) -> String {
        let base_now = self.base.stand_in().map_or_else(wall_now, |ground| ground.now());
        self.base.new_id(base_now)
    }
}

impl Base {
    /// The wall clock.
    pub(super) fn wall(default_mode: Mode) -> Self {
        Self::of(Source::Wall, default_mode)
    }

    /// The clock of this PostgreSQL.
    pub(super) async fn database(pool: PgPool, default_mode: Mode) -> Result<Self, Error> {
        let base = Self::of(Source::Database(pool), default_mode);
        base.now().await?;
        Ok(base)
    }

    /// What this ground tells.
    pub(super) fn ground(ground: Arc<dyn Ground>, default_mode: Mode) -> Self {
        Self::of(Source::Ground(ground), default_mode)
    }

    fn of(source: Source, default_mode: Mode) -> Self {
        let (offset_ms, measured_at) = (AtomicI64::new(0), AtomicI64::new(i64::MIN));
        Self { source, offset_ms, measured_at, told_ms: AtomicI64::new(i64::MIN), default_mode }
    }

    /// Who takes the place of this machine and its chance, if somebody does.
    pub(super) fn stand_in(&self) -> Option<&Arc<dyn Ground>> {
        match &self.source {
            Source::Ground(ground) => Some(ground),
            Source::Wall | Source::Database(_) => None,
        }
    }

    /// What tells a world from the one of its name before it.
    pub(super) fn new_life(&self) -> i64 {
        self.stand_in().map_or_else(ids::life, |ground| ground.draw())
    }

    /// A new id, made at `base_now`.
    pub(super) fn new_id(&self, base_now: Timestamp) -> String {
        self.stand_in().map_or_else(|| ids::new(base_now), |ground| ground.new_id(base_now))
    }

    /// The base time now.
    pub(super) async fn now(&self) -> Result<Timestamp, Error> {
        let pool = match &self.source {
            Source::Wall => return Ok(wall_now()),
            Source::Ground(ground) => return Ok(ground.now()),
            Source::Database(pool) => pool,
        };
        let now = steady_now();
        let measured = self.measured_at.load(Ordering::Acquire);
        let stale = now.ms_since(Tick(measured)) >= OFFSET_LASTS_MS;
        // The first who finds it stale renews it; until then the others use it as it is.
        if stale && self.claim(measured, now) {
            if let Err(error) = self.measure(pool).await {
                self.measured_at.store(measured, Ordering::Release);
                return Err(error);
            }
            return Ok(self.offset_from(steady_now()));
        }
        Ok(self.offset_from(now))
    }

    /// The database has told this time in a transaction.
    pub(super) fn heard(&self, base_now: Timestamp) {
        self.told_ms.fetch_max(base_now.0, Ordering::AcqRel);
    }

    fn offset_from(&self, now: Tick) -> Timestamp {
        let reckoned = Timestamp(now.plus_ms(self.offset_ms.load(Ordering::Acquire)).0);
        not_before(Timestamp(self.told_ms.fetch_max(reckoned.0, Ordering::AcqRel)), reckoned)
    }

    fn claim(&self, measured: i64, now: Tick) -> bool {
        self.measured_at.compare_exchange(measured, now.0, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    async fn measure(&self, pool: &PgPool) -> Result<(), Error> {
        let before = steady_now();
        let rows = Line::take(pool).await?.rows(DATABASE_NOW, bound(&[])?).await?;
        let database_ms = Row::of(rows.first().ok_or(sqlx::Error::RowNotFound)?)?.int()?;
        let middle = before.plus_ms(steady_now().ms_since(before) / 2);
        self.offset_ms.store(database_ms.saturating_sub(middle.0), Ordering::Release);
        Ok(())
    }
}

/// What was reckoned, but not before what was `told` already. A database whose clock was set back is followed.
fn not_before(told: Timestamp, reckoned: Timestamp) -> Timestamp {
    if (0..OFFSET_LASTS_MS).contains(&told.0.saturating_sub(reckoned.0)) { told } else { reckoned }
}

const DATABASE_NOW: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_reckoned_goes_back_only_with_the_clock_of_the_database() {
        for (told, reckoned, expected) in [
            (i64::MIN, 5_000, 5_000),
            (5_000, 5_001, 5_001),
            (5_000, 4_997, 5_000),
            (5_000, 4_001, 5_000),
            (5_000, 4_000, 4_000),
        ] {
            let now = not_before(Timestamp(told), Timestamp(reckoned));
            assert_eq!(now, Timestamp(expected), "{reckoned} after {told}");
        }
    }
}

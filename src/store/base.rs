//! The base time: what all clocks of all worlds are computed from.
//!
//! Beside SQLite it is the wall clock of the one process. Beside PostgreSQL it is the database's clock, which
//! all replicas share: transactions read it with their world's row; for everything else it is the wall clock
//! plus an offset measured at most [`OFFSET_LASTS_MS`] ago, so that a read stays one statement.

use std::sync::atomic::{AtomicI64, Ordering};

use sqlx::PgPool;

use super::line::Line;
use super::row::{Row, bound};
use super::{Error, Store};
use crate::clock::{Mode, Timestamp, wall_now};

/// How long a measured offset is used; two machines' clocks drift apart by microseconds in a second.
const OFFSET_LASTS_MS: i64 = 1000;

/// The source of the base time, and what a new world's clock is set to.
#[derive(Debug)]
pub(super) struct Base {
    database: Option<PgPool>,
    offset_ms: AtomicI64,
    measured_ms: AtomicI64,
    pub(super) default_mode: Mode,
}

impl Store {
    /// The base time now.
    pub async fn base_now(&self) -> Result<Timestamp, Error> {
        self.base.now().await
    }
}

impl Base {
    /// The wall clock.
    pub(super) fn wall(default_mode: Mode) -> Self {
        let zero = AtomicI64::new(0);
        Self { database: None, offset_ms: zero, measured_ms: AtomicI64::new(0), default_mode }
    }

    /// The clock of this PostgreSQL.
    pub(super) async fn database(pool: PgPool, default_mode: Mode) -> Result<Self, Error> {
        let base = Self { database: Some(pool), ..Self::wall(default_mode) };
        base.now().await?;
        Ok(base)
    }

    /// The base time now.
    pub(super) async fn now(&self) -> Result<Timestamp, Error> {
        let wall = wall_now();
        let Some(pool) = &self.database else { return Ok(wall) };
        let measured = self.measured_ms.load(Ordering::Acquire);
        let stale = wall.ms_since(Timestamp(measured)).abs() >= OFFSET_LASTS_MS;
        // The first who finds it stale renews it; until then the others use it as it is.
        if stale && self.claim(measured, wall) {
            if let Err(error) = self.measure(pool).await {
                self.measured_ms.store(measured, Ordering::Release);
                return Err(error);
            }
            return Ok(wall_now().plus_ms(self.offset_ms.load(Ordering::Acquire)));
        }
        Ok(wall.plus_ms(self.offset_ms.load(Ordering::Acquire)))
    }

    fn claim(&self, measured: i64, wall: Timestamp) -> bool {
        self.measured_ms.compare_exchange(measured, wall.0, Ordering::AcqRel, Ordering::Acquire).is_ok()
    }

    async fn measure(&self, pool: &PgPool) -> Result<(), Error> {
        let before = wall_now();
        let rows = Line::take(pool).await?.rows(DATABASE_NOW, bound(&[])?).await?;
        let database_ms = Row::of(rows.first().ok_or(sqlx::Error::RowNotFound)?)?.int()?;
        let middle = before.plus_ms(wall_now().ms_since(before) / 2);
        self.offset_ms.store(database_ms.saturating_sub(middle.0), Ordering::Release);
        Ok(())
    }
}

const DATABASE_NOW: &str = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";

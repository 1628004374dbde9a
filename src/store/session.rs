//! One way to speak to either database, inside a transaction or outside.
//!
//! Every noun's functions are written once, as methods of [`Session`]. The session of
//! [`Store::session`](super::Store::session) commits each statement by itself; a [`Tx`](super::Tx) is a
//! session whose statements all belong to one transaction. Neither knows what the statements mean.
//!
//! The memory store has a single connection: whoever holds a `Tx` must not wait for another session.

use std::borrow::Cow;
use std::sync::Arc;

use sqlx::sqlite::SqliteArguments;
use sqlx::{AssertSqlSafe, PgPool, Sqlite, SqlitePool, Transaction};

use super::Error;
use super::base::Base;
use super::cache::Cache;
use super::ground::Connection;
use super::line::Line;
use super::row::{Arg, Row, bound, cells};
use super::unread::Said;
use crate::clock::{Stopwatch, Timestamp};
use crate::telemetry::{Kind, Work};

/// Where the statements go.
#[derive(Debug)]
pub(super) enum Link {
    /// SQLite: one writer; in memory the reader is the same pool.
    Sqlite {
        readers: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
    SqliteTx(Transaction<'static, Sqlite>),
    PostgresTx(Line),
    /// With a transaction or without.
    Ground(Box<dyn Connection>),
}

/// Statements to one of the two databases; see the methods of each noun.
#[derive(Debug)]
pub struct Session {
    pub(super) link: Link,
    pub(super) base: Arc<Base>,
    /// What was read before; outside of transactions only.
    pub(super) cache: Option<Arc<Cache>>,
    /// In a transaction the base time is read once, at its beginning.
    pub(super) begun: Option<Timestamp>,
    /// What was said in the log.
    pub(super) said: Arc<Said>,
    /// Where its statements are counted.
    pub(super) work: Arc<Work>,
    /// See [`Session::has_passed_over`].
    pub(super) passed_over: bool,
}

/// Which pool a statement outside of a transaction needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Session {
    /// The base time: in a transaction that of its beginning.
    pub async fn base_now(&self) -> Result<Timestamp, Error> {
        match self.begun {
            Some(at) => Ok(at),
            None => self.base.now().await,
        }
    }

    /// A new id; ids sort in the order of their making.
    pub async fn new_id(&self) -> Result<String, Error> {
        Ok(self.base.new_id(self.base_now().await?))
    }

    /// Ends the transaction that [`Store::begin_session`](super::Store::begin_session) began.
    pub(super) async fn commit(self) -> Result<(), Error> {
        let begun = Stopwatch::start();
        match self.link {
            Link::SqliteTx(tx) => tx.commit().await?,
            Link::PostgresTx(line) => line.commit().await?,
            Link::Ground(connection) => connection.commit().await?,
            Link::Sqlite { .. } | Link::Postgres(_) => unreachable!("begun in begin_session"),
        }
        self.work.took(Kind::Commit, begun.elapsed());
        Ok(())
    }

    /// Reads rows.
    pub(super) async fn read(&mut self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        self.rows(Access::Read, sql.into(), args).await
    }

    /// Reads the first row, if there is one.
    pub(super) async fn read_one(
        &mut self,
        sql: impl Into<Sql>,
        args: &[Arg<'_>],
    ) -> Result<Option<Row>, Error> {
        Ok(self.rows(Access::Read, sql.into(), args).await?.into_iter().next())
    }

    /// Writes, and answers the first row that the statement returns.
    pub(super) async fn write(
        &mut self,
        sql: impl Into<Sql>,
        args: &[Arg<'_>],
    ) -> Result<Option<Row>, Error> {
        Ok(self.rows(Access::Write, sql.into(), args).await?.into_iter().next())
    }

    /// Writes, and answers the first row of a statement that always returns one.
    pub(super) async fn written(&mut self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<Row, Error> {
        let row = self.write(sql, args).await?;
        row.ok_or_else(|| Error::Unreadable("a statement that returns a row has returned none".to_owned()))
    }

    /// Writes, and answers how many rows were touched.
    pub(super) async fn execute(&mut self, sql: impl Into<Sql>, args: &[Arg<'_>]) -> Result<u64, Error> {
        let begun = Stopwatch::start();
        let sql = AssertSqlSafe(sql.into().0);
        let touched = match &mut self.link {
            Link::Sqlite { writer, .. } => {
                let done = sqlx::query_with(sql, bound::<SqliteArguments>(args)?).execute(&*writer).await?;
                done.rows_affected()
            }
            Link::SqliteTx(tx) => {
                let done = sqlx::query_with(sql, bound::<SqliteArguments>(args)?).execute(&mut **tx).await?;
                done.rows_affected()
            }
            Link::Postgres(pool) => Line::take(pool).await?.execute(sql, bound(args)?).await?,
            Link::PostgresTx(line) => line.execute(sql, bound(args)?).await?,
            Link::Ground(connection) => connection.run(&sql.0, cells(args)).await?.touched,
        };
        self.work.took(Kind::Write, begun.elapsed());
        Ok(touched)
    }

    async fn rows(&mut self, access: Access, sql: Sql, args: &[Arg<'_>]) -> Result<Vec<Row>, Error> {
        let begun = Stopwatch::start();
        let sql = AssertSqlSafe(sql.0);
        let rows: Result<Vec<Row>, sqlx::Error> = match &mut self.link {
            Link::Sqlite { readers, writer } => {
                let pool = if access == Access::Read { &*readers } else { &*writer };
                let rows = sqlx::query_with(sql, bound::<SqliteArguments>(args)?).fetch_all(pool).await?;
                rows.iter().map(Row::of).collect()
            }
            Link::SqliteTx(tx) => {
                let rows =
                    sqlx::query_with(sql, bound::<SqliteArguments>(args)?).fetch_all(&mut **tx).await?;
                rows.iter().map(Row::of).collect()
            }
            Link::Postgres(pool) => {
                let rows = Line::take(pool).await?.rows(sql, bound(args)?).await?;
                rows.iter().map(Row::of).collect()
            }
            Link::PostgresTx(line) => line.rows(sql, bound(args)?).await?.iter().map(Row::of).collect(),
            Link::Ground(connection) => {
                let ran = connection.run(&sql.0, cells(args)).await?;
                Ok(ran.rows.into_iter().map(Row::of_cells).collect())
            }
        };
        self.work.took(if access == Access::Read { Kind::Read } else { Kind::Write }, begun.elapsed());
        Ok(rows?)
    }
}

/// A statement's text: a constant, or put together from constants by [`Statement`](super::statement::Statement).
/// There is no way to make one from input.
pub(super) struct Sql(pub(super) Cow<'static, str>);

impl From<&'static str> for Sql {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

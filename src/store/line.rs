//! A connection to PostgreSQL, lent by the pool for one statement or one transaction.
//!
//! A database that stands still and a network that swallows everything answer nothing at all, not even an error,
//! so no call waits for longer than [`LONGEST`].
//!
//! Invariant: the pool gets a connection back only if all that was asked on it has been answered, and outside of
//! a transaction. Whoever stops waiting in the middle, for the time or because its own client went away, has its
//! connection closed. Nobody else may get those answers; and sqlx knows of a transaction only once its `BEGIN` was
//! answered, so the next one would write into a transaction that nobody commits.

use std::future::Future;
use std::io;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgDatabaseError, PgRow, PgSeverity};
use sqlx::{PgPool, Postgres, SqlSafeStr, raw_sql};
use tokio::time::timeout;

use super::Error;

/// How long an answer is waited for. The database itself ends a statement after five seconds, and says so; who
/// has heard nothing by now will not.
const LONGEST: Duration = Duration::from_secs(8);

/// What a connection was asked and has not answered yet, or has begun and not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Idle,
    InTransaction,
    Asked,
}

/// A connection on loan.
#[derive(Debug)]
pub(super) struct Line {
    /// There until this is dropped.
    connection: Option<PoolConnection<Postgres>>,
    state: State,
}

impl Line {
    /// Takes a connection for one statement.
    pub(super) async fn take(pool: &PgPool) -> Result<Self, Error> {
        Ok(Self { connection: Some(Box::pin(pool.acquire()).await?), state: State::Idle })
    }

    /// Takes a connection and begins a transaction with these words; it is rolled back if this is dropped before
    /// its commit.
    pub(super) async fn begin(pool: &PgPool, words: &'static str) -> Result<Self, Error> {
        let mut line = Self::take(pool).await?;
        let (connection, state) = line.parts();
        answered(state, raw_sql(words).execute(&mut **connection)).await?;
        line.state = State::InTransaction;
        Ok(line)
    }

    /// Commits the transaction. An error means that it is not known to have happened.
    pub(super) async fn commit(mut self) -> Result<(), Error> {
        let (connection, state) = self.parts();
        answered(state, raw_sql("COMMIT").execute(&mut **connection)).await?;
        self.state = State::Idle;
        Ok(())
    }

    /// Executes a statement, and answers how many rows it touched.
    pub(super) async fn execute(&mut self, sql: impl SqlSafeStr, args: PgArguments) -> Result<u64, Error> {
        let (connection, state) = self.parts();
        let done = answered(state, sqlx::query_with(sql, args).execute(&mut **connection)).await?;
        Ok(done.rows_affected())
    }

    /// Executes a statement, and answers its rows.
    pub(super) async fn rows(
        &mut self,
        sql: impl SqlSafeStr,
        args: PgArguments,
    ) -> Result<Vec<PgRow>, Error> {
        let (connection, state) = self.parts();
        answered(state, sqlx::query_with(sql, args).fetch_all(&mut **connection)).await
    }

    fn parts(&mut self) -> (&mut PoolConnection<Postgres>, &mut State) {
        let Self { connection, state } = self;
        (connection.as_mut().expect("it is there until it is dropped"), state)
    }
}

/// Waits for the answer to a call. While it is not there the state says so. The call is on the heap, for it is
/// large and a part of every future that has to do with the store.
async fn answered<T>(
    state: &mut State,
    call: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Error> {
    let before = std::mem::replace(state, State::Asked);
    let nothing = || {
        let what = format!("no answer within {} seconds", LONGEST.as_secs());
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, what)))
    };
    let answer = timeout(LONGEST, Box::pin(call)).await.unwrap_or_else(|_| nothing());
    if answer.as_ref().err().is_none_or(goes_on) {
        *state = before;
    }
    Ok(answer?)
}

/// Whether the connection is as good as before: the database has refused something, and stays.
fn goes_on(error: &sqlx::Error) -> bool {
    let refusal = error.as_database_error().and_then(|refusal| refusal.try_downcast_ref::<PgDatabaseError>());
    refusal.is_some_and(|refusal| !matches!(refusal.severity(), PgSeverity::Fatal | PgSeverity::Panic))
}

impl Drop for Line {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else { return };
        match self.state {
            State::Asked => connection.close_on_drop(),
            State::Idle => drop(tokio::spawn(give_back(connection, false))),
            State::InTransaction => drop(tokio::spawn(give_back(connection, true))),
        }
    }
}

/// Gives a connection back to the pool, which asks it whether it is still there; that too may get no answer.
async fn give_back(mut connection: PoolConnection<Postgres>, roll_back: bool) {
    let back = async {
        if roll_back && raw_sql("ROLLBACK").execute(&mut *connection).await.is_err() {
            return connection.close_on_drop();
        }
        connection.return_to_pool().await;
    };
    if timeout(LONGEST, back).await.is_err() {
        connection.close_on_drop();
    }
}

//! The ground of one who works alone and in order: a database in memory that is asked in place, at an instant that stays.
//!
//! A question costs what SQLite takes for it: nothing is handed to another thread and back. So everything that is done
//! here keeps its thread from anything else.
//!
//! Invariant: nobody asks outside of a transaction that is open; whoever tried would see what it has not committed, so it
//! is refused.

use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use super::{Answer, Cell, Connection, Ground, Ran, Work, sqlite};
use crate::clock::{Mode, Tick, Timestamp, steady_now};
use crate::store::{Error, Store, ids};

/// See the module.
#[derive(Debug)]
struct Still {
    at: Timestamp,
    database: Arc<Mutex<rusqlite::Connection>>,
}

/// One that asks, in a transaction or outside.
#[derive(Debug)]
struct Seat {
    database: Arc<Mutex<rusqlite::Connection>>,
    in_transaction: bool,
}

impl Store {
    /// A database in memory that is nobody's: every world in it begins at `at`, on a manual clock, so that what happens
    /// there does not depend on the time of day. It is asked in place, so no thread may use it that has others to serve.
    pub fn in_memory_at(at: Timestamp) -> Result<Self, Error> {
        let database = Arc::new(Mutex::new(sqlite::open()?));
        let store = Self::over(Arc::new(Still { at, database }), Mode::Manual);
        Ok(Self { cache: Some(Arc::default()), ..store })
    }
}

impl Ground for Still {
    fn now(&self) -> Timestamp {
        self.at
    }

    fn steady_now(&self) -> Tick {
        steady_now()
    }

    fn new_id(&self, at: Timestamp) -> String {
        ids::new(at)
    }

    fn draw(&self) -> i64 {
        ids::life()
    }

    fn spawn(&self, mut work: Work) {
        // What has to do with the database alone is over at once.
        if work.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending() {
            tokio::spawn(work);
        }
    }

    fn connect(&self) -> Box<dyn Connection> {
        Box::new(Seat { database: Arc::clone(&self.database), in_transaction: false })
    }
}

impl Seat {
    /// The database, if it is this one's turn.
    fn database(&self) -> Result<MutexGuard<'_, rusqlite::Connection>, Error> {
        let database = self.database.lock().unwrap_or_else(PoisonError::into_inner);
        if database.is_autocommit() == self.in_transaction {
            let what = "the transaction is over, or another one is open and nobody may ask beside it";
            return Err(Error::Database(sqlx::Error::Protocol(what.to_owned())));
        }
        Ok(database)
    }

    fn begun(&mut self) -> Result<(), Error> {
        self.database()?.execute_batch("BEGIN").map_err(|error| sqlite::refusal(&error))?;
        self.in_transaction = true;
        Ok(())
    }

    fn committed(&mut self) -> Result<(), Error> {
        self.database()?.execute_batch("COMMIT").map_err(|error| sqlite::refusal(&error))?;
        self.in_transaction = false;
        Ok(())
    }
}

impl Connection for Seat {
    fn begin(&mut self) -> Answer<'_, ()> {
        Box::pin(ready(self.begun()))
    }

    fn run<'a>(&'a mut self, sql: &'a str, args: Vec<Cell>) -> Answer<'a, Ran> {
        // Who has the only transaction has every lock.
        let sql = sql.trim_end_matches(" SKIP LOCKED").trim_end_matches(" FOR UPDATE");
        Box::pin(ready(self.database().and_then(|database| sqlite::run(&database, sql, &args))))
    }

    fn commit(mut self: Box<Self>) -> Answer<'static, ()> {
        Box::pin(ready(self.committed()))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if self.in_transaction
            && let Ok(database) = self.database()
        {
            // Were it refused, the next statement would be too, and say so.
            let _ = database.execute_batch("ROLLBACK");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::world::WorldId;

    const AT: Timestamp = Timestamp(1_767_225_600_000);

    fn world() -> (Store, WorldId) {
        (Store::in_memory_at(AT).expect("memory opens"), WorldId::new("1", "r"))
    }

    #[tokio::test]
    async fn a_world_begins_at_its_instant_and_stays_there() {
        let (store, world) = world();
        let tx = store.begin(&world).await.unwrap();
        assert_eq!((tx.now(), tx.begun_at()), (AT, AT));
        tx.commit().await.unwrap();
        assert!(store.try_begin(&world).await.unwrap().is_some(), "it is there, and nobody has locked it");
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_has_not_happened() {
        let (store, world) = world();
        let mut tx = store.begin(&world).await.unwrap();
        tx.set_flushed("meter", 1).await.unwrap();
        drop(tx);
        let mut tx = store.begin(&world).await.unwrap();
        assert_eq!(tx.last_flush("meter").await.unwrap(), None);
        tx.set_flushed("meter", 2).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.begin(&world).await.unwrap().last_flush("meter").await.unwrap(), Some(2));
    }

    #[tokio::test]
    async fn nobody_asks_beside_an_open_transaction() {
        let (store, world) = world();
        let tx = store.begin(&world).await.unwrap();
        let refused = store.session().endpoint(&world, "web").await.unwrap_err().to_string();
        assert!(refused.contains("another one is open and nobody may ask beside it"), "{refused}");
        drop(tx);
        assert!(store.session().endpoint(&world, "web").await.unwrap().is_none());
    }
}

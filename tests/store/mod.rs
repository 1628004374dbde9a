//! The contract of the store: the same stories on SQLite in memory, SQLite in a file and PostgreSQL.
//!
//! PostgreSQL comes from `SAGEBRUSH_TEST_POSTGRES`; every story has a schema of its own there, so they can
//! run side by side.

mod alarms;
mod connecting;
mod definitions;
mod deliveries;
mod deployments;
mod endpoints;
mod generations;
mod instances;
mod marks;
mod metrics;
pub mod sample;
mod scaling;
mod schema;
mod snapshots;
mod wakes;
mod worlds;

use sagebrush::clock::Mode;
use sagebrush::domain::world::WorldId;
use sagebrush::store::Store;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A database of its own, for one story.
pub struct Place {
    pub store: Store,
    pub world: WorldId,
    pub url: String,
    _dir: Option<TempDir>,
}

impl Place {
    pub async fn open(url: String, mode: Mode, dir: Option<TempDir>) -> Self {
        let store = Store::connect(&url, mode).await.expect("the store opens");
        Self { store, world: WorldId::new("123456789012", "us-east-1"), url, _dir: dir }
    }

    pub async fn memory(mode: Mode) -> Self {
        Self::open("sqlite::memory:".to_owned(), mode, None).await
    }

    pub async fn file(mode: Mode) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("sagebrush.db").display());
        Self::open(url, mode, Some(dir)).await
    }

    pub async fn postgres(mode: Mode) -> Self {
        Self::open(postgres_schema().await, mode, None).await
    }

    /// Runs SQL past the store, on a connection of its own; not possible in memory.
    pub async fn raw(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        if self.url.starts_with("sqlite:") {
            SqliteConnection::connect(&self.url).await?.execute(sql).await.map(drop)
        } else {
            PgConnection::connect(&self.url).await?.execute(sql).await.map(drop)
        }
    }
}

/// The URL of the PostgreSQL of the tests.
pub fn postgres_url() -> String {
    std::env::var("SAGEBRUSH_TEST_POSTGRES").expect(
        "SAGEBRUSH_TEST_POSTGRES names no PostgreSQL for the tests; run them by scripts/test, which starts one",
    )
}

/// The URL of a new schema in it.
pub async fn postgres_schema() -> String {
    let (url, schema) = (postgres_url(), format!("story_{}", Uuid::new_v4().simple()));
    let mut connection = PgConnection::connect(&url).await.expect("the PostgreSQL of the tests answers");
    connection.execute(AssertSqlSafe(format!("CREATE SCHEMA {schema}"))).await.unwrap();
    let sign = if url.contains('?') { '&' } else { '?' };
    format!("{url}{sign}options[search_path]={schema}")
}

/// Makes a test of each story on each store.
macro_rules! stories {
    (on $mode:ident; $($story:ident)*) => {
        stories!(@ memory, $mode, $($story)*);
        stories!(@ file, $mode, $($story)*);
        stories!(@ postgres, $mode, $($story)*);
    };
    (kept on $mode:ident; $($story:ident)*) => {
        stories!(@ file, $mode, $($story)*);
        stories!(@ postgres, $mode, $($story)*);
    };
    (@ $place:ident, $mode:ident, $($story:ident)*) => {
        mod $place {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    super::$story(crate::store::Place::$place(sagebrush::clock::Mode::$mode).await).await;
                }
            )*
        }
    };
}
pub(crate) use stories;

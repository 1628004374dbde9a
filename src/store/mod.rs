//! The store: everything that is kept, in SQLite or PostgreSQL, and the only user of sqlx.
//!
//! Each noun has one file with its functions, written once as methods of [`Session`]; what must not happen
//! outside of a transaction is a method of [`Tx`], which holds one world and locks it. State, version,
//! history and what is derived from the state are written in one transaction.
//!
//! One SQL text serves both databases: whole numbers and text, `$1`, and byte-wise ordering of keys.
//! What is different between them is in the files `connect`, `base` and `tx`. A simulator may take the place of
//! the database: see [`ground`].
//!
//! The store knows no wire format and no AWS error. Bodies that it is given are text to it.

mod alarm;
mod audit;
mod base;
mod behaviour;
pub mod bus_definition;
pub mod bus_event;
pub mod by_name;
mod cache;
mod catalogue;
mod connect;
mod definition;
pub mod delivery;
mod deployment;
mod endpoint;
mod endpoint_result;
mod error;
mod flush;
pub mod ground;
mod ids;
mod injection;
mod journal;
mod launch;
mod limit;
mod line;
mod listing;
pub mod log;
mod mark;
mod medium;
mod metric;
mod notice;
mod observe;
mod progression;
pub mod replica;
mod reset;
mod row;
pub mod rule;
pub mod scaling;
mod session;
pub mod snapshot;
mod state;
mod statement;
mod tables;
mod tags;
mod tx;
mod unread;
mod warning;
mod watch;
mod watched;
mod world;

use std::sync::Arc;

pub use alarm::{Alarm, AlarmKind, AlarmQuery, Effect, HistoryItem, HistoryQuery, NewItem};
pub use connect::{MIGRATIONS, POSTGRES_MIGRATIONS, SQLITE_MIGRATIONS, is_in_memory};
pub use definition::{Definition, DefinitionSummary, Inserted, Kind};
pub use deployment::DeploymentRow;
pub use endpoint::{EndpointRow, EndpointSummary, Saved, TrafficRow};
pub use endpoint::{InstanceCount, InstanceKind, InstanceSpan};
pub use error::Error;
pub use listing::{Hosted, ListQuery, Order, Page, PageKey, Sort, page_of};
pub use metric::point::{NewPoint, PointQuery, PointRow};
pub use metric::{MetricQuery, MetricRow};
pub use session::Session;
pub use tags::{Tagged, Tags};
pub use tx::Tx;
pub use world::World;

/// A database that is open and migrated. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pools: Pools,
    base: Arc<base::Base>,
    cache: Option<Arc<cache::Cache>>,
    generations: Arc<notice::Generations>,
    said: Arc<unread::Said>,
    work: Arc<crate::telemetry::Work>,
    /// Rung when a commit of this process has put something on its way.
    bell: Arc<tokio::sync::Notify>,
    /// What keeps other processes from a SQLite file.
    lock: Option<Arc<connect::FileLock>>,
}

#[derive(Clone, Debug)]
enum Pools {
    Sqlite { readers: sqlx::SqlitePool, writer: sqlx::SqlitePool },
    Postgres(sqlx::PgPool),
    Ground(Arc<dyn ground::Ground>),
}

impl Store {
    /// Ends every connection once its statement is done. The log of a SQLite file is written into the file
    /// by the last one that may write, so that the file alone is everything that was kept. Then another process
    /// may have it.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
            Pools::Ground(_) => {}
        }
        self.lock.iter().for_each(|lock| lock.release());
    }

    /// Rings the bell of those who carry what is on its way.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Comes back when a commit of this process has put something on its way, or somebody has rung.
    pub async fn posted(&self) {
        self.bell.notified().await;
    }

    /// What it has done, for those who watch over the server.
    pub fn work(&self) -> &crate::telemetry::Work {
        &self.work
    }

    /// Whether nobody but this process can write to it.
    pub fn is_private(&self) -> bool {
        self.cache.is_some()
    }

    /// A session in which every statement commits by itself.
    pub fn session(&self) -> Session {
        let link = match self.pools.clone() {
            Pools::Sqlite { readers, writer } => session::Link::Sqlite { readers, writer },
            Pools::Postgres(pool) => session::Link::Postgres(pool),
            Pools::Ground(ground) => session::Link::Ground(ground.connect()),
        };
        Session {
            link,
            base: Arc::clone(&self.base),
            cache: self.cache.clone(),
            begun: None,
            said: Arc::clone(&self.said),
            work: Arc::clone(&self.work),
            passed_over: false,
        }
    }
}

//! What is committed, as those see it who wait for something to be so.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use sagebrush::domain::world::WorldId;
use sagebrush::store::ground::Cell;
use sagebrush::store::ground::sqlite::run;

use super::Database;
use super::sqlite::tables;

impl Database {
    /// The base time at which the next world wants to be looked at.
    pub fn nearest_wake(&self) -> Option<i64> {
        let sql = "SELECT MIN(wake_real_ms) FROM worlds";
        let mut statement = self.committed.prepare_cached(sql).expect("there are worlds");
        statement.query_row([], |row| row.get(0)).expect("a minimum is one row")
    }

    /// The base time at which this world wants to be looked at.
    pub fn wake_of(&self, world: &WorldId) -> Option<i64> {
        let sql = "SELECT MIN(wake_real_ms) FROM worlds WHERE account = $1 AND region = $2";
        let mut statement = self.committed.prepare_cached(sql).expect("there are worlds");
        statement.query_row([&world.account, &world.region], |row| row.get(0)).expect("a minimum is one row")
    }

    /// Whether no endpoint of this world is in transition.
    pub fn is_at_rest(&self, world: &WorldId) -> bool {
        let sql = "SELECT COUNT(*) FROM endpoints WHERE account = $1 AND region = $2 AND wake_ms IS NOT NULL";
        let mut statement = self.committed.prepare_cached(sql).expect("there are endpoints");
        let count: i64 =
            statement.query_row([&world.account, &world.region], |row| row.get(0)).expect("one row");
        count == 0
    }

    /// The endpoints of this world that have synthetic traffic.
    pub fn with_traffic(&self, world: &WorldId) -> Vec<String> {
        let sql = "SELECT name FROM endpoints WHERE account = $1 AND region = $2 \
                   AND id IN (SELECT endpoint_id FROM traffic) ORDER BY name";
        let mut statement = self.committed.prepare_cached(sql).expect("there are endpoints");
        let names = statement.query_map([&world.account, &world.region], |row| row.get(0)).expect("names");
        names.collect::<Result<_, _>>().expect("a name is text")
    }

    /// A number that two databases with the same rows have in common.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for table in tables(&self.committed) {
            let rows =
                run(&self.committed, &format!("SELECT * FROM {table}"), &[]).expect("a table can be read");
            for cell in rows.rows.into_iter().flatten() {
                match cell {
                    Cell::Int(value) => value.hash(&mut hasher),
                    Cell::Text(text) => text.hash(&mut hasher),
                    Cell::Null => 0_u8.hash(&mut hasher),
                }
            }
        }
        hasher.finish()
    }
}

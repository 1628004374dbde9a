//! The judgement: what must hold of everything that is in the database, and of what clients were told.
//!
//! The letters are those of the invariants: I1 traffic sums to 100 · I2 one live deployment an endpoint · I3 one
//! terminal event, last · I4 versions and events without gaps · I5 nothing early, nothing back in time · I6 ALARM
//! in the window is a rollback · I7 one commit a version · I8 traffic only to what is healthy · I10 what was
//! acknowledged is there · I11 steps of the planned size · I13 every
//! change of a status was told to EventBridge, once and in order · L1 every deployment ends · L2 nothing due is left.

mod alarms;
mod bus;
mod countdown;
mod derived;
mod histories;
mod rows;
mod steered;
mod told;
mod versions;

use rusqlite::Connection;
use sagebrush::clock::Timestamp;
use sagebrush::domain::world::WorldId;

use super::database::Database;
use super::stage::Stage;
use rows::Rows;

/// One sentence for everything that is wrong.
pub fn judge(stage: &Stage) -> Vec<String> {
    let inner = stage.sim.lock();
    let (database, log) = (inner.database.committed(), stage.log());
    let rows = Rows::read(database);
    let mut faults = Vec::new();
    versions::judge(&rows, &mut faults);
    histories::judge(&rows, &stage.scene.rules, &mut faults);
    alarms::judge(&rows, &stage.scene.rules, &mut faults);
    derived::judge(&rows, database, &stage.scene.rules, &mut faults);
    bus::judge(database, &mut faults);
    told::judge(&rows, database, &log, &inner.dead, &mut faults);
    steered::judge(&rows, &log, &mut faults);
    // Servers whose clocks are apart tell times that are.
    if inner.tally.of("clock goes back") == 0 && stage.scene.weather.skew_ms == 0 {
        told::time_went_on(&log, &mut faults);
    }
    faults
}

/// The deployments of this world that are paused.
pub fn paused(database: &Database, world: &WorldId) -> Vec<String> {
    let sql = "SELECT account, region, state FROM endpoints ORDER BY id";
    let states = all(database.committed(), sql, |row| {
        Ok((WorldId::new(row.get::<_, String>(0)?, row.get::<_, String>(1)?), row.get::<_, String>(2)?))
    });
    let of_world = states.into_iter().filter(|(of, _)| of == world);
    let paused = of_world.filter_map(|(_, state)| {
        let endpoint = rows::endpoint(&state);
        endpoint
            .deployment()
            .filter(|deployment| deployment.is_paused())
            .map(|deployment| deployment.id.clone())
    });
    paused.collect()
}

/// Deployments of endpoints with a step that failed and was put off.
pub fn put_off(database: &Database) -> Vec<String> {
    let sql = "SELECT id FROM deployments WHERE endpoint_id IN (SELECT endpoint_id FROM put_off) ORDER BY id";
    all(database.committed(), sql, |row| row.get(0))
}

/// What a run has seen of deployments, by what became of them.
pub fn endings(database: &Database) -> Vec<(&'static str, u64)> {
    let count = |sql: &str| -> u64 {
        let count: i64 =
            database.committed().query_row(sql, [], |row| row.get(0)).expect("a count is one row");
        count.unsigned_abs()
    };
    let ended = |what, status: &str, strategy: &str, reason: &str| {
        let sql = format!(
            "SELECT COUNT(*) FROM deployments WHERE status = '{status}' AND strategy LIKE '{strategy}' \
             AND COALESCE(failure_reason, '') LIKE '{reason}'"
        );
        (what, count(&sql))
    };
    let of_components = |status: &str| {
        format!(
            "SELECT COUNT(*) FROM deployments WHERE kind = 'update' AND status = '{status}' \
             AND endpoint LIKE 'inference-component/%'"
        )
    };
    vec![
        ended("deployment succeeded", "succeeded", "%", "%"),
        ended("rolling succeeded", "succeeded", "ROLLING", "%"),
        ended("alarm rollback", "rolled_back", "%", "%ALARM state%"),
        ended("timeout rollback", "rolled_back", "%", "%MaximumExecutionTimeout%"),
        ended("health rollback", "rolled_back", "%", "%ping health%"),
        ended("internal fault rollback", "rolled_back", "%", "%Request to service failed%"),
        ended("missing alarm rollback", "rolled_back", "%", "%do not exist%"),
        ended("rolling rollback", "rolled_back", "ROLLING", "%"),
        ended("rollback failed", "rollback_failed", "%", "%"),
        ended("creation failed", "failed", "%", "%"),
        (
            "scaling failed",
            count("SELECT COUNT(*) FROM seen WHERE state LIKE '%\"scaling\":%\"rolling_back\":{\"until\"%'"),
        ),
        ("component update succeeded", count(&of_components("succeeded"))),
        ("component update rolled back", count(&of_components("rolled_back"))),
        (
            "copies without room",
            count("SELECT COUNT(*) FROM seen WHERE state LIKE '%\"host\":%\"no_capacity\"%'"),
        ),
        ("step put off", count("SELECT COALESCE(SUM(times), 0) FROM put_off")),
        ("endpoint version", count("SELECT COUNT(*) FROM seen")),
        ("alarm transition", count("SELECT COUNT(*) FROM alarm_history WHERE item_type = 'StateUpdate'")),
    ]
}

/// How far all worlds have come since the beginning, together.
pub fn world_ms(database: &Database, beginning: Timestamp) -> i64 {
    let sql = "SELECT COALESCE(SUM(reached_ms - ?1), 0) FROM worlds";
    database.committed().query_row(sql, [beginning.0], |row| row.get(0)).expect("a sum is one row")
}

/// The rows of a statement, each made by `make`.
fn all<T>(
    database: &Connection,
    sql: &str,
    make: impl Fn(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let mut statement = database.prepare_cached(sql).expect("the statement fits the schema");
    let rows = statement.query_map([], |row| make(row)).expect("it has no placeholder");
    rows.collect::<Result<_, _>>().expect("its columns have these types")
}

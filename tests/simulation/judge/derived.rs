//! What is kept beside the states to be searched by, and that everything has come to rest: L1 and L2.

use rusqlite::Connection;
use sagebrush::clock::{Mode, Timestamp, WorldClock};
use sagebrush::domain::rules::Rules;

use super::all;
use super::rows::{Rows, endpoint};

pub fn judge(rows: &Rows, database: &Connection, rules: &Rules, faults: &mut Vec<String>) {
    worlds(database, faults);
    endpoints(rows, database, rules, faults);
    let sql = "SELECT COUNT(*) FROM watches";
    for count in all(database, sql, |row| row.get::<_, i64>(0)).into_iter().filter(|count| *count > 0) {
        faults.push(format!("{count} alarms are watched although nothing is in transition"));
    }
}

/// A world is due when the first of what is in it is.
fn worlds(database: &Connection, faults: &mut Vec<String>) {
    let sql = "SELECT account, mode, rate_milli, anchor_base_ms, anchor_world_ms, next_due_ms, wake_real_ms, \
               (SELECT MIN(wake_ms) FROM (SELECT wake_ms, account, region FROM endpoints UNION ALL \
               SELECT wake_ms, account, region FROM alarms UNION ALL SELECT wake_ms, account, region FROM traffic \
               UNION ALL SELECT wake_ms, account, region FROM injections) AS w \
               WHERE w.account = worlds.account AND w.region = worlds.region) FROM worlds ORDER BY account";
    for (account, clock, next_due, wake, earliest) in all(database, sql, |row| {
        let mode = match row.get::<_, String>(1)?.as_str() {
            "real" => Mode::Real,
            "manual" => Mode::Manual,
            _ => Mode::Scaled { rate_milli: row.get(2)? },
        };
        let clock =
            WorldClock { mode, anchor_base: Timestamp(row.get(3)?), anchor_world: Timestamp(row.get(4)?) };
        let at = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp));
        Ok((row.get::<_, String>(0)?, clock, at(5)?, at(6)?, at(7)?))
    }) {
        if next_due != earliest {
            faults.push(format!("L2: world {account} is due at {next_due:?}, what is in it at {earliest:?}"));
        }
        let wanted = next_due.and_then(|due| clock.base_at(due));
        if wake != wanted {
            faults.push(format!("L2: world {account} wants to be looked at at {wake:?}, not at {wanted:?}"));
        }
    }
}

/// An endpoint rests, and its columns say what its state says.
fn endpoints(rows: &Rows, database: &Connection, rules: &Rules, faults: &mut Vec<String>) {
    let sql = "SELECT id, version, status, config_name, wake_ms, state FROM endpoints ORDER BY id";
    for (id, version, status, config, wake, state) in all(database, sql, |row| {
        let (id, version, status): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let (config, wake, state): (String, Option<i64>, String) = (row.get(3)?, row.get(4)?, row.get(5)?);
        Ok((id, version, status, config, wake, endpoint(&state)))
    }) {
        let mut fault = |what: String| faults.push(format!("endpoint {id}: {what}"));
        if wake.is_some() || state.wake_at().is_some() {
            fault(format!("L1: it is {status} and due at {wake:?}"));
        }
        if status != state.status(rules).word() || config != state.config_name() {
            fault(format!(
                "its row says {status} with {config}, its state {} with {}",
                state.status(rules).word(),
                state.config_name()
            ));
        }
        let last = rows.versions.get(&id).and_then(|versions| versions.last());
        if last.is_none_or(|last| last.number != version || last.endpoint != state) {
            fault(format!("I7: version {version} is not the last that was committed"));
        }
    }
}

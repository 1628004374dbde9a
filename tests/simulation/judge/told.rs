//! What clients were told, against what is there: I10 and I7.
//!
//! Every request leaves something that no other leaves, so what was acknowledged is there once, what was refused is
//! not, and what nobody knows is there at most once. In a world that was forgotten only the last part holds.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use sagebrush::domain::component::key;
use sagebrush::domain::world::WorldId;
use sagebrush::metrics::metric::Dimensions;
use serde_json::Value;

use super::super::log::{Asked, Entry, Log, Told};
use super::super::sim::Process;
use super::all;
use super::rows::Rows;

pub fn judge(
    rows: &Rows,
    database: &Connection,
    log: &Log,
    dead: &BTreeSet<Process>,
    faults: &mut Vec<String>,
) {
    let traces = Traces::of(rows, database);
    let mut worlds: Vec<&WorldId> = log.entries.iter().map(|entry| &entry.world).collect();
    worlds.sort();
    worlds.dedup();
    for world in worlds {
        let forgotten = log.is_forgotten(world);
        for entry in log.of(world) {
            let Some(times) = traces.times(entry) else { continue };
            let fits = match &entry.told {
                Told::Done if forgotten => times <= 1,
                Told::Done => times == 1,
                Told::Refused(_) => times == 0,
                Told::Unknown => times <= 1,
            };
            if !fits {
                faults
                    .push(format!("I10: {:?} was {:?} and is there {times} times", entry.asked, entry.told));
            }
        }
        if !forgotten {
            latest_tuning(world, database, log, faults);
            deleted(world, rows, database, log, faults);
            counted(world, database, log, dead, faults);
        }
    }
}

/// How often each mark is in the database.
struct Traces {
    definitions: BTreeMap<(String, String), usize>,
    deployments: BTreeMap<(String, String), usize>,
    items: BTreeMap<(String, String), usize>,
}

impl Traces {
    fn of(rows: &Rows, database: &Connection) -> Self {
        let mut traces =
            Self { definitions: BTreeMap::new(), deployments: BTreeMap::new(), items: BTreeMap::new() };
        let sql = "SELECT account, name FROM definitions";
        for place in all(database, sql, |row| Ok((row.get(0)?, row.get(1)?))) {
            *traces.definitions.entry(place).or_default() += 1;
        }
        for told in &rows.deployments {
            let place = (told.world.account.clone(), format!("{} {}", told.kind, told.to_config));
            *traces.deployments.entry(place).or_default() += 1;
        }
        for item in &rows.items {
            let body: Value = serde_json::from_str(&item.body).expect("the body of an item is JSON");
            let marks = [
                &body["createdAlarm"]["alarmDescription"],
                &body["updatedAlarm"]["alarmDescription"],
                &body["newState"]["stateReason"],
            ];
            if let Some(mark) = marks.into_iter().find_map(Value::as_str) {
                *traces.items.entry((item.world.account.clone(), mark.to_owned())).or_default() += 1;
            }
        }
        traces
    }

    /// How often what a request leaves is there; none if it leaves nothing that stays for ever.
    fn times(&self, entry: &Entry) -> Option<usize> {
        let account = entry.world.account.clone();
        let (places, place) = match &entry.asked {
            Asked::Config { name } => (&self.definitions, name.clone()),
            Asked::Create { config, .. } => (&self.deployments, format!("create {config}")),
            Asked::Update { config, .. } => (&self.deployments, format!("update {config}")),
            Asked::PutAlarm { mark, .. } => (&self.items, mark.clone()),
            // A state that the alarm had already leaves nothing.
            Asked::SetAlarm { mark, .. } if entry.told != Told::Done => (&self.items, mark.clone()),
            _ => return None,
        };
        Some(places.get(&(account, place)).copied().unwrap_or(0))
    }
}

/// A model behaves as the last who tuned it wanted: no tuning that was acknowledged has begun after that one's end.
fn latest_tuning(world: &WorldId, database: &Connection, log: &Log, faults: &mut Vec<String>) {
    let sql = "SELECT definitions.account, definitions.name, behaviours.body FROM definitions JOIN behaviours \
               ON behaviours.account = definitions.account AND behaviours.model_id = definitions.id \
               WHERE definitions.kind = 'model' ORDER BY definitions.account, definitions.name";
    let rows = all(database, sql, |row| {
        let (account, model, body): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((account, model, body))
    });
    let mut tuned: BTreeMap<String, i64> = BTreeMap::new();
    for (_, model, body) in rows.into_iter().filter(|(account, ..)| *account == world.account) {
        let body: Value = serde_json::from_str(&body).expect("a behaviour is JSON");
        tuned.insert(model, body["latency"]["fixed"]["us"].as_i64().expect("every tuning sets the latency"));
    }
    for entry in log.of(world).filter(|entry| entry.told == Told::Done) {
        let Asked::Tune { model, .. } = &entry.asked else { continue };
        let Some(latest) = tuned.get(model) else {
            faults.push(format!("I10: {:?} was done, and nothing is set", entry.asked));
            continue;
        };
        let wrote = log.of(world).find(|entry| {
            matches!(&entry.asked, Asked::Tune { model: of, latency_us } if of == model && latency_us == latest)
        });
        let overtaken = wrote.and_then(|wrote| wrote.ended).is_some_and(|ended| ended < entry.began);
        if wrote.is_none() || overtaken {
            faults.push(format!("I10: {:?} was done, and {latest} is set", entry.asked));
        }
    }
}

/// An endpoint whose deletion was acknowledged is not there, unless it was created anew.
fn deleted(world: &WorldId, rows: &Rows, database: &Connection, log: &Log, faults: &mut Vec<String>) {
    let sql = "SELECT account, name, id FROM endpoints ORDER BY id";
    for (account, name, id) in all(database, sql, |row| {
        let (account, name, id): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((account, name, id))
    }) {
        let creation = rows.deployments.iter().find(|told| told.endpoint_id == id && told.kind == "create");
        let created = log.of(world).find(|entry| {
            matches!(&entry.asked, Asked::Create { config, .. } if Some(config) == creation.map(|told| &told.to_config))
        });
        let Some(created) = created.filter(|_| account == world.account) else { continue };
        let deletions = log.of(world).filter(|entry| {
            entry.told == Told::Done && entry.asked == Asked::Delete { endpoint: name.clone() }
        });
        for deletion in deletions {
            if created.ended.is_some_and(|ended| ended < deletion.began) {
                faults.push(format!("I10: {name} was deleted, and {id} is there"));
            }
        }
    }
}

/// An invocation is counted once. One whose server died may not be counted.
fn counted(
    world: &WorldId,
    database: &Connection,
    log: &Log,
    dead: &BTreeSet<Process>,
    faults: &mut Vec<String>,
) {
    let sums = invocations(world, database);
    let with_traffic =
        |name: &String| log.of(world).any(|entry| entry.asked == Asked::Traffic { endpoint: name.clone() });
    let mut asked: BTreeMap<&String, (u32, u32)> = BTreeMap::new();
    for entry in log.of(world) {
        let Asked::Invoke { endpoint } = &entry.asked else { continue };
        let (least, most) = asked.entry(endpoint).or_default();
        *least += u32::from(entry.told == Told::Done && !dead.contains(&entry.process));
        *most += u32::from(!matches!(entry.told, Told::Refused(_)));
    }
    for (endpoint, (least, most)) in asked.into_iter().filter(|(endpoint, _)| !with_traffic(endpoint)) {
        let sum = sums.get(endpoint).copied().unwrap_or(0.0);
        if sum < f64::from(least) || sum > f64::from(most) {
            faults.push(format!("I12: {endpoint} was invoked {least} to {most} times, {sum} are counted"));
        }
    }
}

/// How many invocations of each endpoint of a world are in its metrics.
fn invocations(world: &WorldId, database: &Connection) -> BTreeMap<String, f64> {
    let sql = "SELECT metric_series.account, dimensions, body FROM metric_series JOIN metric_points \
               ON metric_points.account = metric_series.account AND metric_points.series_id = metric_series.id \
               WHERE namespace = 'AWS/SageMaker' AND name = 'Invocations' ORDER BY id, at_ms";
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for (account, dimensions, body) in all(database, sql, |row| {
        let (account, dimensions, body): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((account, dimensions, body))
    }) {
        let dimensions: Dimensions = serde_json::from_str(&dimensions).expect("dimensions are JSON");
        let endpoint = dimensions.get("EndpointName").filter(|_| dimensions.iter().count() == 2);
        let component = dimensions.get("InferenceComponentName").map(key);
        if let Some(endpoint) = component.or(endpoint.map(str::to_owned)).filter(|_| account == world.account)
        {
            let sum: f64 =
                body.split(' ').nth(1).and_then(|sum| sum.parse().ok()).expect("a body has its sum");
            *sums.entry(endpoint).or_default() += sum;
        }
    }
    sums
}

/// Whoever was told a world's time is never told an earlier one later, unless the base time has gone back: what has
/// happened stays where it is, but what a running clock only showed is nowhere kept.
pub fn time_went_on(log: &Log, faults: &mut Vec<String>) {
    let mut told: Vec<&Entry> = log.entries.iter().filter(|entry| entry.now.is_some()).collect();
    told.sort_by_key(|entry| entry.ended);
    for entry in &told {
        let earlier =
            told.iter().filter(|before| before.ended < Some(entry.began) && before.world == entry.world);
        let resets = log.of(&entry.world).any(|entry| entry.asked == Asked::Reset);
        if let Some(before) =
            earlier.max_by_key(|before| before.now).filter(|before| before.now > entry.now && !resets)
        {
            faults.push(format!("I5: {} told the time {:?} after {:?}", entry.world, entry.now, before.now));
        }
    }
}

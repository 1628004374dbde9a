//! What is judged: read once, as the core's own types where there are some.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use sagebrush::clock::Timestamp;
use sagebrush::domain::deployment::plan::Plan;
use sagebrush::domain::endpoint::Endpoint;
use sagebrush::domain::event::Event;
use sagebrush::domain::world::WorldId;
use serde::Deserialize;

use super::all;

/// A version of an endpoint that was committed.
pub struct Version {
    pub number: i64,
    pub modified: Timestamp,
    pub blue: i64,
    pub green: i64,
    pub endpoint: Endpoint,
}

/// A deployment with its history.
pub struct Told {
    pub id: String,
    pub world: WorldId,
    pub endpoint_id: String,
    pub endpoint: String,
    pub sequence: i64,
    pub kind: String,
    pub status: String,
    pub to_config: String,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
    pub ordinals: Vec<i64>,
    pub events: Vec<Event>,
}

/// An item of an alarm's history.
pub struct Item {
    pub world: WorldId,
    pub seq: i64,
    pub at: Timestamp,
    pub alarm: String,
    pub to: Option<String>,
    pub body: String,
}

/// Everything that is judged.
pub struct Rows {
    /// By the identity of the endpoint.
    pub versions: BTreeMap<String, Vec<Version>>,
    pub deployments: Vec<Told>,
    pub items: Vec<Item>,
    /// Endpoints with a step that failed: what came of it, came later than it was due.
    pub put_off: BTreeSet<String>,
    /// When instances of an endpoint died in a deployment for the first time, by its identity.
    pub deaths: BTreeMap<String, Timestamp>,
}

#[derive(Deserialize)]
struct State {
    endpoint: Endpoint,
}

/// The endpoint of a stored text.
pub fn endpoint(text: &str) -> Endpoint {
    let state: State = serde_json::from_str(text).expect("a state that was committed can be read");
    state.endpoint
}

impl Rows {
    pub fn read(database: &Connection) -> Self {
        let mut versions: BTreeMap<String, Vec<Version>> = BTreeMap::new();
        let sql = "SELECT endpoint_id, version, modified_ms, blue, green, state FROM seen ORDER BY endpoint_id, version";
        for (id, version) in all(database, sql, |row| {
            let (id, state): (String, String) = (row.get(0)?, row.get(5)?);
            let modified = Timestamp(row.get(2)?);
            let endpoint = endpoint(&state);
            Ok((
                id,
                Version { number: row.get(1)?, modified, blue: row.get(3)?, green: row.get(4)?, endpoint },
            ))
        }) {
            versions.entry(id).or_default().push(version);
        }
        let put_off = all(database, "SELECT endpoint_id FROM put_off", |row| row.get(0));
        let put_off = put_off.into_iter().collect();
        let sql = "SELECT endpoint_id, first_ms FROM deaths";
        let deaths = all(database, sql, |row| Ok((row.get(0)?, Timestamp(row.get(1)?))));
        let deaths = deaths.into_iter().collect();
        Self { versions, deployments: deployments(database), items: items(database), put_off, deaths }
    }

    /// What was decided for a deployment when it was accepted; none for a creation.
    pub fn plan(&self, told: &Told) -> Option<&Plan> {
        let versions = self.versions.get(&told.endpoint_id)?;
        let deployments = versions.iter().filter_map(|version| version.endpoint.deployment());
        deployments.into_iter().find(|deployment| deployment.id == told.id).map(|deployment| &deployment.plan)
    }
}

fn deployments(database: &Connection) -> Vec<Told> {
    let mut events: BTreeMap<String, Vec<(i64, Event)>> = BTreeMap::new();
    let sql = "SELECT deployment_id, ordinal, body FROM deployment_events ORDER BY deployment_id, ordinal";
    for (id, ordinal, body) in all(database, sql, |row| {
        let (id, ordinal, body): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((id, ordinal, body))
    }) {
        let event = serde_json::from_str(&body).expect("an event that was committed can be read");
        events.entry(id).or_default().push((ordinal, event));
    }
    let sql = "SELECT id, account, region, endpoint_id, endpoint, sequence, kind, status, to_config, started_ms, ended_ms \
               FROM deployments ORDER BY endpoint_id, sequence";
    all(database, sql, |row| {
        let id: String = row.get(0)?;
        let (ordinals, events) = events.get(&id).cloned().unwrap_or_default().into_iter().unzip();
        let (account, region): (String, String) = (row.get(1)?, row.get(2)?);
        Ok(Told {
            id,
            world: WorldId::new(account, region),
            endpoint_id: row.get(3)?,
            endpoint: row.get(4)?,
            sequence: row.get(5)?,
            kind: row.get(6)?,
            status: row.get(7)?,
            to_config: row.get(8)?,
            started: Timestamp(row.get(9)?),
            ended: row.get::<_, Option<i64>>(10)?.map(Timestamp),
            ordinals,
            events,
        })
    })
}

fn items(database: &Connection) -> Vec<Item> {
    let sql = "SELECT account, region, seq, at_ms, alarm_name, to_state, body FROM alarm_history \
               ORDER BY account, region, seq";
    all(database, sql, |row| {
        let (account, region): (String, String) = (row.get(0)?, row.get(1)?);
        Ok(Item {
            world: WorldId::new(account, region),
            seq: row.get(2)?,
            at: Timestamp(row.get(3)?),
            alarm: row.get(4)?,
            to: row.get(5)?,
            body: row.get(6)?,
        })
    })
}

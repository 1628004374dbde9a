//! What EventBridge was told of the endpoints that are there: I13.

use std::collections::BTreeMap;

use rusqlite::Connection;
use sagebrush::domain::world::WorldId;
use serde_json::Value;

use super::all;

/// An endpoint by its world, its ARN and the instant of its creation.
type Who = (String, String, String, i64);

/// I13: every change of an endpoint's status was told once, in its order; numbers of events have no gaps.
pub(super) fn judge(database: &Connection, faults: &mut Vec<String>) {
    let mut told: BTreeMap<Who, Vec<String>> = BTreeMap::new();
    let mut last: BTreeMap<(String, String), i64> = BTreeMap::new();
    let sql = "SELECT account, region, number, detail_type, resource, body FROM bus_events ORDER BY account, region, number";
    let events = all(database, sql, |row| {
        Ok(((row.get(0)?, row.get(1)?), row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
    });
    for (world, number, detail_type, resource, body) in events {
        let (world, number, body): ((String, String), i64, String) = (world, number, body);
        let before = last.insert(world.clone(), number);
        if before.is_some_and(|before| before + 1 != number) {
            faults.push(format!("I13: event {number} of {world:?} comes after {before:?}"));
        }
        let (detail_type, body): (String, Value) = (detail_type, serde_json::from_str(&body).expect("JSON"));
        if detail_type == "SageMaker Endpoint State Change" {
            let detail = &body["detail"];
            let who = (world.0, world.1, resource, detail["CreationTime"].as_i64().unwrap_or_default());
            told.entry(who)
                .or_default()
                .push(detail["EndpointStatus"].as_str().unwrap_or_default().replace('_', ""));
        }
    }
    let sql = "SELECT endpoints.account, endpoints.region, endpoints.name, endpoints.created_ms, seen.status \
               FROM endpoints JOIN seen ON seen.endpoint_id = endpoints.id \
               WHERE endpoints.host_key IS NULL ORDER BY endpoints.id, seen.version";
    let mut was: BTreeMap<Who, Vec<String>> = BTreeMap::new();
    for (account, region, name, created, status) in
        all(database, sql, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))
    {
        let (account, region, name): (String, String, String) = (account, region, name);
        let (created, status): (i64, String) = (created, status);
        let arn = WorldId::new(account.clone(), region.clone()).sagemaker_arn("endpoint", &name);
        let statuses = was.entry((account, region, arn, created)).or_default();
        let status = status.to_uppercase();
        if statuses.last() != Some(&status) {
            statuses.push(status);
        }
    }
    for (who, statuses) in was {
        let told = told.remove(&who).unwrap_or_default();
        if told != statuses {
            faults.push(format!("I13: {} was {statuses:?}, but {told:?} was told", who.2));
        }
    }
}

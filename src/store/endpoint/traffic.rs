//! Traffic that needs no client: what is asked for, how far it has been accounted for, and when it is next.
//!
//! One row for an endpoint, gone with it. What a demand and a load are is the caller's to know.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::row::Row;
use crate::store::session::Session;
use crate::store::{Error, Tx};

/// The traffic of an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct TrafficRow<D, L> {
    /// Identity of the endpoint.
    pub endpoint_id: String,
    /// What is asked for.
    pub demand: D,
    /// Since when.
    pub since: Timestamp,
    /// Everything before this instant has been accounted for.
    pub done: Timestamp,
    /// What the endpoint was busy with then.
    pub load: L,
    /// When it is to be accounted for next.
    pub wake: Option<Timestamp>,
}

macro_rules! columns {
    () => {
        "endpoint_id, demand, since_ms, done_ms, load, traffic.wake_ms"
    };
}

fn read<D: DeserializeOwned, L: DeserializeOwned>(row: &mut Row) -> Result<TrafficRow<D, L>, Error> {
    let broken = |error| Error::Unreadable(format!("traffic: {error}"));
    Ok(TrafficRow {
        endpoint_id: row.text()?,
        demand: serde_json::from_str(&row.text()?).map_err(broken)?,
        since: row.at()?,
        done: row.at()?,
        load: serde_json::from_str(&row.text()?).map_err(broken)?,
        wake: row.maybe_at()?,
    })
}

fn to_text(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a demand and a load are plain data with string keys")
}

impl Session {
    /// The traffic of the endpoint of that id.
    pub async fn traffic<D: DeserializeOwned, L: DeserializeOwned>(
        &mut self,
        endpoint_id: &str,
    ) -> Result<Option<TrafficRow<D, L>>, Error> {
        let sql = concat!("SELECT ", columns!(), " FROM traffic WHERE endpoint_id = $1");
        let row = self.read_one(sql, &[endpoint_id.into()]).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Whether the endpoint of that id has traffic.
    pub async fn has_traffic(&mut self, endpoint_id: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM traffic WHERE endpoint_id = $1";
        Ok(self.read_one(sql, &[endpoint_id.into()]).await?.is_some())
    }

    /// Names of the endpoints whose traffic is to be accounted for up to `until`: by instant and by name.
    /// Endpoints that this version cannot read are passed over.
    pub async fn due_traffic(
        &mut self,
        world: &WorldId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, String)>, Error> {
        let select = concat!(
            "SELECT traffic.wake_ms, name, ",
            super::columns!(),
            " FROM traffic JOIN endpoints ON endpoints.id = traffic.endpoint_id \
             WHERE traffic.account = $1 AND traffic.region = $2 AND traffic.wake_ms <= $3 \
             ORDER BY traffic.wake_ms, endpoints.name_key"
        );
        let args = [(&world.account).into(), (&world.region).into(), until.into()];
        let due = self.readable(world, select, &args, limit).await?;
        Ok(due.into_iter().map(|(at, row)| (at, row.endpoint.name)).collect())
    }
}

impl Tx {
    /// Sets the traffic of an endpoint of this world, instead of what it had.
    pub async fn put_traffic<D: Serialize, L: Serialize>(
        &mut self,
        row: &TrafficRow<D, L>,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO traffic (account, region, endpoint_id, demand, since_ms, done_ms, load, wake_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (endpoint_id) DO UPDATE SET \
                   demand = excluded.demand, since_ms = excluded.since_ms, done_ms = excluded.done_ms, \
                   load = excluded.load, wake_ms = excluded.wake_ms";
        let (world, demand, load) = (self.id().clone(), to_text(&row.demand), to_text(&row.load));
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            (&row.endpoint_id).into(),
            (&demand).into(),
            row.since.into(),
            row.done.into(),
            (&load).into(),
            row.wake.into(),
        ];
        self.wakes_changed = true;
        self.execute(sql, &args).await.map(drop)
    }

    /// Notes how far the traffic of an endpoint has been accounted for; false if it has none.
    pub async fn save_traffic_position(
        &mut self,
        endpoint_id: &str,
        done: Timestamp,
        load: &impl Serialize,
        wake: Option<Timestamp>,
    ) -> Result<bool, Error> {
        let sql = "UPDATE traffic SET done_ms = $2, load = $3, wake_ms = $4 WHERE endpoint_id = $1";
        let load = to_text(load);
        self.wakes_changed = true;
        Ok(self.execute(sql, &[endpoint_id.into(), done.into(), (&load).into(), wake.into()]).await? > 0)
    }

    /// Makes the traffic of an endpoint due at `at`.
    pub async fn wake_traffic(&mut self, endpoint_id: &str, at: Timestamp) -> Result<(), Error> {
        let sql = "UPDATE traffic SET wake_ms = $2 WHERE endpoint_id = $1";
        self.wakes_changed = true;
        self.execute(sql, &[endpoint_id.into(), at.into()]).await.map(drop)
    }

    /// Ends the traffic of an endpoint; false if it has none.
    pub async fn delete_traffic(&mut self, endpoint_id: &str) -> Result<bool, Error> {
        self.wakes_changed = true;
        let sql = "DELETE FROM traffic WHERE endpoint_id = $1";
        Ok(self.execute(sql, &[endpoint_id.into()]).await? > 0)
    }
}

//! Endpoints: the state, and beside it the columns that are searched by.
//!
//! Invariant: the columns and the watches are derived from the state in the same write, and nothing reads
//! them as truth.

mod instance;
mod past;
mod traffic;

use super::listing::{self, Hosted, ListQuery, Page};
use super::row::{Arg, Row};
use super::session::Session;
use super::tags::{self, Tags};
use super::{Error, Tx, state};
use crate::clock::Timestamp;
use crate::domain::capacity::Traffic;
use crate::domain::component::Host;
use crate::domain::deployment::Deployment;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;

pub use instance::{InstanceCount, InstanceKind, InstanceSpan};
pub use traffic::TrafficRow;

/// An endpoint as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct EndpointRow {
    /// Its identity, which no later endpoint of the same name shares.
    pub id: String,
    /// Grows with every change of the state; see [`Tx::save_endpoint`].
    pub version: i64,
    /// When time alone does something to it next: by its state, or because of an alarm that it watches.
    pub wake: Option<Timestamp>,
    /// How often in a row its step has failed.
    pub faults: u32,
    /// The state.
    pub endpoint: Endpoint,
}

/// A line of the list of endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointSummary {
    /// `EndpointName`.
    pub name: String,
    /// `CreationTime`.
    pub created: Timestamp,
    /// `LastModifiedTime`.
    pub modified: Timestamp,
    /// `EndpointStatus`, or `InferenceComponentStatus`.
    pub status: String,
    /// Where it is hosted, if it is an inference component.
    pub host: Option<Host>,
}

/// What came of saving an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is written.
    Done,
    /// Somebody else has changed or deleted it in between; nothing was written.
    Outdated,
}

/// The columns that [`read`] takes.
macro_rules! columns {
    () => {
        "endpoints.id, version, endpoints.wake_ms, faults, state"
    };
}
use columns;

/// Reads the columns of [`columns!`].
pub(super) fn read(row: &mut Row) -> Result<EndpointRow, Error> {
    let (id, version, wake) = (row.text()?, row.int()?, row.maybe_at()?);
    let faults = u32::try_from(row.int()?).unwrap_or(u32::MAX);
    Ok(EndpointRow { id, version, wake, faults, endpoint: state::from_text(&row.text()?)? })
}

impl Session {
    /// The endpoint of that name, ignoring case, in at most one statement.
    pub async fn endpoint(&mut self, world: &WorldId, name: &str) -> Result<Option<EndpointRow>, Error> {
        let key = name.to_lowercase();
        let seen = match self.cache.as_ref().map(|cache| cache.find(world, &key)) {
            Some(Ok(row)) => return Ok(Some(row)),
            Some(Err(seen)) => Some(seen),
            None => None,
        };
        let args = [(&world.account).into(), (&world.region).into(), (&key).into()];
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM endpoints WHERE account = $1 AND region = $2 AND name_key = $3"
        );
        let Some(mut row) = self.read_one(sql, &args).await? else { return Ok(None) };
        let row = read(&mut row)?;
        if let Some((cache, seen)) = self.cache.as_ref().zip(seen) {
            cache.keep(seen, world, key, &row);
        }
        Ok(Some(row))
    }

    /// Endpoints to which time alone does something up to `until`: by their instant, their rank, their name.
    /// Those that this version cannot read are passed over.
    pub async fn due_endpoints(
        &mut self,
        world: &WorldId,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, EndpointRow)>, Error> {
        self.due(world, until, u32::MAX, limit).await
    }

    /// The earliest instant at which time alone does something to an endpoint of the world whose step has not
    /// failed more than `faults` times in a row. Those that this version cannot read are passed over.
    pub async fn earliest_wake(&mut self, world: &WorldId, faults: u32) -> Result<Option<Timestamp>, Error> {
        let due = self.due(world, Timestamp(i64::MAX), faults, 1).await?;
        Ok(due.first().map(|(at, _)| *at))
    }

    async fn due(
        &mut self,
        world: &WorldId,
        until: Timestamp,
        most_faults: u32,
        limit: u32,
    ) -> Result<Vec<(Timestamp, EndpointRow)>, Error> {
        let select = concat!(
            "SELECT endpoints.wake_ms, name, ",
            columns!(),
            " FROM endpoints WHERE account = $1 AND region = $2 AND wake_ms <= $3 AND faults <= $4 \
             ORDER BY endpoints.wake_ms, wake_rank, name_key"
        );
        let most_faults = i64::from(most_faults);
        let args = [(&world.account).into(), (&world.region).into(), until.into(), most_faults.into()];
        self.readable(world, select, &args, limit).await
    }

    /// The inference components that an endpoint hosts, by name. Those that this version cannot read are passed over.
    pub async fn hosted(&mut self, world: &WorldId, endpoint: &str) -> Result<Vec<EndpointRow>, Error> {
        let select = concat!(
            "SELECT created_ms, name, ",
            columns!(),
            " FROM endpoints WHERE account = $1 AND region = $2 AND host_key = $3 ORDER BY name_key"
        );
        let key = endpoint.to_lowercase();
        let args = [(&world.account).into(), (&world.region).into(), (&key).into()];
        let found = self.readable(world, select, &args, u32::MAX).await?;
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }

    /// How many inference components a world has.
    pub(super) async fn count_components(&mut self, world: &WorldId) -> Result<i64, Error> {
        let sql =
            "SELECT COUNT(*) FROM endpoints WHERE account = $1 AND region = $2 AND host_key IS NOT NULL";
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        row.map_or(Ok(0), |mut row| row.int())
    }

    /// Every endpoint and inference component of the world, by name. Those that this version cannot read are passed
    /// over.
    pub async fn all_endpoints(&mut self, world: &WorldId) -> Result<Vec<EndpointRow>, Error> {
        let select = concat!(
            "SELECT created_ms, name, ",
            columns!(),
            " FROM endpoints WHERE account = $1 AND region = $2 ORDER BY name_key"
        );
        let args = [(&world.account).into(), (&world.region).into()];
        let found = self.readable(world, select, &args, u32::MAX).await?;
        Ok(found.into_iter().map(|(_, row)| row).collect())
    }

    /// The names of the world's endpoints, in their order, if wanted with the keys of its inference components.
    pub async fn endpoint_names(
        &mut self,
        world: &WorldId,
        with_components: bool,
    ) -> Result<Vec<String>, Error> {
        let all = "SELECT name FROM endpoints WHERE account = $1 AND region = $2 ORDER BY name_key";
        let endpoints = "SELECT name FROM endpoints WHERE account = $1 AND region = $2 AND host_key IS NULL \
                         ORDER BY name_key";
        let sql = if with_components { all } else { endpoints };
        let rows = self.read(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        rows.into_iter().map(|mut row| row.text()).collect()
    }

    /// A page of the world's endpoints, or of its inference components.
    pub async fn list_endpoints(
        &mut self,
        world: &WorldId,
        query: &ListQuery<'_>,
    ) -> Result<Page<EndpointSummary>, Error> {
        let select = match query.hosted {
            Hosted::No => {
                "SELECT id, name_key, created_ms, status, name, modified_ms, host, host_variant FROM endpoints \
                 WHERE account = $1 AND region = $2 AND host_key IS NULL"
            }
            Hosted::By { .. } => {
                "SELECT id, name_key, created_ms, status, name, modified_ms, host, host_variant FROM endpoints \
                 WHERE account = $1 AND region = $2 AND host_key IS NOT NULL"
            }
        };
        let args = [(&world.account).into(), (&world.region).into()];
        listing::page(self, select, &args, query, |row, key| {
            let (name, modified, host) = (row.text()?, row.at()?, row.maybe_text()?.zip(row.maybe_text()?));
            let host = host.map(|(endpoint, variant)| Host { endpoint, variant });
            Ok(EndpointSummary { name, created: key.created, modified, status: key.status.clone(), host })
        })
        .await
    }
}

impl EndpointSummary {
    /// The line of an endpoint.
    pub fn of(endpoint: &Endpoint, rules: &Rules) -> Self {
        Self {
            name: endpoint.name.clone(),
            created: endpoint.created_at,
            modified: endpoint.modified_at,
            status: endpoint.status(rules).word().to_owned(),
            host: endpoint.host.clone(),
        }
    }
}

impl Tx {
    /// Inserts a new endpoint; `None`, and nothing written, if there is one of that name, ignoring case.
    pub async fn insert_endpoint(
        &mut self,
        endpoint: Endpoint,
        tags: &Tags,
        rules: &Rules,
    ) -> Result<Option<EndpointRow>, Error> {
        let sql = "INSERT INTO endpoints (modified_ms, status, config_name, wake_ms, wake_rank, traffic_blue, \
                   traffic_green, state, account, region, name_key, id, version, name, created_ms, tags, host_key, host, \
                   host_variant) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, $13, $14, $15, $16, $17, $18) \
                   ON CONFLICT (account, region, name_key) DO NOTHING";
        let world = self.id().clone();
        let (key, id, tags) =
            (endpoint.name.to_lowercase(), self.base.new_id(self.begun_at()), tags::to_text(tags));
        let state = state::to_text(&endpoint);
        let host = endpoint.host.as_ref();
        let host_key = host.map(|host| host.endpoint.to_lowercase());
        let fixed: [Arg<'_>; 10] = [
            (&world.account).into(),
            (&world.region).into(),
            (&key).into(),
            (&id).into(),
            (&endpoint.name).into(),
            endpoint.created_at.into(),
            (&tags).into(),
            host_key.as_deref().into(),
            host.map(|host| host.endpoint.as_str()).into(),
            host.map(|host| host.variant.as_str()).into(),
        ];
        let args = [&derived(&endpoint, &state, rules)[..], &fixed].concat();
        if self.execute(sql, &args).await? == 0 {
            return Ok(None);
        }
        self.endpoint_written();
        self.component_written(&endpoint).await?;
        self.save_watches(&id, &endpoint).await?;
        Ok(Some(EndpointRow { id, version: 1, wake: endpoint.wake_at(), faults: 0, endpoint }))
    }

    /// Saves the state if nobody has changed it since it was read, and raises the row's version. Faults are
    /// forgotten.
    pub async fn save_endpoint(&mut self, row: &mut EndpointRow, rules: &Rules) -> Result<Saved, Error> {
        let sql = "UPDATE endpoints SET version = version + 1, modified_ms = $1, status = $2, config_name = $3, \
                   wake_ms = $4, wake_rank = $5, traffic_blue = $6, traffic_green = $7, state = $8, faults = 0 \
                   WHERE id = $9 AND version = $10";
        self.keep_past(&row.id, row.version, row.endpoint.modified_at).await?;
        let state = state::to_text(&row.endpoint);
        let found: [Arg<'_>; 2] = [(&row.id).into(), row.version.into()];
        let args = [&derived(&row.endpoint, &state, rules)[..], &found].concat();
        if self.execute(sql, &args).await? == 0 {
            return Ok(Saved::Outdated);
        }
        self.endpoint_written();
        row.version += 1;
        row.wake = row.endpoint.wake_at();
        row.faults = 0;
        self.save_watches(&row.id, &row.endpoint).await?;
        Ok(Saved::Done)
    }

    /// Deletes the endpoint at `at` if nobody has changed it since it was read. Its history stays; the spans
    /// of its instances end.
    pub async fn delete_endpoint(&mut self, row: &EndpointRow, at: Timestamp) -> Result<Saved, Error> {
        self.keep_past(&row.id, row.version, at).await?;
        let sql = "DELETE FROM endpoints WHERE id = $1 AND version = $2";
        if self.execute(sql, &[(&row.id).into(), row.version.into()]).await? == 0 {
            return Ok(Saved::Outdated);
        }
        self.endpoint_written();
        self.component_written(&row.endpoint).await?;
        self.forget_looks(&row.id).await?;
        self.set_instances(&row.id, &row.endpoint.name, &[], at).await?;
        Ok(Saved::Done)
    }

    /// Counts the inference components again, if this is one.
    async fn component_written(&mut self, endpoint: &Endpoint) -> Result<(), Error> {
        if endpoint.host.is_some() {
            let world = self.id().clone();
            self.world.components = self.count_components(&world).await?;
        }
        Ok(())
    }
}

/// Endpoints whose columns are not those of their state, a sentence each. Which word the status is depends on
/// the settings of whoever wrote it, so that is not held against the state; nor is a state of a later version.
pub(super) async fn strayed(session: &mut Session, world: &WorldId) -> Result<Vec<String>, Error> {
    let sql = "SELECT name, modified_ms, config_name, wake_rank, traffic_blue, traffic_green, state \
               FROM endpoints WHERE account = $1 AND region = $2 ORDER BY name_key";
    let mut strayed = Vec::new();
    for mut row in session.read(sql, &[(&world.account).into(), (&world.region).into()]).await? {
        let name = row.text()?;
        let stored = (row.at()?, row.text()?, row.int()?, row.int()?, row.int()?);
        let Ok(endpoint) = state::from_text(&row.text()?) else { continue };
        let traffic = traffic_of(&endpoint);
        let config_name = endpoint.config_name().to_owned();
        let (blue, green) = (i64::from(traffic.blue_bp()), i64::from(traffic.green_bp()));
        if stored != (endpoint.modified_at, config_name, endpoint.rank() as i64, blue, green) {
            strayed.push(format!("the columns of endpoint {name} are not those of its state"));
        }
    }
    Ok(strayed)
}

/// Without a deployment all traffic is on what is in service.
fn traffic_of(endpoint: &Endpoint) -> Traffic {
    endpoint.deployment().map_or(Traffic::BLUE, Deployment::traffic)
}

/// The state and the columns that are derived from it: `modified_ms`, `status`, `config_name`, `wake_ms`,
/// `wake_rank`, `traffic_blue`, `traffic_green`, `state`.
fn derived<'a>(endpoint: &'a Endpoint, state: &'a String, rules: &Rules) -> [Arg<'a>; 8] {
    let traffic = traffic_of(endpoint);
    [
        endpoint.modified_at.into(),
        endpoint.status(rules).word().into(),
        endpoint.config_name().into(),
        endpoint.wake_at().into(),
        (endpoint.rank() as i64).into(),
        i64::from(traffic.blue_bp()).into(),
        i64::from(traffic.green_bp()).into(),
        state.into(),
    ]
}

//! The history: every deployment as a row with its events, kept for ever, also after its endpoint.
//!
//! Invariant, kept by the schema: an endpoint has at most one deployment that has not ended.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::row::Row;
use super::session::Session;
use super::statement::Statement;
use super::{Error, Tx, state};
use crate::domain::deployment::record::Record;
use crate::domain::event::Event;
use crate::domain::world::WorldId;

/// A deployment and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeploymentRow {
    /// The name of its endpoint, as it was given.
    pub endpoint: String,
    /// Identity of its endpoint.
    pub endpoint_id: String,
    /// How many transitions it has had.
    pub version: i64,
    /// The deployment.
    pub record: Record,
}

/// The columns that [`read`] takes.
macro_rules! columns {
    () => {
        "id, endpoint, endpoint_id, version, sequence, kind, status, strategy, from_config, to_config, started_ms, ended_ms, \
         failure_reason"
    };
}
pub(super) use columns;

/// Reads the columns of [`columns!`].
pub(super) fn read(row: &mut Row) -> Result<DeploymentRow, Error> {
    let (id, endpoint, endpoint_id, version) = (row.text()?, row.text()?, row.text()?, row.int()?);
    let record = Record {
        id,
        sequence: row.int()?.unsigned_abs(),
        kind: from_word(row.text()?)?,
        status: from_word(row.text()?)?,
        strategy: from_word(row.text()?)?,
        from_config: row.maybe_text()?,
        to_config: row.text()?,
        started_at: row.at()?,
        ended_at: row.maybe_at()?,
        failure_reason: row.maybe_text()?,
    };
    Ok(DeploymentRow { endpoint, endpoint_id, version, record })
}

/// The word that an enum without fields is in JSON.
fn to_word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => unreachable!("an enum without fields is a string in JSON"),
    }
}

fn from_word<T: DeserializeOwned>(word: String) -> Result<T, Error> {
    let value = serde_json::Value::String(word);
    serde_json::from_value(value).map_err(|error| Error::Unreadable(format!("a deployment: {error}")))
}

impl Session {
    /// The deployment of that id in this world.
    pub async fn deployment(&mut self, world: &WorldId, id: &str) -> Result<Option<DeploymentRow>, Error> {
        let sql = concat!(
            "SELECT ",
            columns!(),
            " FROM deployments WHERE account = $1 AND region = $2 AND id = $3"
        );
        let args = [(&world.account).into(), (&world.region).into(), id.into()];
        self.read_one(sql, &args).await?.as_mut().map(read).transpose()
    }

    /// The world's deployments, of one endpoint name (ignoring case) or of all, the newest first.
    pub async fn list_deployments(
        &mut self,
        world: &WorldId,
        endpoint: Option<&str>,
        limit: u32,
    ) -> Result<Vec<DeploymentRow>, Error> {
        let key = endpoint.map(str::to_lowercase);
        let select = concat!("SELECT ", columns!(), " FROM deployments WHERE account = $1 AND region = $2");
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        statement.filter(" AND endpoint_key = ", key.as_ref());
        statement.push(" ORDER BY started_ms DESC, id DESC LIMIT ").bind(i64::from(limit));
        statement.read(self).await?.iter_mut().map(read).collect()
    }

    /// The phases of all deployments that are on their way, in all worlds; none is one that this version cannot read.
    pub async fn live_phases(&mut self) -> Result<Vec<Option<&'static str>>, Error> {
        let sql = "SELECT state FROM deployments JOIN endpoints ON endpoints.id = endpoint_id \
                   WHERE deployments.ended_ms IS NULL";
        let phase = |text: &str| Some(state::from_text(text).ok()?.deployment()?.phase.word());
        self.read(sql, &[]).await?.into_iter().map(|mut row| Ok(phase(&row.text()?))).collect()
    }

    /// The events of a deployment, in order.
    pub async fn events(&mut self, deployment_id: &str) -> Result<Vec<Event>, Error> {
        let sql = "SELECT body FROM deployment_events WHERE deployment_id = $1 ORDER BY ordinal";
        let rows = self.read(sql, &[deployment_id.into()]).await?;
        let broken = |error| Error::Unreadable(format!("a deployment's event: {error}"));
        rows.into_iter().map(|mut row| serde_json::from_str(&row.text()?).map_err(broken)).collect()
    }
}

impl Tx {
    /// Writes how a deployment stands: a new row, or the change of one that has not ended. Answers the row's
    /// version, which counts its transitions; `None`, and nothing written, if it has ended already.
    pub async fn save_deployment(
        &mut self,
        endpoint: &str,
        endpoint_id: &str,
        record: &Record,
    ) -> Result<Option<i64>, Error> {
        let sql = "INSERT INTO deployments (account, region, id, endpoint_key, endpoint, endpoint_id, sequence, version, \
                   kind, status, strategy, from_config, to_config, started_ms, ended_ms, failure_reason) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, $14, $15) \
                   ON CONFLICT (id) DO UPDATE SET version = deployments.version + 1, status = excluded.status, \
                   ended_ms = excluded.ended_ms, failure_reason = excluded.failure_reason \
                   WHERE deployments.ended_ms IS NULL RETURNING version";
        let (world, key) = (self.id().clone(), endpoint.to_lowercase());
        let (kind, status, strategy) =
            (to_word(&record.kind), to_word(&record.status), to_word(&record.strategy));
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            (&record.id).into(),
            (&key).into(),
            endpoint.into(),
            endpoint_id.into(),
            i64::try_from(record.sequence).unwrap_or(i64::MAX).into(),
            (&kind).into(),
            (&status).into(),
            (&strategy).into(),
            record.from_config.as_deref().into(),
            (&record.to_config).into(),
            record.started_at.into(),
            record.ended_at.into(),
            record.failure_reason.as_deref().into(),
        ];
        self.write(sql, &args).await?.map(|mut row| row.int()).transpose()
    }

    /// Appends events to a deployment's history.
    pub async fn append_events(&mut self, deployment_id: &str, events: &[Event]) -> Result<(), Error> {
        let sql = "INSERT INTO deployment_events (deployment_id, ordinal, at_ms, body) \
                   SELECT $1, COALESCE(MAX(ordinal), 0) + 1, $2, $3 FROM deployment_events WHERE deployment_id = $1";
        for event in events {
            let body = serde_json::to_string(event).expect("an event is plain data");
            self.execute(sql, &[deployment_id.into(), event.at.into(), (&body).into()]).await?;
            self.watched.rollbacks.extend(event.cause);
        }
        Ok(())
    }
}

//! The journal of deployments: what made each of their transitions; see [`crate::domain::journal`].
//!
//! Invariant: an entry is written in the transaction of its transition, under the version that the
//! deployment has from then on.

use super::session::Session;
use super::{Error, Tx};
use crate::domain::journal::Entry;

impl Session {
    /// The entries of a deployment with their versions, in order.
    pub async fn journal(&mut self, deployment_id: &str) -> Result<Vec<(i64, Entry)>, Error> {
        let sql = "SELECT version, body FROM deployment_steps WHERE deployment_id = $1 ORDER BY version";
        let rows = self.read(sql, &[deployment_id.into()]).await?;
        let broken = |error| Error::Unreadable(format!("an entry of a deployment's journal: {error}"));
        let entry =
            |mut row: super::row::Row| Ok((row.int()?, serde_json::from_str(&row.text()?).map_err(broken)?));
        rows.into_iter().map(entry).collect()
    }
}

impl Tx {
    /// Enters what made a deployment's transition to `version`.
    pub async fn enter(&mut self, deployment_id: &str, version: i64, entry: &Entry) -> Result<(), Error> {
        let sql =
            "INSERT INTO deployment_steps (deployment_id, version, at_ms, body) VALUES ($1, $2, $3, $4)";
        let body = serde_json::to_string(entry).expect("an entry is plain data");
        self.execute(sql, &[deployment_id.into(), version.into(), entry.at.into(), (&body).into()])
            .await
            .map(drop)
    }
}

//! How moto's models come through their transitions, for all worlds, and how often an endpoint was looked at in one.

use super::{Error, Store, Tx};
use crate::clock::Timestamp;
use crate::domain::progression::Progression;

impl Store {
    /// How this model comes through its transitions, where somebody has said so in words that this version knows.
    pub async fn progression(&self, model: &str) -> Result<Option<Progression>, Error> {
        let sql = "SELECT body FROM progressions WHERE model_name = $1";
        let Some(mut row) = self.session().read_one(sql, &[model.into()]).await? else { return Ok(None) };
        let body = row.text()?;
        let read = serde_json::from_str(&body);
        if let Err(error) = &read
            && self.said.is_new(format!("progression {body}"))
        {
            tracing::warn!(model, %error, "a progression cannot be read, so the clock alone ends transitions");
        }
        Ok(read.ok())
    }

    /// Says how this model comes through its transitions, or, without a progression, takes back what was said.
    pub async fn put_progression(&self, model: &str, progression: Option<Progression>) -> Result<(), Error> {
        let mut session = self.session();
        let Some(progression) = progression else {
            let sql = "DELETE FROM progressions WHERE model_name = $1";
            return session.execute(sql, &[model.into()]).await.map(drop);
        };
        let sql = "INSERT INTO progressions (model_name, body) VALUES ($1, $2) \
                   ON CONFLICT (model_name) DO UPDATE SET body = excluded.body";
        let body = serde_json::to_string(&progression).expect("a progression is plain data");
        session.execute(sql, &[model.into(), (&body).into()]).await.map(drop)
    }
}

impl Tx {
    /// Counts a look at an endpoint in the transition that began at `since`; answers how many that makes.
    pub async fn look(&mut self, endpoint_id: &str, since: Timestamp) -> Result<i64, Error> {
        let sql = "INSERT INTO endpoint_looks (account, region, endpoint_id, since_ms, looks) \
                   VALUES ($1, $2, $3, $4, 1) ON CONFLICT (account, region, endpoint_id) DO UPDATE SET \
                   looks = CASE WHEN endpoint_looks.since_ms = excluded.since_ms \
                   THEN endpoint_looks.looks + 1 ELSE 1 END, since_ms = excluded.since_ms RETURNING looks";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), endpoint_id.into(), since.into()];
        let row = self.write(sql, &args).await?;
        row.map_or(Ok(1), |mut row| row.int())
    }

    /// Forgets how often an endpoint was looked at: it is gone.
    pub(super) async fn forget_looks(&mut self, endpoint_id: &str) -> Result<(), Error> {
        let sql = "DELETE FROM endpoint_looks WHERE account = $1 AND region = $2 AND endpoint_id = $3";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), endpoint_id.into()];
        self.execute(sql, &args).await.map(drop)
    }
}

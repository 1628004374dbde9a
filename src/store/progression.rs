//! How moto's models come through their transitions, for all worlds, and how often an endpoint was looked at in one.

use super::{Error, Store, Tx};
use crate::clock::Timestamp;
use crate::domain::progression::Progression;

impl Store {
    /// How this model comes through its transitions, where somebody has said so.
    pub async fn progression(&self, model: &str) -> Result<Option<Progression>, Error> {
        let sql = "SELECT body FROM progressions WHERE model_name = $1";
        let row = self.session().read_one(sql, &[model.into()]).await?;
        let broken = |error| Error::Unreadable(format!("the progression of {model}: {error}"));
        row.map(|mut row| serde_json::from_str(&row.text()?).map_err(broken)).transpose()
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
}

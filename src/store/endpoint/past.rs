//! What endpoints were: kept only in a world where somebody is to be shown it.
//!
//! Every change of a state there writes the state from before, with the instant until which it was so. What was before
//! the keeping began is not known: the first state that is kept stands for it.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::injection::LONGEST_PAST_MS;
use crate::domain::world::WorldId;
use crate::store::session::Session;
use crate::store::{Error, Tx, state};

impl Session {
    /// The endpoint of that name as it was at `at`; `None` if there was none.
    pub async fn endpoint_as_of(
        &mut self,
        world: &WorldId,
        name: &str,
        at: Timestamp,
    ) -> Result<Option<Endpoint>, Error> {
        let sql = "SELECT state FROM (\
                     SELECT endpoint_id, version, until_ms, state FROM endpoint_past \
                     WHERE account = $1 AND region = $2 AND name_key = $3 AND until_ms > $4 \
                     UNION ALL SELECT id, version, 9223372036854775807, state FROM endpoints \
                     WHERE account = $1 AND region = $2 AND name_key = $3) AS known \
                   ORDER BY until_ms, endpoint_id, version LIMIT 1";
        let key = name.to_lowercase();
        let args = [(&world.account).into(), (&world.region).into(), (&key).into(), at.into()];
        let Some(mut row) = self.read_one(sql, &args).await? else { return Ok(None) };
        let endpoint = state::from_text(&row.text()?)?;
        Ok(Some(endpoint).filter(|endpoint| endpoint.created_at <= at))
    }

    /// Every endpoint of the world as it was at `at`, with its identity, by names in lower case. Those that
    /// this version cannot read are passed over.
    pub async fn endpoints_as_of(
        &mut self,
        world: &WorldId,
        at: Timestamp,
    ) -> Result<BTreeMap<String, (String, Endpoint)>, Error> {
        let sql = "SELECT name_key, endpoint_id, state FROM (\
                     SELECT name_key, endpoint_id, version, until_ms, state FROM endpoint_past \
                     WHERE account = $1 AND region = $2 AND until_ms > $3 \
                     UNION ALL SELECT name_key, id, version, 9223372036854775807, state FROM endpoints \
                     WHERE account = $1 AND region = $2) AS known \
                   ORDER BY until_ms, endpoint_id, version";
        let mut found = BTreeMap::new();
        for mut row in self.read(sql, &[(&world.account).into(), (&world.region).into(), at.into()]).await? {
            let (key, id, text) = (row.text()?, row.text()?, row.text()?);
            if found.contains_key(&key) {
                continue;
            }
            match state::from_text(&text) {
                Ok(endpoint) => drop(found.insert(key, (id, endpoint))),
                Err(error) => {
                    self.put_off(world, &format!("a look at what endpoint {key} was"), &error.to_string());
                }
            }
        }
        found.retain(|_, (_, endpoint)| endpoint.created_at <= at);
        Ok(found)
    }
}

impl Tx {
    /// Keeps the state that an endpoint has in this version until `until`, where the past is kept.
    pub(super) async fn keep_past(&mut self, id: &str, version: i64, until: Timestamp) -> Result<(), Error> {
        if !self.world.keeps_past {
            return Ok(());
        }
        let sql = "INSERT INTO endpoint_past (account, region, endpoint_id, version, name_key, until_ms, state) \
                   SELECT account, region, id, version, name_key, $3, state FROM endpoints \
                   WHERE id = $1 AND version = $2";
        self.execute(sql, &[id.into(), version.into(), until.into()]).await?;
        self.forget_past(until.plus_ms(-LONGEST_PAST_MS)).await
    }

    /// Forgets what was so until before `before`.
    pub(in crate::store) async fn forget_past(&mut self, before: Timestamp) -> Result<(), Error> {
        let sql = "DELETE FROM endpoint_past WHERE account = $1 AND region = $2 AND until_ms < $3";
        let world = self.id().clone();
        self.execute(sql, &[(&world.account).into(), (&world.region).into(), before.into()]).await.map(drop)
    }
}

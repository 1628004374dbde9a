//! Behaviours of models that were set at run time, by the id of the model. One survives its model, for a copy
//! of that may still be deployed. What a behaviour is, is the caller's to know.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::session::Session;
use super::statement::Statement;
use super::{Error, Tx};
use crate::domain::world::WorldId;

impl Session {
    /// The behaviours of those of these models that have one, by model.
    pub async fn behaviours<T: DeserializeOwned>(
        &mut self,
        world: &WorldId,
        model_ids: &[String],
    ) -> Result<BTreeMap<String, T>, Error> {
        if model_ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let select =
            "SELECT model_id, body FROM behaviours WHERE account = $1 AND region = $2 AND model_id IN ";
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        let rows = statement.bind_list(model_ids).read(self).await?;
        let broken = |error| Error::Unreadable(format!("a behaviour: {error}"));
        rows.into_iter()
            .map(|mut row| Ok((row.text()?, serde_json::from_str(&row.text()?).map_err(broken)?)))
            .collect()
    }
}

impl Tx {
    /// Sets the behaviour of a model, instead of the one it had.
    pub async fn put_behaviour(&mut self, model_id: &str, behaviour: &impl Serialize) -> Result<(), Error> {
        let sql = "INSERT INTO behaviours (account, region, model_id, body) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (account, region, model_id) DO UPDATE SET body = excluded.body";
        let body = serde_json::to_string(behaviour).expect("a behaviour is plain data with string keys");
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), model_id.into(), (&body).into()];
        self.serving_changed = true;
        self.execute(sql, &args).await.map(drop)
    }

    /// Forgets the behaviour of a model; false if it has none.
    pub async fn delete_behaviour(&mut self, model_id: &str) -> Result<bool, Error> {
        let sql = "DELETE FROM behaviours WHERE account = $1 AND region = $2 AND model_id = $3";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), model_id.into()];
        self.serving_changed = true;
        Ok(self.execute(sql, &args).await? > 0)
    }
}

//! How many instances of a model were ever launched. The count survives the model, for a copy of it may
//! still be deployed.

use super::Error;
use super::session::Session;
use crate::domain::world::WorldId;

impl Session {
    /// How many were launched so far.
    pub async fn launches(&mut self, world: &WorldId, model_id: &str) -> Result<u64, Error> {
        let sql = "SELECT launched FROM model_launches WHERE account = $1 AND region = $2 AND model_id = $3";
        let args = [(&world.account).into(), (&world.region).into(), model_id.into()];
        let row = self.read_one(sql, &args).await?;
        row.map_or(Ok(0), |mut row| Ok(row.int()?.unsigned_abs()))
    }

    /// Counts `more` launches and answers the new total.
    pub async fn add_launches(&mut self, world: &WorldId, model_id: &str, more: u32) -> Result<u64, Error> {
        let sql = "INSERT INTO model_launches (account, region, model_id, launched) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (account, region, model_id) \
                   DO UPDATE SET launched = model_launches.launched + $4 RETURNING launched";
        let more = i64::from(more).into();
        let args = [(&world.account).into(), (&world.region).into(), model_id.into(), more];
        Ok(self.written(sql, &args).await?.int()?.unsigned_abs())
    }
}

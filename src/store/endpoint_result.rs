//! Answers that were set for requests to the endpoints of a world, and the requests that they were given to. A world's row
//! says how many there were, so that a world without them pays nothing for them.

use super::row::Row;
use super::session::Session;
use super::{Error, Tx};
use crate::domain::endpoint_result::EndpointResult;
use crate::domain::world::WorldId;

fn read(row: &mut Row) -> Result<EndpointResult, Error> {
    let broken = |error| Error::Unreadable(format!("an endpoint result: {error}"));
    serde_json::from_str(&row.text()?).map_err(broken)
}

impl Session {
    /// The answer that this request was given before.
    pub async fn given_result(
        &mut self,
        world: &WorldId,
        endpoint: &str,
        fingerprint: &str,
    ) -> Result<Option<EndpointResult>, Error> {
        let sql = "SELECT body FROM endpoint_results \
                   WHERE account = $1 AND region = $2 AND endpoint = $3 AND fingerprint = $4";
        let args = [(&world.account).into(), (&world.region).into(), endpoint.into(), fingerprint.into()];
        let row = self.read_one(sql, &args).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// Whether an answer waits for a request.
    pub async fn has_result(&mut self, world: &WorldId) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM endpoint_results \
                   WHERE account = $1 AND region = $2 AND fingerprint IS NULL LIMIT 1";
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        Ok(row.is_some())
    }

    /// How many answers were set in a world, by the greatest number of those that are there.
    pub(super) async fn count_results(&mut self, world: &WorldId) -> Result<i64, Error> {
        let sql = "SELECT COALESCE(MAX(number), 0) FROM endpoint_results WHERE account = $1 AND region = $2";
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        row.map_or(Ok(0), |mut row| row.int())
    }
}

impl Tx {
    /// Puts an answer behind those that wait for a request.
    pub async fn add_result(&mut self, result: &EndpointResult) -> Result<(), Error> {
        self.world.results += 1;
        let sql = "INSERT INTO endpoint_results (account, region, number, body) VALUES ($1, $2, $3, $4)";
        let body = serde_json::to_string(result).expect("an answer is plain data");
        let (world, number) = (self.id().clone(), self.world.results);
        let args = [(&world.account).into(), (&world.region).into(), number.into(), (&body).into()];
        self.serving_changed = true;
        self.execute(sql, &args).await.map(drop)
    }

    /// Gives the first answer that waits to this request.
    pub async fn give_result(
        &mut self,
        endpoint: &str,
        fingerprint: &str,
    ) -> Result<Option<EndpointResult>, Error> {
        let sql = "UPDATE endpoint_results SET endpoint = $3, fingerprint = $4 \
                   WHERE account = $1 AND region = $2 AND number = (SELECT MIN(number) FROM endpoint_results \
                   WHERE account = $1 AND region = $2 AND fingerprint IS NULL) RETURNING body";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), endpoint.into(), fingerprint.into()];
        let row = self.write(sql, &args).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }
}

//! What was done for scalable targets: every activity has its place in the world's order.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{body_of, read_body};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::row::Row;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

/// AWS tells of the activities of six weeks.
pub const KEPT_MS: i64 = 42 * 86_400_000;

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// Its place in the world's order, from 1.
    pub number: i64,
    /// `ResourceId`.
    pub resource: String,
    /// What is known of it, as text.
    pub body: String,
}

impl ActivityRow {
    /// What is known of it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        read_body(&self.body, "scaling activity", &self.number.to_string())
    }
}

/// Which activities: all filters must hold. The newest come first.
#[derive(Clone, Copy, Debug)]
pub struct ActivityQuery<'a> {
    /// Of this resource.
    pub resource: Option<&'a str>,
    /// Those that began at this instant or later.
    pub from: Timestamp,
    /// Also those in which nothing was scaled.
    pub with_not_scaled: bool,
    /// Those before this place.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

fn read(row: &mut Row) -> Result<ActivityRow, Error> {
    Ok(ActivityRow { number: row.int()?, resource: row.text()?, body: row.text()? })
}

impl Session {
    /// The activities that the query asks for.
    pub async fn activities(
        &mut self,
        world: &WorldId,
        query: &ActivityQuery<'_>,
    ) -> Result<Vec<ActivityRow>, Error> {
        let select = "SELECT number, resource_id, body FROM scaling_activities \
                      WHERE account = $1 AND region = $2 AND at_ms >= $3";
        let args = [(&world.account).into(), (&world.region).into(), query.from.into()];
        let mut statement = Statement::new(select, &args);
        statement
            .filter(" AND resource_id = ", query.resource)
            .filter(" AND has_scaled = ", (!query.with_not_scaled).then_some(1_i64))
            .filter(" AND number < ", query.before)
            .push(" ORDER BY number DESC LIMIT ")
            .bind(i64::from(query.limit));
        statement.read(self).await?.iter_mut().map(read).collect()
    }

    /// The activities of an endpoint, by its name ignoring case, that are under way.
    pub async fn activities_under_way(
        &mut self,
        world: &WorldId,
        endpoint: &str,
    ) -> Result<Vec<ActivityRow>, Error> {
        let sql = "SELECT number, resource_id, body FROM scaling_activities \
                   WHERE account = $1 AND region = $2 AND endpoint_key = $3 AND has_ended = 0 ORDER BY number";
        let endpoint = endpoint.to_lowercase();
        let args = [(&world.account).into(), (&world.region).into(), (&endpoint).into()];
        self.read(sql, &args).await?.iter_mut().map(read).collect()
    }
}

impl Tx {
    /// Appends an activity that began at `at`, and forgets those that are too old.
    pub async fn append_activity(
        &mut self,
        (resource, endpoint): (&str, &str),
        at: Timestamp,
        (has_ended, has_scaled): (bool, bool),
        body: &impl Serialize,
    ) -> Result<(), Error> {
        let world = self.id().clone();
        let sql = "INSERT INTO scaling_activities (account, region, number, resource_id, endpoint_key, at_ms, \
                   has_ended, has_scaled, body) \
                   SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7, $8 \
                   FROM scaling_activities WHERE account = $1 AND region = $2";
        let (endpoint, body) = (endpoint.to_lowercase(), body_of(body));
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            resource.into(),
            (&endpoint).into(),
            at.into(),
            i64::from(has_ended).into(),
            i64::from(has_scaled).into(),
            (&body).into(),
        ];
        self.execute(sql, &args).await?;
        // Afterwards, so that no number is given again.
        let old = "DELETE FROM scaling_activities WHERE account = $1 AND region = $2 AND at_ms < $3 AND has_ended = 1";
        let kept = at.plus_ms(-KEPT_MS);
        let args = [(&world.account).into(), (&world.region).into(), kept.into()];
        self.execute(old, &args).await.map(drop)
    }

    /// Writes the end of an activity.
    pub async fn end_activity(&mut self, number: i64, body: &impl Serialize) -> Result<(), Error> {
        let sql = "UPDATE scaling_activities SET body = $4, has_ended = 1 \
                   WHERE account = $1 AND region = $2 AND number = $3";
        let (world, body) = (self.id().clone(), body_of(body));
        let args = [(&world.account).into(), (&world.region).into(), number.into(), (&body).into()];
        self.execute(sql, &args).await.map(drop)
    }
}

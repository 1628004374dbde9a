//! Scalable targets, their policies and scheduled actions, and what was done for them. A world's row says how many
//! targets there are, so that a world without them pays nothing for them.
//!
//! Bodies are text here; who wrote them reads them.

mod activity;
mod rule;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::row::Row;
use super::session::Session;
use super::statement::Statement;
use super::tags::{self, Tags};
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

pub use activity::{ActivityQuery, ActivityRow, KEPT_MS};
pub use rule::{RuleKind, RuleQuery, RuleRow};

/// A scalable target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetRow {
    /// `ResourceId`.
    pub resource: String,
    /// What its ARN names.
    pub id: String,
    /// `CreationTime`.
    pub created: Timestamp,
    /// What is known of it, as text.
    pub body: String,
    /// When its policies are looked at next.
    pub wake: Option<Timestamp>,
}

impl TargetRow {
    /// What is known of it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        read_body(&self.body, "scalable target", &self.resource)
    }
}

/// Which targets: all filters must hold. They come in the order of their resources.
#[derive(Clone, Copy, Debug, Default)]
pub struct TargetQuery<'a> {
    /// These alone; every one if absent, none if empty.
    pub resources: Option<&'a [String]>,
    /// Those of the endpoint of this name, ignoring case.
    pub endpoint: Option<&'a str>,
    /// That of this id.
    pub id: Option<&'a str>,
    /// Resources after this one.
    pub after: Option<&'a str>,
    /// At most so many; all if absent.
    pub limit: Option<u32>,
}

/// Reads a body that was stored of a thing.
pub(super) fn read_body<T: DeserializeOwned>(body: &str, what: &str, name: &str) -> Result<T, Error> {
    serde_json::from_str(body)
        .map_err(|error| Error::Unreadable(format!("the body of {what} {name}: {error}")))
}

/// The text of a body.
pub(super) fn body_of(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("what is known of a scaling is plain data with string keys")
}

fn read(row: &mut Row) -> Result<TargetRow, Error> {
    Ok(TargetRow {
        resource: row.text()?,
        id: row.text()?,
        created: row.at()?,
        body: row.text()?,
        wake: row.maybe_at()?,
    })
}

impl Session {
    /// The world's scalable targets that the query asks for.
    pub async fn scalable_targets(
        &mut self,
        world: &WorldId,
        query: &TargetQuery<'_>,
    ) -> Result<Vec<TargetRow>, Error> {
        let select = "SELECT resource_id, id, created_ms, body, wake_ms FROM scalable_targets \
                      WHERE account = $1 AND region = $2";
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        match query.resources {
            Some([]) => return Ok(Vec::new()),
            Some(resources) => {
                statement.push(" AND resource_id IN ").bind_list(resources.iter().map(String::as_str));
            }
            None => {}
        }
        let endpoint = query.endpoint.map(str::to_lowercase);
        statement
            .filter(" AND endpoint_key = ", endpoint.as_deref())
            .filter(" AND id = ", query.id)
            .filter(" AND resource_id > ", query.after)
            .push(" ORDER BY resource_id")
            .filter(" LIMIT ", query.limit.map(i64::from));
        statement.read(self).await?.iter_mut().map(read).collect()
    }

    /// The scalable target of exactly that resource.
    pub async fn scalable_target(
        &mut self,
        world: &WorldId,
        resource: &str,
    ) -> Result<Option<TargetRow>, Error> {
        let resources = [resource.to_owned()];
        let query = TargetQuery { resources: Some(&resources), ..TargetQuery::default() };
        Ok(self.scalable_targets(world, &query).await?.pop())
    }

    /// How many scalable targets a world has.
    pub(super) async fn count_targets(&mut self, world: &WorldId) -> Result<i64, Error> {
        let sql = "SELECT COUNT(*) FROM scalable_targets WHERE account = $1 AND region = $2";
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into()]).await?;
        row.map_or(Ok(0), |mut row| row.int())
    }
}

impl Tx {
    /// Makes a new scalable target of an endpoint's variant. The first of a world finds nothing of others: a server
    /// that knows of none may have begun the world anew and left some.
    pub async fn insert_target(
        &mut self,
        target: &TargetRow,
        endpoint: &str,
        tags: &Tags,
    ) -> Result<(), Error> {
        let world = self.id().clone();
        if self.world.scalable_targets == 0 {
            for sql in [
                "DELETE FROM scalable_targets WHERE account = $1 AND region = $2",
                "DELETE FROM scaling_rules WHERE account = $1 AND region = $2",
            ] {
                self.execute(sql, &[(&world.account).into(), (&world.region).into()]).await?;
            }
        }
        let sql = "INSERT INTO scalable_targets \
                   (account, region, resource_id, endpoint_key, id, created_ms, body, tags, wake_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
        let (endpoint, tags) = (endpoint.to_lowercase(), tags::to_text(tags));
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            (&target.resource).into(),
            (&endpoint).into(),
            (&target.id).into(),
            target.created.into(),
            (&target.body).into(),
            (&tags).into(),
            target.wake.into(),
        ];
        self.execute(sql, &args).await?;
        self.targets_written().await
    }

    /// Writes what is known of a target.
    pub async fn save_target(&mut self, resource: &str, body: &impl Serialize) -> Result<(), Error> {
        let sql = "UPDATE scalable_targets SET body = $4 \
                   WHERE account = $1 AND region = $2 AND resource_id = $3";
        let (world, body) = (self.id().clone(), body_of(body));
        let args = [(&world.account).into(), (&world.region).into(), resource.into(), (&body).into()];
        self.execute(sql, &args).await.map(drop)
    }

    /// Says when the policies of a target are looked at next, whatever was said before; none is when somebody says so.
    pub async fn set_target_wake(&mut self, resource: &str, at: Option<Timestamp>) -> Result<(), Error> {
        let sql = "UPDATE scalable_targets SET wake_ms = $4 \
                   WHERE account = $1 AND region = $2 AND resource_id = $3";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), resource.into(), at.into()];
        self.wakes_changed = true;
        self.execute(sql, &args).await.map(drop)
    }

    /// Has the policies of a target looked at at `at`, or earlier where they are due earlier.
    pub async fn wake_target(&mut self, resource: &str, at: Timestamp) -> Result<(), Error> {
        let sql = "UPDATE scalable_targets SET wake_ms = $4 WHERE account = $1 AND region = $2 AND resource_id = $3 \
                   AND (wake_ms IS NULL OR wake_ms > $4)";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), resource.into(), at.into()];
        if self.execute(sql, &args).await? > 0 {
            self.wakes_changed = true;
            self.note_earlier();
        }
        Ok(())
    }

    /// Deletes a target with its policies and scheduled actions. What was done for it stays.
    pub async fn delete_target(&mut self, resource: &str) -> Result<(), Error> {
        let world = self.id().clone();
        for sql in [
            "DELETE FROM scaling_rules WHERE account = $1 AND region = $2 AND resource_id = $3",
            "DELETE FROM scalable_targets WHERE account = $1 AND region = $2 AND resource_id = $3",
        ] {
            self.execute(sql, &[(&world.account).into(), (&world.region).into(), resource.into()]).await?;
        }
        self.targets_written().await
    }

    /// Targets whose policies are to be looked at up to `until`, the earliest first.
    pub async fn due_targets(
        &mut self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, String)>, Error> {
        if self.world.scalable_targets == 0 {
            return Ok(Vec::new());
        }
        let sql = "SELECT wake_ms, resource_id FROM scalable_targets \
                   WHERE account = $1 AND region = $2 AND wake_ms <= $3 ORDER BY wake_ms, resource_id LIMIT $4";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), until.into(), i64::from(limit).into()];
        let rows = self.read(sql, &args).await?;
        rows.into_iter().map(|mut row| Ok((row.at()?, row.text()?))).collect()
    }

    async fn targets_written(&mut self) -> Result<(), Error> {
        let world = self.id().clone();
        self.world.scalable_targets = self.count_targets(&world).await?;
        self.wakes_changed = true;
        self.note_earlier();
        Ok(())
    }
}

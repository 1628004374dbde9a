//! The policies and the scheduled actions of scalable targets.

use serde::de::DeserializeOwned;

use super::read_body;
use crate::clock::Timestamp;
use crate::domain::world::WorldId;
use crate::store::row::Row;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

/// Which kind of rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    /// `PutScalingPolicy`.
    Policy,
    /// `PutScheduledAction`.
    ScheduledAction,
}

impl RuleKind {
    fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::ScheduledAction => "scheduled-action",
        }
    }
}

/// A policy or a scheduled action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleRow {
    /// `ResourceId`.
    pub resource: String,
    /// Its name, unique among those of its kind and resource.
    pub name: String,
    /// What its ARN names.
    pub id: String,
    /// `CreationTime`.
    pub created: Timestamp,
    /// What was put, as text.
    pub body: String,
    /// When it is due next.
    pub wake: Option<Timestamp>,
}

impl RuleRow {
    /// What was put, as far as `T` knows it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        read_body(&self.body, "the rule", &self.name)
    }
}

/// Which rules of a kind: all filters must hold. They come by resource, then by name.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleQuery<'a> {
    /// Of this resource.
    pub resource: Option<&'a str>,
    /// Of these names; of all if absent, none if empty.
    pub names: Option<&'a [String]>,
    /// Those behind this resource and name.
    pub after: Option<(&'a str, &'a str)>,
    /// At most so many; all if absent.
    pub limit: Option<u32>,
}

fn read(row: &mut Row) -> Result<RuleRow, Error> {
    Ok(RuleRow {
        resource: row.text()?,
        name: row.text()?,
        id: row.text()?,
        created: row.at()?,
        body: row.text()?,
        wake: row.maybe_at()?,
    })
}

impl Session {
    /// The rules of this kind that the query asks for.
    pub async fn scaling_rules(
        &mut self,
        world: &WorldId,
        kind: RuleKind,
        query: &RuleQuery<'_>,
    ) -> Result<Vec<RuleRow>, Error> {
        let select = "SELECT resource_id, name, id, created_ms, body, wake_ms FROM scaling_rules \
                      WHERE account = $1 AND region = $2 AND kind = $3";
        let args = [(&world.account).into(), (&world.region).into(), kind.word().into()];
        let mut statement = Statement::new(select, &args);
        match query.names {
            Some([]) => return Ok(Vec::new()),
            Some(names) => {
                statement.push(" AND name IN ").bind_list(names.iter().map(String::as_str));
            }
            None => {}
        }
        statement.filter(" AND resource_id = ", query.resource);
        if let Some((resource, name)) = query.after {
            statement.push(" AND (resource_id > ").bind(resource).push(" OR (resource_id = ").bind(resource);
            statement.push(" AND name > ").bind(name).push("))");
        }
        statement.push(" ORDER BY resource_id, name").filter(" LIMIT ", query.limit.map(i64::from));
        statement.read(self).await?.iter_mut().map(read).collect()
    }

    /// The rule of exactly that name.
    pub async fn scaling_rule(
        &mut self,
        world: &WorldId,
        kind: RuleKind,
        resource: &str,
        name: &str,
    ) -> Result<Option<RuleRow>, Error> {
        let names = [name.to_owned()];
        let query = RuleQuery { resource: Some(resource), names: Some(&names), ..RuleQuery::default() };
        Ok(self.scaling_rules(world, kind, &query).await?.pop())
    }
}

impl Tx {
    /// Puts a rule: a new one, or instead of the one of its name.
    pub async fn put_scaling_rule(&mut self, kind: RuleKind, rule: &RuleRow) -> Result<(), Error> {
        let sql = "INSERT INTO scaling_rules \
                   (account, region, kind, resource_id, name, id, created_ms, body, wake_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                   ON CONFLICT (account, region, kind, resource_id, name) \
                   DO UPDATE SET body = excluded.body, wake_ms = excluded.wake_ms";
        let world = self.id().clone();
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            kind.word().into(),
            (&rule.resource).into(),
            (&rule.name).into(),
            (&rule.id).into(),
            rule.created.into(),
            (&rule.body).into(),
            rule.wake.into(),
        ];
        self.wakes_changed = true;
        self.execute(sql, &args).await.map(drop)
    }

    /// Deletes the rule of exactly that name.
    pub async fn delete_scaling_rule(
        &mut self,
        kind: RuleKind,
        resource: &str,
        name: &str,
    ) -> Result<(), Error> {
        let sql = "DELETE FROM scaling_rules \
                   WHERE account = $1 AND region = $2 AND kind = $3 AND resource_id = $4 AND name = $5";
        let world = self.id().clone();
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            kind.word().into(),
            resource.into(),
            name.into(),
        ];
        self.wakes_changed = true;
        self.execute(sql, &args).await.map(drop)
    }

    /// Scheduled actions that are due up to `until`, by resource and name, the earliest first.
    pub async fn due_scheduled_actions(
        &mut self,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, String, String)>, Error> {
        if self.world.scalable_targets == 0 {
            return Ok(Vec::new());
        }
        let sql = "SELECT wake_ms, resource_id, name FROM scaling_rules \
                   WHERE account = $1 AND region = $2 AND wake_ms <= $3 \
                   ORDER BY wake_ms, resource_id, name LIMIT $4";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), until.into(), i64::from(limit).into()];
        let rows = self.read(sql, &args).await?;
        rows.into_iter().map(|mut row| Ok((row.at()?, row.text()?, row.text()?))).collect()
    }
}

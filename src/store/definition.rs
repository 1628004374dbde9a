//! Models and endpoint configs: created, described, listed and deleted, never changed.
//!
//! Both have the same shape here: a name, a creation time and the body that was validated, which this room
//! does not understand.

use std::collections::BTreeMap;

use super::Error;
use super::listing::{self, ListQuery, Page, Sort};
use super::row::Row;
use super::session::Session;
use super::statement::Statement;
use super::tags::{self, Tags};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `CreateModel`.
    Model,
    /// `CreateEndpointConfig`.
    EndpointConfig,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::EndpointConfig => "endpoint-config",
        }
    }
}

/// A model or an endpoint config.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its identity, which no later thing of the same name shares.
    pub id: String,
    /// The name as it was given.
    pub name: String,
    /// `CreationTime`.
    pub created: Timestamp,
    /// The validated request, as text.
    pub body: String,
}

/// A line of a list of models or endpoint configs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DefinitionSummary {
    /// The name as it was given.
    pub name: String,
    /// `CreationTime`.
    pub created: Timestamp,
}

/// What came of an insertion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is there now.
    Created {
        /// Its new id.
        id: String,
        /// The world's time at its creation.
        at: Timestamp,
    },
    /// Something of that name, ignoring case, is there already; nothing was written.
    Exists,
}

/// The world's time is computed in the statement itself, as [`crate::clock::WorldClock::now`] does: seconds and
/// thousandths apart, so that no product overflows.
const INSERT: &str = "INSERT INTO definitions (kind, account, region, name_key, name, id, body, tags, created_ms) \
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, CASE WHEN now_ms > reached_ms THEN now_ms ELSE reached_ms END \
     FROM (SELECT reached_ms, anchor_world_ms + CASE WHEN passed > 0 \
             THEN passed / 1000 * rate_milli + passed % 1000 * rate_milli / 1000 ELSE 0 END AS now_ms \
           FROM (SELECT reached_ms, anchor_world_ms, $9 - anchor_base_ms AS passed, \
                   CASE mode WHEN 'manual' THEN 0 ELSE rate_milli END AS rate_milli \
                 FROM worlds WHERE account = $2 AND region = $3) AS ticking) AS world WHERE true \
     ON CONFLICT (account, region, kind, name_key) DO NOTHING RETURNING created_ms";

/// Reads id, name, `created_ms` and body.
fn read(row: &mut Row) -> Result<Definition, Error> {
    Ok(Definition { id: row.text()?, name: row.text()?, created: row.at()?, body: row.text()? })
}

impl Session {
    /// Inserts a definition at the world's time, in one statement.
    pub async fn insert_definition(
        &mut self,
        world: &WorldId,
        kind: Kind,
        name: &str,
        body: &str,
        tags: &Tags,
    ) -> Result<Inserted, Error> {
        let base_now = self.base_now().await?;
        let (key, id, tags) = (name.to_lowercase(), self.base.new_id(base_now), tags::to_text(tags));
        let args = [
            kind.word().into(),
            (&world.account).into(),
            (&world.region).into(),
            (&key).into(),
            name.into(),
            (&id).into(),
            body.into(),
            (&tags).into(),
            base_now.into(),
        ];
        if let Some(mut row) = self.write(INSERT, &args).await? {
            return Ok(Inserted::Created { id, at: row.at()? });
        }
        // Nothing was inserted: the name is taken, or the world has no row to tell the time yet.
        self.world(world).await?;
        match self.write(INSERT, &args).await? {
            Some(mut row) => Ok(Inserted::Created { id, at: row.at()? }),
            None => Ok(Inserted::Exists),
        }
    }

    /// The definition of that name, ignoring case.
    pub async fn definition(
        &mut self,
        world: &WorldId,
        kind: Kind,
        name: &str,
    ) -> Result<Option<Definition>, Error> {
        let sql = "SELECT id, name, created_ms, body FROM definitions \
                   WHERE account = $1 AND region = $2 AND kind = $3 AND name_key = $4";
        let key = name.to_lowercase();
        let args = [(&world.account).into(), (&world.region).into(), kind.word().into(), (&key).into()];
        self.read_one(sql, &args).await?.as_mut().map(read).transpose()
    }

    /// The names of these definitions by their identities, as far as they are still there.
    pub async fn definition_names(
        &mut self,
        world: &WorldId,
        kind: Kind,
        ids: &[String],
    ) -> Result<BTreeMap<String, String>, Error> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let select =
            "SELECT id, name FROM definitions WHERE account = $1 AND region = $2 AND kind = $3 AND id IN ";
        let args = [(&world.account).into(), (&world.region).into(), kind.word().into()];
        let mut statement = Statement::new(select, &args);
        statement.bind_list(ids.iter().map(String::as_str));
        statement.read(self).await?.iter_mut().map(|row| Ok((row.text()?, row.text()?))).collect()
    }

    /// Deletes the definition of that name, ignoring case, and answers what it was, with its tags; `None` if there is none.
    pub async fn delete_definition(
        &mut self,
        world: &WorldId,
        kind: Kind,
        name: &str,
    ) -> Result<Option<(Definition, Tags)>, Error> {
        let sql = "DELETE FROM definitions WHERE account = $1 AND region = $2 AND kind = $3 AND name_key = $4 \
                   RETURNING id, name, created_ms, body, tags";
        let key = name.to_lowercase();
        let args = [(&world.account).into(), (&world.region).into(), kind.word().into(), (&key).into()];
        let row = self.write(sql, &args).await?;
        row.map(|mut row| Ok((read(&mut row)?, tags::from_text(&row.text()?)?))).transpose()
    }

    /// A page of the world's definitions. They have no status and never change: filters by those are ignored.
    pub async fn list_definitions(
        &mut self,
        world: &WorldId,
        kind: Kind,
        query: &ListQuery<'_>,
    ) -> Result<Page<DefinitionSummary>, Error> {
        let select = "SELECT id, name_key, created_ms, '', name FROM definitions \
                      WHERE account = $1 AND region = $2 AND kind = $3";
        let args = [(&world.account).into(), (&world.region).into(), kind.word().into()];
        let sort = if query.sort == Sort::Status { Sort::Creation } else { query.sort };
        let query =
            ListQuery { modified_from: None, modified_before: None, status: None, sort, ..query.clone() };
        listing::page(self, select, &args, &query, |row, key| {
            Ok(DefinitionSummary { name: row.text()?, created: key.created })
        })
        .await
    }
}

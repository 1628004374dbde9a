//! Event buses beside the default one, connections and API destinations. All have the same shape here: a name, two times
//! and a body that this room does not understand.

use super::by_name::ByName;
use super::row::{Arg, Row};
use super::session::Session;
use super::statement::Statement;
use super::tags::{self, Tags};
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BusKind {
    /// `CreateEventBus`.
    EventBus,
    /// `CreateConnection`.
    Connection,
    /// `CreateApiDestination`.
    ApiDestination,
}

impl BusKind {
    /// As ARNs have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::EventBus => "event-bus",
            Self::Connection => "connection",
            Self::ApiDestination => "api-destination",
        }
    }
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusDefinition {
    /// Its name.
    pub name: String,
    /// Its identity, which no later thing of the same name shares.
    pub id: String,
    /// What it was last put with, as text.
    pub body: String,
    /// `CreationTime`.
    pub created: Timestamp,
    /// `LastModifiedTime`.
    pub modified: Timestamp,
}

const SELECT: &str = "SELECT name, id, body, created_ms, modified_ms FROM bus_definitions \
     WHERE account = $1 AND region = $2 AND kind = $3";

fn read(mut row: Row) -> Result<BusDefinition, Error> {
    let (name, id, body) = (row.text()?, row.text()?, row.text()?);
    Ok(BusDefinition { name, id, body, created: row.at()?, modified: row.at()? })
}

fn found(world: &WorldId, kind: BusKind) -> [Arg<'_>; 3] {
    [(&world.account).into(), (&world.region).into(), kind.word().into()]
}

impl Session {
    /// The one of exactly that name.
    pub async fn bus_definition(
        &mut self,
        world: &WorldId,
        kind: BusKind,
        name: &str,
    ) -> Result<Option<BusDefinition>, Error> {
        let mut statement = Statement::new(SELECT, &found(world, kind));
        statement.push(" AND name = ").bind(name);
        statement.read(self).await?.into_iter().next().map(read).transpose()
    }

    /// A page of them.
    pub async fn bus_definitions(
        &mut self,
        world: &WorldId,
        kind: BusKind,
        page: ByName<'_>,
    ) -> Result<Vec<BusDefinition>, Error> {
        let mut statement = Statement::new(SELECT, &found(world, kind));
        page.apply(&mut statement);
        statement.read(self).await?.into_iter().map(read).collect()
    }
}

impl Tx {
    /// Puts it there, or in the place of the one of that name, which keeps its tags.
    pub async fn put_bus_definition(
        &mut self,
        kind: BusKind,
        definition: &BusDefinition,
        tags: &Tags,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO bus_definitions (account, region, kind, name, id, body, tags, created_ms, modified_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (account, region, kind, name) \
                   DO UPDATE SET body = excluded.body, modified_ms = excluded.modified_ms";
        let (world, tags) = (self.id().clone(), tags::to_text(tags));
        let BusDefinition { name, id, body, created, modified } = definition;
        let args =
            [name.into(), id.into(), body.into(), (&tags).into(), (*created).into(), (*modified).into()];
        self.execute(sql, &[&found(&world, kind)[..], &args].concat()).await.map(drop)
    }

    /// Deletes the one of that name, and answers what it was.
    pub async fn delete_bus_definition(
        &mut self,
        kind: BusKind,
        name: &str,
    ) -> Result<Option<BusDefinition>, Error> {
        let sql = "DELETE FROM bus_definitions WHERE account = $1 AND region = $2 AND kind = $3 AND name = $4 \
                   RETURNING name, id, body, created_ms, modified_ms";
        let world = self.id().clone();
        let row = self.write(sql, &[&found(&world, kind)[..], &[name.into()]].concat()).await?;
        row.map(read).transpose()
    }
}

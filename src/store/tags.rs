//! Tags: pairs in the order they were given, beside the thing they belong to and gone with it.

use super::Error;
use super::bus_definition::BusKind;
use super::definition::Kind;
use super::session::Session;
use super::statement::Statement;
use crate::domain::component;
use crate::domain::world::WorldId;

/// Keys and values, in the order they were given.
pub type Tags = Vec<(String, String)>;

/// What has tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagged<'a> {
    /// A model or an endpoint config, by its name ignoring case.
    Definition(Kind, &'a str),
    /// An endpoint, by its name ignoring case.
    Endpoint(&'a str),
    /// An inference component, by its name ignoring case.
    Component(&'a str),
    /// An alarm, by its exact name.
    Alarm(&'a str),
    /// A rule, by its bus and its exact name.
    Rule(&'a str, &'a str),
    /// An event bus that has a row, by its exact name.
    EventBus(&'a str),
    /// A log group, by its exact name.
    LogGroup(&'a str),
    /// A scalable target, by its id.
    ScalableTarget(&'a str),
}

impl Tagged<'_> {
    /// Its table, what of its key is a constant, and the columns of the rest with their values.
    fn place(&self) -> (&'static str, Vec<(&'static str, String)>) {
        let of = |column, name: &str| (column, name.to_owned());
        match *self {
            Self::Definition(kind, name) => {
                ("definitions", vec![("name_key", name.to_lowercase()), of("kind", kind.word())])
            }
            Self::Endpoint(name) => ("endpoints", vec![("name_key", name.to_lowercase())]),
            Self::Component(name) => ("endpoints", vec![("name_key", component::key(name).to_lowercase())]),
            Self::Alarm(name) => ("alarms", vec![of("name", name)]),
            Self::Rule(bus, name) => ("rules", vec![of("bus", bus), of("name", name)]),
            Self::EventBus(name) => {
                ("bus_definitions", vec![of("kind", BusKind::EventBus.word()), of("name", name)])
            }
            Self::LogGroup(name) => ("log_groups", vec![of("name", name)]),
            Self::ScalableTarget(id) => ("scalable_targets", vec![of("id", id)]),
        }
    }
}

/// Appends which row it is.
fn find<'a>(statement: &mut Statement<'a>, world: &'a WorldId, keys: &'a [(&'static str, String)]) {
    statement.push(" WHERE account = ").bind(&world.account).push(" AND region = ").bind(&world.region);
    for (column, name) in keys {
        statement.push(" AND ").push(column).push(" = ").bind(name);
    }
}

impl Session {
    /// Its tags; `None` if there is no such thing.
    pub async fn tags(&mut self, world: &WorldId, of: Tagged<'_>) -> Result<Option<Tags>, Error> {
        let (table, keys) = of.place();
        let mut statement = Statement::new("SELECT tags FROM ", &[]);
        find(statement.push(table), world, &keys);
        let row = statement.read(self).await?.into_iter().next();
        row.map(|mut row| from_text(&row.text()?)).transpose()
    }

    /// Replaces its tags; false if there is no such thing. To add to them, read and replace in one
    /// transaction.
    pub async fn set_tags(&mut self, world: &WorldId, of: Tagged<'_>, tags: &Tags) -> Result<bool, Error> {
        let ((table, keys), text) = (of.place(), to_text(tags));
        let mut statement = Statement::new("UPDATE ", &[]);
        statement.push(table).push(" SET tags = ").bind(&text);
        find(&mut statement, world, &keys);
        Ok(statement.execute(self).await? > 0)
    }
}

pub(super) fn to_text(tags: &Tags) -> String {
    serde_json::to_string(tags).expect("pairs of strings are JSON")
}

pub(super) fn from_text(text: &str) -> Result<Tags, Error> {
    serde_json::from_str(text).map_err(|error| Error::Unreadable(format!("tags: {error}")))
}

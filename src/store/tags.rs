//! Tags: pairs in the order they were given, beside the thing they belong to and gone with it.

use super::Error;
use super::definition::Kind;
use super::row::Arg;
use super::session::Session;
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
    /// An alarm, by its exact name.
    Alarm(&'a str),
    /// A scalable target, by its id.
    ScalableTarget(&'a str),
}

impl Session {
    /// Its tags; `None` if there is no such thing.
    pub async fn tags(&mut self, world: &WorldId, of: Tagged<'_>) -> Result<Option<Tags>, Error> {
        let (sql, kind, key) = match of {
            Tagged::Definition(kind, name) => (
                "SELECT tags FROM definitions WHERE account = $1 AND region = $2 AND name_key = $3 AND kind = $4",
                Some(kind),
                name.to_lowercase(),
            ),
            Tagged::Endpoint(name) => (
                "SELECT tags FROM endpoints WHERE account = $1 AND region = $2 AND name_key = $3",
                None,
                name.to_lowercase(),
            ),
            Tagged::Alarm(name) => (
                "SELECT tags FROM alarms WHERE account = $1 AND region = $2 AND name = $3",
                None,
                name.to_owned(),
            ),
            Tagged::ScalableTarget(id) => (
                "SELECT tags FROM scalable_targets WHERE account = $1 AND region = $2 AND id = $3",
                None,
                id.to_owned(),
            ),
        };
        let mut args: Vec<Arg<'_>> = vec![(&world.account).into(), (&world.region).into(), (&key).into()];
        args.extend(kind.map(|kind| Arg::from(kind.word())));
        let row = self.read_one(sql, &args).await?;
        row.map(|mut row| from_text(&row.text()?)).transpose()
    }

    /// Replaces its tags; false if there is no such thing. To add to them, read and replace in one
    /// transaction.
    pub async fn set_tags(&mut self, world: &WorldId, of: Tagged<'_>, tags: &Tags) -> Result<bool, Error> {
        let (sql, kind, key) = match of {
            Tagged::Definition(kind, name) => (
                "UPDATE definitions SET tags = $4 WHERE account = $1 AND region = $2 AND name_key = $3 AND kind = $5",
                Some(kind),
                name.to_lowercase(),
            ),
            Tagged::Endpoint(name) => (
                "UPDATE endpoints SET tags = $4 WHERE account = $1 AND region = $2 AND name_key = $3",
                None,
                name.to_lowercase(),
            ),
            Tagged::Alarm(name) => (
                "UPDATE alarms SET tags = $4 WHERE account = $1 AND region = $2 AND name = $3",
                None,
                name.to_owned(),
            ),
            Tagged::ScalableTarget(id) => (
                "UPDATE scalable_targets SET tags = $4 WHERE account = $1 AND region = $2 AND id = $3",
                None,
                id.to_owned(),
            ),
        };
        let text = to_text(tags);
        let mut args: Vec<Arg<'_>> =
            vec![(&world.account).into(), (&world.region).into(), (&key).into(), (&text).into()];
        args.extend(kind.map(|kind| Arg::from(kind.word())));
        Ok(self.execute(sql, &args).await? > 0)
    }
}

pub(super) fn to_text(tags: &Tags) -> String {
    serde_json::to_string(tags).expect("pairs of strings are JSON")
}

pub(super) fn from_text(text: &str) -> Result<Tags, Error> {
    serde_json::from_str(text).map_err(|error| Error::Unreadable(format!("tags: {error}")))
}

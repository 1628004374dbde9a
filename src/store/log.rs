//! CloudWatch Logs: groups, streams, and what is in them in the order of its coming.

use super::by_name::ByName;
use super::row::{Arg, Row};
use super::session::Session;
use super::statement::Statement;
use super::tags::{self, Tags};
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// A log group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogGroup {
    /// Its name.
    pub name: String,
    /// What it was created with, as text.
    pub body: String,
    /// When.
    pub created: Timestamp,
    /// The bytes of all messages.
    pub bytes: i64,
}

/// A log stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogStream {
    /// Its name.
    pub name: String,
    /// When it was created.
    pub created: Timestamp,
    /// The time of its first event, of its last, and when that came.
    pub events: Option<[Timestamp; 3]>,
}

/// A message in a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEvent {
    /// Its place in the group.
    pub number: i64,
    /// The stream it is in.
    pub stream: String,
    /// When it happened.
    pub at: Timestamp,
    /// When it came.
    pub ingested: Timestamp,
    /// What it says.
    pub message: String,
}

/// Which events of a group: all filters must hold.
#[derive(Clone, Copy, Debug)]
pub struct LogQuery<'a> {
    /// Of these streams; of all where there are none.
    pub streams: &'a [String],
    /// What the names of the streams begin with.
    pub prefix: Option<&'a str>,
    /// From this instant on.
    pub from: Option<Timestamp>,
    /// Up to this instant.
    pub to: Option<Timestamp>,
    /// Those behind this time and number, or before them where they are told backward.
    pub beyond: Option<(Timestamp, i64)>,
    /// Whether the last ones are wanted.
    pub backward: bool,
    /// At most so many.
    pub limit: u32,
}

fn of_group<'a>(world: &'a WorldId, group: &'a str) -> [Arg<'a>; 3] {
    [(&world.account).into(), (&world.region).into(), group.into()]
}

fn read_group(mut row: Row) -> Result<LogGroup, Error> {
    Ok(LogGroup { name: row.text()?, body: row.text()?, created: row.at()?, bytes: row.int()? })
}

fn read_event(mut row: Row) -> Result<LogEvent, Error> {
    let (number, stream, at) = (row.int()?, row.text()?, row.at()?);
    Ok(LogEvent { number, stream, at, ingested: row.at()?, message: row.text()? })
}

/// A group beside the bytes of its messages.
const GROUPS: &str = "SELECT name, body, created_ms, (SELECT COALESCE(SUM(LENGTH(message)), 0) FROM log_events AS e \
     WHERE e.account = g.account AND e.region = g.region AND e.log_group = g.name) \
     FROM log_groups AS g WHERE account = $1 AND region = $2";

impl Session {
    /// Whether there is a group of exactly that name.
    pub async fn has_log_group(&mut self, world: &WorldId, name: &str) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM log_groups WHERE account = $1 AND region = $2 AND name = $3";
        Ok(self.read_one(sql, &of_group(world, name)).await?.is_some())
    }

    /// Whether a group has a stream of exactly that name.
    pub async fn has_log_stream(&mut self, world: &WorldId, group: &str, name: &str) -> Result<bool, Error> {
        let sql =
            "SELECT 1 FROM log_streams WHERE account = $1 AND region = $2 AND log_group = $3 AND name = $4";
        let args = [&of_group(world, group)[..], &[name.into()]].concat();
        Ok(self.read_one(sql, &args).await?.is_some())
    }

    /// A page of the world's groups.
    pub async fn log_groups(&mut self, world: &WorldId, page: ByName<'_>) -> Result<Vec<LogGroup>, Error> {
        let mut statement = Statement::new(GROUPS, &[(&world.account).into(), (&world.region).into()]);
        page.apply(&mut statement);
        statement.read(self).await?.into_iter().map(read_group).collect()
    }

    /// A page of a group's streams.
    pub async fn log_streams(
        &mut self,
        world: &WorldId,
        group: &str,
        page: ByName<'_>,
    ) -> Result<Vec<LogStream>, Error> {
        let sql = "SELECT name, created_ms, (SELECT MIN(at_ms) FROM log_events AS e WHERE e.account = $1 \
                   AND e.region = $2 AND e.log_group = $3 AND e.stream = s.name), \
                   (SELECT MAX(at_ms) FROM log_events AS e WHERE e.account = $1 \
                   AND e.region = $2 AND e.log_group = $3 AND e.stream = s.name), \
                   (SELECT MAX(ingested_ms) FROM log_events AS e WHERE e.account = $1 \
                   AND e.region = $2 AND e.log_group = $3 AND e.stream = s.name) \
                   FROM log_streams AS s WHERE account = $1 AND region = $2 AND log_group = $3";
        let mut statement = Statement::new(sql, &of_group(world, group));
        page.apply(&mut statement);
        let read = |mut row: Row| {
            let (name, created) = (row.text()?, row.at()?);
            let times = [row.maybe_at()?, row.maybe_at()?, row.maybe_at()?];
            let events = if let [Some(first), Some(last), Some(came)] = times {
                Some([first, last, came])
            } else {
                None
            };
            Ok(LogStream { name, created, events })
        };
        statement.read(self).await?.into_iter().map(read).collect()
    }

    /// Events of a group by time, and of the same time in the order of their coming.
    pub async fn log_events(
        &mut self,
        world: &WorldId,
        group: &str,
        query: LogQuery<'_>,
    ) -> Result<Vec<LogEvent>, Error> {
        let sql = "SELECT number, stream, at_ms, ingested_ms, message FROM log_events \
                   WHERE account = $1 AND region = $2 AND log_group = $3";
        let mut statement = Statement::new(sql, &of_group(world, group));
        if !query.streams.is_empty() {
            statement.push(" AND stream IN ").bind_list(query.streams.iter().map(String::as_str));
        }
        if let Some(prefix) = query.prefix {
            statement.push(" AND substr(stream, 1, length(").bind(prefix).push(")) = ").bind(prefix);
        }
        statement.filter(" AND at_ms >= ", query.from).filter(" AND at_ms <= ", query.to);
        if let Some((at, number)) = query.beyond {
            let [further, same] =
                if query.backward { [" < ", " AND number < "] } else { [" > ", " AND number > "] };
            statement.push(" AND (at_ms").push(further).bind(at).push(" OR (at_ms = ").bind(at);
            statement.push(same).bind(number).push("))");
        }
        statement.push(if query.backward {
            " ORDER BY at_ms DESC, number DESC LIMIT "
        } else {
            " ORDER BY at_ms, number LIMIT "
        });
        statement.bind(i64::from(query.limit));
        let mut events =
            statement.read(self).await?.into_iter().map(read_event).collect::<Result<Vec<_>, _>>()?;
        if query.backward {
            events.reverse();
        }
        Ok(events)
    }
}

impl Tx {
    /// Puts a group there; false if there is one of that name already.
    pub async fn insert_log_group(&mut self, name: &str, body: &str, tags: &Tags) -> Result<bool, Error> {
        let sql = "INSERT INTO log_groups (account, region, name, body, tags, created_ms) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (account, region, name) DO NOTHING";
        let (world, tags, now) = (self.id().clone(), tags::to_text(tags), self.now());
        let args = [&of_group(&world, name)[..], &[body.into(), (&tags).into(), now.into()]].concat();
        Ok(self.execute(sql, &args).await? > 0)
    }

    /// Deletes a group with all that is in it; false if there is none.
    pub async fn delete_log_group(&mut self, name: &str) -> Result<bool, Error> {
        let world = self.id().clone();
        for sql in [
            "DELETE FROM log_events WHERE account = $1 AND region = $2 AND log_group = $3",
            "DELETE FROM log_streams WHERE account = $1 AND region = $2 AND log_group = $3",
        ] {
            self.execute(sql, &of_group(&world, name)).await?;
        }
        let sql = "DELETE FROM log_groups WHERE account = $1 AND region = $2 AND name = $3";
        Ok(self.execute(sql, &of_group(&world, name)).await? > 0)
    }

    /// Appends a message of `at` to a stream, which begins with it if there is none; false if there is no such group.
    pub async fn append_log_event(
        &mut self,
        (group, stream): (&str, &str),
        at: Timestamp,
        message: &str,
    ) -> Result<bool, Error> {
        let (world, now) = (self.id().clone(), self.now());
        if !self.has_log_group(&world, group).await? {
            return Ok(false);
        }
        let found = of_group(&world, group);
        let begin = "INSERT INTO log_streams (account, region, log_group, name, created_ms) VALUES ($1, $2, $3, $4, $5) \
                     ON CONFLICT (account, region, log_group, name) DO NOTHING";
        self.execute(begin, &[&found[..], &[stream.into(), now.into()]].concat()).await?;
        let insert = "INSERT INTO log_events (account, region, log_group, number, stream, at_ms, ingested_ms, message) \
                      SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4, $5, $6, $7 \
                      FROM log_events WHERE account = $1 AND region = $2 AND log_group = $3";
        let rest = [stream.into(), at.into(), now.into(), message.into()];
        self.execute(insert, &[&found[..], &rest].concat()).await?;
        Ok(true)
    }
}

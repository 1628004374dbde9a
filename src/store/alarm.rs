//! Alarms: what was put, and the state of the moment. A guardrail never looks here but at the history; see
//! [`Session::observe`].

mod history;
mod wake;

use serde::de::DeserializeOwned;

use super::row::Row;
use super::session::Session;
use super::statement::Statement;
use super::tags::{self, Tags};
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;

pub use history::{Effect, HistoryItem, HistoryQuery, NewItem};

/// Which kind of alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AlarmKind {
    /// `PutMetricAlarm`.
    Metric,
    /// `PutCompositeAlarm`.
    Composite,
}

impl AlarmKind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Composite => "composite",
        }
    }

    pub(super) fn from_word(word: &str) -> Result<Self, Error> {
        [Self::Metric, Self::Composite]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| Error::Unreadable(format!("there is no alarm kind {word:?}")))
    }
}

/// The state of a word that the store wrote.
fn state_of(word: &str) -> Result<AlarmState, Error> {
    [AlarmState::Ok, AlarmState::Alarm, AlarmState::InsufficientData]
        .into_iter()
        .find(|state| state.word() == word)
        .ok_or_else(|| Error::Unreadable(format!("there is no alarm state {word:?}")))
}

/// An alarm, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// `AlarmName`; unique in its world for both kinds together, with regard to case.
    pub name: String,
    /// Which kind.
    pub kind: AlarmKind,
    /// The validated request, as text.
    pub body: String,
    /// `StateValue`.
    pub state: AlarmState,
    /// `StateReason`.
    pub reason: String,
    /// `StateReasonData`.
    pub reason_data: Option<String>,
    /// `AlarmConfigurationUpdatedTimestamp`.
    pub configured: Timestamp,
    /// `StateUpdatedTimestamp`.
    pub updated: Timestamp,
    /// `StateTransitionedTimestamp`.
    pub transitioned: Timestamp,
}

impl Alarm {
    /// What was put, as far as `T` knows it.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let unreadable = |error| Error::Unreadable(format!("the body of alarm {}: {error}", self.name));
        serde_json::from_str(&self.body).map_err(unreadable)
    }
}

/// Which alarms: all filters must hold. They come in the order of their names, byte by byte.
#[derive(Clone, Debug, Default)]
pub struct AlarmQuery<'a> {
    /// `AlarmNames`; every name if absent, none if empty.
    pub names: Option<&'a [String]>,
    /// `AlarmNamePrefix`.
    pub prefix: Option<&'a str>,
    /// `AlarmTypes`; both if absent.
    pub kind: Option<AlarmKind>,
    /// `StateValue`.
    pub state: Option<AlarmState>,
    /// A text that stands in what was put.
    pub text: Option<&'a str>,
    /// Names after this one.
    pub after: Option<&'a str>,
    /// At most so many; all if absent.
    pub limit: Option<u32>,
}

/// The columns that [`read`] takes.
macro_rules! columns {
    () => {
        "name, kind, body, state, reason, reason_data, configured_ms, updated_ms, transitioned_ms"
    };
}
use columns;

/// Reads the columns of [`columns!`].
fn read(row: &mut Row) -> Result<Alarm, Error> {
    Ok(Alarm {
        name: row.text()?,
        kind: AlarmKind::from_word(&row.text()?)?,
        body: row.text()?,
        state: state_of(&row.text()?)?,
        reason: row.text()?,
        reason_data: row.maybe_text()?,
        configured: row.at()?,
        updated: row.at()?,
        transitioned: row.at()?,
    })
}

impl Session {
    /// The alarm of exactly that name.
    pub async fn alarm(&mut self, world: &WorldId, name: &str) -> Result<Option<Alarm>, Error> {
        let sql =
            concat!("SELECT ", columns!(), " FROM alarms WHERE account = $1 AND region = $2 AND name = $3");
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into(), name.into()]).await?;
        row.map(|mut row| read(&mut row)).transpose()
    }

    /// The world's alarms that the query asks for.
    pub async fn list_alarms(
        &mut self,
        world: &WorldId,
        query: &AlarmQuery<'_>,
    ) -> Result<Vec<Alarm>, Error> {
        let select = concat!("SELECT ", columns!(), " FROM alarms WHERE account = $1 AND region = $2");
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        match query.names {
            Some([]) => return Ok(Vec::new()),
            Some(names) => {
                statement.push(" AND name IN ").bind_list(names.iter().map(String::as_str));
            }
            None => {}
        }
        if let Some(prefix) = query.prefix {
            statement.push(" AND substr(name, 1, length(").bind(prefix).push(")) = ").bind(prefix);
        }
        if let Some(text) = query.text {
            statement.push(" AND replace(body, ").bind(text).push(", '') <> body");
        }
        statement
            .filter(" AND kind = ", query.kind.map(AlarmKind::word))
            .filter(" AND state = ", query.state.map(AlarmState::word))
            .filter(" AND name > ", query.after)
            .push(" ORDER BY name")
            .filter(" LIMIT ", query.limit.map(i64::from));
        statement.read(self).await?.iter_mut().map(read).collect()
    }
}

impl Tx {
    /// Puts an alarm: a new one with these tags, or all but the tags of the one there is. What this does to
    /// its state belongs into the history too; see [`Tx::append_alarm_history`]. A new one sleeps; see
    /// [`Tx::wake_alarm`].
    pub async fn put_alarm(&mut self, alarm: &Alarm, tags_if_new: &Tags) -> Result<(), Error> {
        let sql = "INSERT INTO alarms (account, region, name, kind, body, state, reason, reason_data, \
                   configured_ms, updated_ms, transitioned_ms, tags) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
                   ON CONFLICT (account, region, name) DO UPDATE SET kind = excluded.kind, body = excluded.body, \
                   state = excluded.state, reason = excluded.reason, reason_data = excluded.reason_data, \
                   configured_ms = excluded.configured_ms, updated_ms = excluded.updated_ms, \
                   transitioned_ms = excluded.transitioned_ms";
        let (world, tags) = (self.id().clone(), tags::to_text(tags_if_new));
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            (&alarm.name).into(),
            alarm.kind.word().into(),
            (&alarm.body).into(),
            alarm.state.word().into(),
            (&alarm.reason).into(),
            alarm.reason_data.as_deref().into(),
            alarm.configured.into(),
            alarm.updated.into(),
            alarm.transitioned.into(),
            (&tags).into(),
        ];
        self.execute(sql, &args).await.map(drop)
    }

    /// Deletes the alarm of exactly that name; false if there is none. Its history stays.
    pub async fn delete_alarm(&mut self, name: &str) -> Result<bool, Error> {
        let sql = "DELETE FROM alarms WHERE account = $1 AND region = $2 AND name = $3";
        let world = self.id().clone();
        let args = [(&world.account).into(), (&world.region).into(), name.into()];
        self.wakes_changed = true;
        Ok(self.execute(sql, &args).await? > 0)
    }
}

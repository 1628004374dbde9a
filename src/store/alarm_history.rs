//! The history of alarms: every item has its place in the world's order, without gaps.
//!
//! A guardrail judges by this history and not by the present colour, so an alarm that went to ALARM and back
//! between two looks still counts.

use super::alarm::{AlarmKind, state_of};
use super::listing::Order;
use super::row::Row;
use super::session::Session;
use super::statement::Statement;
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::alarm::{AlarmChange, AlarmSight, AlarmState, Observed};
use crate::domain::world::WorldId;

/// What an item made of its alarm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: its configuration or an action.
    None,
    /// It entered this state; a new alarm enters its first one.
    Entered(AlarmState),
    /// It is gone.
    Deleted,
}

impl Effect {
    fn word(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Entered(state) => Some(state.word()),
            Self::Deleted => Some("DELETED"),
        }
    }

    fn from_word(word: Option<&str>) -> Result<Self, Error> {
        match word {
            None => Ok(Self::None),
            Some("DELETED") => Ok(Self::Deleted),
            Some(word) => state_of(word).map(Self::Entered),
        }
    }
}

/// An item to be appended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem<'a> {
    /// `AlarmName`.
    pub alarm: &'a str,
    /// Which kind of alarm.
    pub kind: AlarmKind,
    /// When it happened.
    pub at: Timestamp,
    /// `HistoryItemType`.
    pub item_type: &'a str,
    /// `HistorySummary`.
    pub summary: &'a str,
    /// `HistoryData`.
    pub body: &'a str,
    /// What it made of the alarm.
    pub effect: Effect,
}

/// An item of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryItem {
    /// Its place in the world's order, from 1.
    pub seq: i64,
    /// When it happened.
    pub at: Timestamp,
    /// `AlarmName`.
    pub alarm: String,
    /// Which kind of alarm.
    pub kind: AlarmKind,
    /// `HistoryItemType`.
    pub item_type: String,
    /// `HistorySummary`.
    pub summary: String,
    /// `HistoryData`.
    pub body: String,
    /// What it made of the alarm.
    pub effect: Effect,
}

/// Which items: all filters must hold.
#[derive(Clone, Debug)]
pub struct HistoryQuery<'a> {
    /// `AlarmName`.
    pub alarm: Option<&'a str>,
    /// `AlarmTypes`; both if absent.
    pub kind: Option<AlarmKind>,
    /// `HistoryItemType`.
    pub item_type: Option<&'a str>,
    /// `StartDate`: at or after.
    pub from: Option<Timestamp>,
    /// `EndDate`: at or before.
    pub until: Option<Timestamp>,
    /// `ScanBy`.
    pub order: Order,
    /// Items beyond this place, in the direction of the order.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

fn read(row: &mut Row) -> Result<HistoryItem, Error> {
    Ok(HistoryItem {
        seq: row.int()?,
        at: row.at()?,
        alarm: row.text()?,
        kind: AlarmKind::from_word(&row.text()?)?,
        item_type: row.text()?,
        summary: row.text()?,
        body: row.text()?,
        effect: Effect::from_word(row.maybe_text()?.as_deref())?,
    })
}

impl Session {
    /// The world's items that the query asks for.
    pub async fn alarm_history(
        &mut self,
        world: &WorldId,
        query: &HistoryQuery<'_>,
    ) -> Result<Vec<HistoryItem>, Error> {
        let select = "SELECT seq, at_ms, alarm_name, alarm_kind, item_type, summary, body, to_state \
                      FROM alarm_history WHERE account = $1 AND region = $2";
        let mut statement = Statement::new(select, &[(&world.account).into(), (&world.region).into()]);
        let (beyond, order) = match query.order {
            Order::Ascending => (" AND seq > ", " ORDER BY seq LIMIT "),
            Order::Descending => (" AND seq < ", " ORDER BY seq DESC LIMIT "),
        };
        statement
            .filter(" AND alarm_name = ", query.alarm)
            .filter(" AND alarm_kind = ", query.kind.map(AlarmKind::word))
            .filter(" AND item_type = ", query.item_type)
            .filter(" AND at_ms >= ", query.from)
            .filter(" AND at_ms <= ", query.until)
            .filter(beyond, query.after)
            .push(order)
            .bind(i64::from(query.limit));
        statement.read(self).await?.iter_mut().map(read).collect()
    }

    /// What a guardrail sees of these alarms at `now`: their states at the place `opened` (at `now`, if its
    /// window has not opened), and what happened to them since. Nothing later than `now` is seen.
    pub async fn observe(
        &mut self,
        world: &WorldId,
        alarms: &[String],
        opened: Option<i64>,
        now: Timestamp,
    ) -> Result<Observed, Error> {
        if alarms.is_empty() {
            return Ok(Observed::default());
        }
        let seq = self.last_alarm_seq(world, now).await?;
        let opened = opened.unwrap_or(seq);
        let select = "SELECT alarm_name, seq, at_ms, to_state FROM alarm_history AS item \
                      WHERE account = $1 AND region = $2 AND to_state IS NOT NULL AND seq <= $4 \
                      AND (seq > $3 OR seq = (SELECT MAX(seq) FROM alarm_history AS before \
                        WHERE before.account = $1 AND before.region = $2 AND before.alarm_name = item.alarm_name \
                        AND before.to_state IS NOT NULL AND before.seq <= $3)) AND alarm_name IN ";
        let args = [(&world.account).into(), (&world.region).into(), opened.into(), seq.into()];
        let mut statement = Statement::new(select, &args);
        statement.bind_list(alarms.iter().map(String::as_str)).push(" ORDER BY seq");
        let sight = |name: &String| AlarmSight { name: name.clone(), at_open: None, changes: Vec::new() };
        let mut observed = Observed { alarms: alarms.iter().map(sight).collect(), seq };
        for mut row in statement.read(self).await? {
            let (name, seq, at) = (row.text()?, row.int()?, row.at()?);
            let to = match Effect::from_word(row.maybe_text()?.as_deref())? {
                Effect::Entered(state) => Some(state),
                Effect::Deleted | Effect::None => None,
            };
            for sight in observed.alarms.iter_mut().filter(|sight| sight.name == name) {
                if seq > opened {
                    sight.changes.push(AlarmChange { seq, at, to });
                } else {
                    sight.at_open = to;
                }
            }
        }
        Ok(observed)
    }

    /// The place of the last item up to `now`; 0 before the first.
    async fn last_alarm_seq(&mut self, world: &WorldId, now: Timestamp) -> Result<i64, Error> {
        let sql = "SELECT seq FROM alarm_history WHERE account = $1 AND region = $2 AND at_ms <= $3 \
                   ORDER BY seq DESC LIMIT 1";
        let row = self.read_one(sql, &[(&world.account).into(), (&world.region).into(), now.into()]).await?;
        row.map_or(Ok(0), |mut row| row.int())
    }
}

impl Tx {
    /// Appends an item and answers its place. An alarm that enters ALARM or is deleted makes the deployments
    /// that watch it due at that instant.
    pub async fn append_alarm_history(&mut self, item: &NewItem<'_>) -> Result<i64, Error> {
        let sql = "INSERT INTO alarm_history (account, region, seq, at_ms, alarm_name, alarm_kind, item_type, \
                   summary, body, to_state) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9 \
                   FROM alarm_history WHERE account = $1 AND region = $2 RETURNING seq";
        let world = self.id().clone();
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            item.at.into(),
            item.alarm.into(),
            item.kind.word().into(),
            item.item_type.into(),
            item.summary.into(),
            item.body.into(),
            item.effect.word().into(),
        ];
        let row = self.write(sql, &args).await?;
        if matches!(item.effect, Effect::Entered(AlarmState::Alarm) | Effect::Deleted) {
            self.wake_watchers(item.alarm, item.at).await?;
        }
        row.map_or_else(
            || Err(Error::Unreadable("an insertion answered no row".to_owned())),
            |mut row| row.int(),
        )
    }
}

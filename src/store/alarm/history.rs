//! The history of alarms: every item has its place in the world's order, without gaps.

use super::{AlarmKind, state_of};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::store::listing::Order;
use crate::store::row::Row;
use crate::store::session::Session;
use crate::store::statement::Statement;
use crate::store::{Error, Tx};

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

    pub(in crate::store) fn from_word(word: Option<&str>) -> Result<Self, Error> {
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

impl Default for HistoryQuery<'_> {
    /// AWS's defaults: everything, the newest first, a hundred items.
    fn default() -> Self {
        let order = Order::Descending;
        Self {
            alarm: None,
            kind: None,
            item_type: None,
            from: None,
            until: None,
            order,
            after: None,
            limit: 100,
        }
    }
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
}

impl Tx {
    /// Appends an item and answers its place. The world has then reached the item's time, unless that is still to
    /// come. An alarm that enters ALARM or is deleted makes the deployments
    /// that watch it due at that instant.
    pub async fn append_alarm_history(&mut self, item: &NewItem<'_>) -> Result<i64, Error> {
        let sql = "INSERT INTO alarm_history (account, region, seq, at_ms, alarm_name, alarm_kind, item_type, \
                   summary, body, to_state) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, $4, $5, $6, $7, $8, $9 \
                   FROM alarm_history WHERE account = $1 AND region = $2 RETURNING seq";
        let world = self.id().clone();
        self.set_reached(item.at.min(self.now()));
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
        let seq = self.written(sql, &args).await?.int()?;
        if matches!(item.effect, Effect::Entered(AlarmState::Alarm) | Effect::Deleted) {
            self.wake_watchers(item.alarm, item.at).await?;
        }
        Ok(seq)
    }
}

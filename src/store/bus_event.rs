//! What EventBridge is told: the events of a world in the order in which they happened, written with what they tell of.
//!
//! Invariant: the numbers of a world's events have no gaps. Only the newest are kept.

use super::row::Row;
use super::session::Session;
use super::statement::Statement;
use super::{Error, Tx};
use crate::clock::Timestamp;
use crate::domain::world::WorldId;

/// So many events of a world are kept, or a few more.
const KEPT: i64 = 10_000;

/// Events beyond those that are kept go so many at a time.
const FORGOTTEN_AT_ONCE: i64 = 100;

/// An event to be appended.
#[derive(Clone, Copy, Debug)]
pub struct NewBusEvent<'a> {
    /// Its `id`: the same in every delivery.
    pub id: &'a str,
    /// When it happened.
    pub at: Timestamp,
    /// Its `detail-type`.
    pub detail_type: &'a str,
    /// The ARN of what it is about.
    pub resource: &'a str,
    /// The whole event as JSON.
    pub body: &'a str,
}

/// An event that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusEvent {
    /// Its place in the world's order, from 1.
    pub number: i64,
    /// The whole event as JSON.
    pub body: String,
}

/// Which events: all filters must hold.
#[derive(Clone, Copy, Debug)]
pub struct BusEventQuery<'a> {
    /// Those behind this place.
    pub after: i64,
    /// The ARN of what they are about.
    pub resource: Option<&'a str>,
    /// Their `detail-type`.
    pub detail_type: Option<&'a str>,
    /// At most so many.
    pub limit: u32,
}

fn read(row: &mut Row) -> Result<BusEvent, Error> {
    Ok(BusEvent { number: row.int()?, body: row.text()? })
}

impl Session {
    /// The events that the query asks for, the oldest first.
    pub async fn bus_events(
        &mut self,
        world: &WorldId,
        query: &BusEventQuery<'_>,
    ) -> Result<Vec<BusEvent>, Error> {
        let select = "SELECT number, body FROM bus_events WHERE account = $1 AND region = $2 AND number > $3";
        let args = [(&world.account).into(), (&world.region).into(), query.after.into()];
        let mut statement = Statement::new(select, &args);
        statement
            .filter(" AND resource = ", query.resource)
            .filter(" AND detail_type = ", query.detail_type)
            .push(" ORDER BY number LIMIT ")
            .bind(i64::from(query.limit));
        statement.read(self).await?.iter_mut().map(read).collect()
    }
}

impl Tx {
    /// Appends an event, and forgets those that are too old.
    pub async fn append_bus_event(&mut self, event: &NewBusEvent<'_>) -> Result<(), Error> {
        let sql = "INSERT INTO bus_events (account, region, number, id, at_ms, detail_type, resource, body) \
                   SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5, $6, $7 \
                   FROM bus_events WHERE account = $1 AND region = $2 RETURNING number";
        let world = self.id().clone();
        let args = [
            (&world.account).into(),
            (&world.region).into(),
            event.id.into(),
            event.at.into(),
            event.detail_type.into(),
            event.resource.into(),
            event.body.into(),
        ];
        let number = self.written(sql, &args).await?.int()?;
        if number > KEPT && number % FORGOTTEN_AT_ONCE == 0 {
            let sql = "DELETE FROM bus_events WHERE account = $1 AND region = $2 AND number <= $3";
            let args = [(&world.account).into(), (&world.region).into(), (number - KEPT).into()];
            self.execute(sql, &args).await?;
        }
        Ok(())
    }
}

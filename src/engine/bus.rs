//! What EventBridge is told of a change, written in the transaction of the change.

use super::Engine;
use crate::bridge::{Change, Event, Standing, alarm_event};
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::store::bus_event::{BusEvent, BusEventQuery, NewBusEvent};
use crate::store::{Alarm, Error, Tagged, Tx};

/// Tells that something has happened.
pub async fn tell(tx: &mut Tx, event: &Event) -> Result<(), Error> {
    let id = tx.new_id().await?;
    let body = event.to_text(&id, tx.id());
    let (at, resource) = (event.at, event.resource.as_str());
    let detail_type = event.detail_type.word();
    tx.append_bus_event(&NewBusEvent { id: &id, at, detail_type, resource, body: &body }).await.map(drop)
}

/// Tells what has changed of an endpoint at `at`; `before` is none for one that was just created.
pub(super) async fn tell_change(
    tx: &mut Tx,
    before: Option<&Endpoint>,
    after: &Endpoint,
    at: Timestamp,
    rules: &Rules,
) -> Result<(), Error> {
    let Some(change) = Change::of(before, after, rules) else { return Ok(()) };
    let world = tx.id().clone();
    let tags = tx.tags(&world, Tagged::Endpoint(&after.name)).await?.unwrap_or_default();
    for event in change.events(&world, &tags, at) {
        tell(tx, &event).await?;
    }
    Ok(())
}

/// Tells that an alarm has gone from one state to another.
pub(super) async fn tell_transition(tx: &mut Tx, old: &Alarm, alarm: &Alarm) -> Result<(), Error> {
    // What cannot be read is not told; the alarm goes to its state all the same.
    let (put, id) = (alarm.read().unwrap_or_default(), tx.new_id().await?);
    let event = alarm_event(tx.id(), &alarm.name, &put, (standing(old), standing(alarm)), &id);
    tell(tx, &event).await
}

fn standing(alarm: &Alarm) -> Standing<'_> {
    let Alarm { state, reason, reason_data, transitioned, .. } = alarm;
    Standing { state: *state, reason, reason_data: reason_data.as_deref(), since: *transitioned }
}

impl Engine {
    /// What EventBridge was told, the oldest first.
    pub async fn bus_events(
        &self,
        world: &WorldId,
        query: &BusEventQuery<'_>,
    ) -> Result<Vec<BusEvent>, super::Error> {
        Ok(self.store.session().bus_events(world, query).await?)
    }
}

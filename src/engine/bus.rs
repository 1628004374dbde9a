//! What EventBridge is told of a change, written in the transaction of the change, and put on its way to whom rules name.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use super::Engine;
use crate::bridge::{Change, Event, Pattern, Standing, alarm_event};
use crate::clock::Timestamp;
use crate::domain::endpoint::Endpoint;
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::store::bus_event::{BusEvent, BusEventQuery, NewBusEvent};
use crate::store::delivery::NewDelivery;
use crate::store::{Alarm, Error, Tagged, Tx};

/// The bus on which AWS's services tell.
pub const DEFAULT_BUS: &str = "default";

/// So much of a resource's name is enough to find it by.
const MOST_INDEXED: usize = 512;

/// The most targets of a rule.
pub const TARGETS: u32 = 100;

/// Tells on the default bus that something has happened.
pub async fn tell(tx: &mut Tx, event: &Event) -> Result<(), Error> {
    tell_on(tx, DEFAULT_BUS, event, event.at).await.map(drop)
}

/// Tells on a bus that something has happened; whoever wants to know is told at `due`. Answers the id of the event.
pub async fn tell_on(tx: &mut Tx, bus: &str, event: &Event, due: Timestamp) -> Result<String, Error> {
    let id = tx.new_id().await?;
    let told = event.to_json(&id, tx.id());
    let body = told.to_string();
    let (at, detail_type) = (event.at, event.detail_type.as_ref());
    // What clients write may be longer than an index can hold; nobody looks for such a resource.
    let resource = event.resource();
    let resource = &resource[..resource.floor_char_boundary(MOST_INDEXED)];
    tx.append_bus_event(&NewBusEvent { id: &id, at, detail_type, resource, body: &body }).await?;
    if tx.world().rules > 0 {
        // In a box: most worlds have no rules, and whatever tells of something would carry its room.
        Box::pin(post(tx, bus, event.resource(), (&told, &body), due)).await?;
    }
    Ok(id)
}

/// Puts an event on its way to the targets of every rule that wants it. In a lane is what goes from one rule to one of its
/// targets about one resource.
async fn post(
    tx: &mut Tx,
    bus: &str,
    resource: &str,
    (told, body): (&serde_json::Value, &str),
    due: Timestamp,
) -> Result<(), Error> {
    let world = tx.id().clone();
    for rule in tx.wanting_rules(&world, bus).await? {
        // A pattern that this version cannot read wants nothing.
        if !Pattern::read(&rule.pattern).is_ok_and(|pattern| pattern.matches(told)) {
            continue;
        }
        let rule_arn = world.rule_arn(bus, &rule.name);
        for target in tx.rule_targets(&world, (bus, &rule.name), None, TARGETS).await? {
            let lane = lane(&rule_arn, &target.id, resource, told);
            let target = target.body.as_str();
            let new = NewDelivery { lane: &lane, rule_arn: &rule_arn, target, event: body, due };
            tx.append_delivery(&new).await?;
        }
    }
    Ok(())
}

/// What goes in order: the events about one resource from a rule to a target. An event that names no resource is in a lane of
/// its own. A hash, because an index may not hold what clients write at any length.
fn lane(rule_arn: &str, target: &str, resource: &str, told: &serde_json::Value) -> String {
    let about = if resource.is_empty() { told["id"].as_str().unwrap_or_default() } else { resource };
    BASE64_STANDARD_NO_PAD.encode(Sha256::digest(format!("{rule_arn} {target} {about}")))
}

/// Tells what has changed of an endpoint at `at`; `before` is none for one that was just created.
pub(super) async fn tell_change(
    tx: &mut Tx,
    before: Option<&Endpoint>,
    after: &Endpoint,
    at: Timestamp,
    rules: &Rules,
) -> Result<(), Error> {
    // AWS lists no event of inference components.
    let change = if after.host.is_some() { None } else { Change::of(before, after, rules) };
    let Some(change) = change else { return Ok(()) };
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

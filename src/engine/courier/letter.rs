//! A delivery as whoever carries it needs it.

use serde_json::{Map, Value};

use crate::bridge::{Arn, Place, Target, named};
use crate::domain::world::WorldId;
use crate::store::bus_definition::BusKind;
use crate::store::delivery::Delivery;
use crate::store::{Error, Tx};

/// An event for a target.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    /// The account and region of the rule.
    pub world: WorldId,
    /// The `id` of the event: the same in every delivery.
    pub event_id: String,
    /// Where it goes.
    pub target: Target,
    /// What it says.
    pub payload: String,
    /// What else is needed to get there.
    pub means: Means,
}

/// What else is needed to reach a target.
#[derive(Clone, Debug, PartialEq)]
pub enum Means {
    /// Nothing.
    Plain,
    /// It goes to the target's dead-letter queue.
    DeadLetter(DeadLetter),
    /// The API destination, if there is one of that name.
    Http(Option<ApiDestination>),
}

/// What a dead-letter queue is told beside the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The queue.
    pub arn: String,
    /// The message's attributes.
    pub attributes: Vec<(String, String)>,
}

/// An API destination and its connection, as they were put.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiDestination {
    /// The members of the destination.
    pub destination: Map<String, Value>,
    /// The members of the connection; nothing where it is gone.
    pub connection: Option<Map<String, Value>>,
}

impl Letter {
    /// The letter of a delivery, with the API destination as it is now; the inner error says why it cannot be read.
    pub(super) async fn read(tx: &mut Tx, delivery: &Delivery) -> Result<Result<Self, String>, Error> {
        let world = tx.id().clone();
        let target = match Target::read(&delivery.target, &world) {
            Ok(target) => target,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let api = match (&delivery.dead_letter, &target.place) {
            (None, Place::ApiDestination(name, id)) => api_destination(tx, name, id).await?,
            _ => None,
        };
        Ok(Self::of(delivery, world, target, api))
    }

    /// The letter of a delivery to this target.
    pub(super) fn of(
        delivery: &Delivery,
        world: WorldId,
        mut target: Target,
        api: Option<ApiDestination>,
    ) -> Result<Self, String> {
        let event: Value = serde_json::from_str(&delivery.event).map_err(|error| error.to_string())?;
        let event_id = event["id"].as_str().unwrap_or_default().to_owned();
        target.http = target.http.for_event(&event);
        let means = match (&delivery.dead_letter, &target.place) {
            (Some(told), _) => {
                let arn = target.dead_letter.clone().ok_or("there is no dead-letter queue")?;
                Means::DeadLetter(DeadLetter { arn, attributes: attributes(told)? })
            }
            (None, Place::ApiDestination(..)) => Means::Http(api),
            (None, _) => Means::Plain,
        };
        let payload = match &means {
            // Whoever looks into the queue wants to put the event onto the bus again.
            Means::DeadLetter(_) => delivery.event.clone(),
            _ => target.payload(&event, &delivery.rule_arn),
        };
        Ok(Self { world, event_id, target, payload, means })
    }
}

fn attributes(told: &str) -> Result<Vec<(String, String)>, String> {
    let told: Map<String, Value> = serde_json::from_str(told).map_err(|error| error.to_string())?;
    let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
    Ok(told.into_iter().filter_map(text).collect())
}

/// The API destination of this name and identity, with its connection, as they are now.
async fn api_destination(tx: &mut Tx, name: &str, id: &str) -> Result<Option<ApiDestination>, Error> {
    let world = tx.id().clone();
    let Some(destination) = members(tx, &world, BusKind::ApiDestination, (name, id)).await? else {
        return Ok(None);
    };
    let connection = destination.get("ConnectionArn").and_then(Value::as_str).unwrap_or_default();
    let resource = Arn::read(connection).map_or("", |arn| arn.resource);
    let connection = members(tx, &world, BusKind::Connection, named(resource)).await?;
    Ok(Some(ApiDestination { destination, connection }))
}

/// The members of the one of this name, if it is still the one of this identity.
async fn members(
    tx: &mut Tx,
    world: &WorldId,
    kind: BusKind,
    (name, id): (&str, &str),
) -> Result<Option<Map<String, Value>>, Error> {
    let found = tx.bus_definition(world, kind, name).await?.filter(|found| found.id == id);
    Ok(found.and_then(|found| serde_json::from_str(&found.body).ok()))
}

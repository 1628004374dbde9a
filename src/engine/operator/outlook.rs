//! How a deployment stands, and what is still to come of it.

use super::forecast::forecast;
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::record::{Kind, Record, Status};
use crate::domain::deployment::{Deployment, waits_for_room};
use crate::domain::endpoint::Endpoint;
use crate::domain::event::{CauseKind, Event};
use crate::domain::rules::Rules;
use crate::domain::world::WorldId;
use crate::engine::attempt::look;
use crate::engine::tuned::Tuned;
use crate::engine::{Engine, Error};
use crate::metrics::history::{Crossing, crossing};
use crate::store::{DeploymentRow, Effect, HistoryQuery, Session};

/// A deployment with its history, how it stands, and what is to come.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// Its row.
    pub row: DeploymentRow,
    /// What happened, in order, each with what the alarms that tripped had seen.
    pub history: Vec<(Event, Vec<Tripped>)>,
    /// How it stands.
    pub prospect: Prospect,
}

/// How a deployment stands, and what is to come of it.
#[derive(Clone, Debug)]
pub struct Prospect {
    /// Why it stands there, in plain words.
    pub why: String,
    /// Since when it is paused.
    pub paused: Option<Timestamp>,
    /// The alarms that its guardrail names; none after its end, and where this server cannot tell.
    pub alarms: Option<Vec<String>>,
    /// The traffic that it is about; none where this server cannot tell.
    pub wanted: Option<Traffic>,
    /// The traffic as it is.
    pub actual: Traffic,
    /// What is to come unless an alarm trips or somebody intervenes, each stage at its time. Instances that are
    /// still to be launched come up. What is paused in a bake is to time out, if it can.
    pub planned: Vec<Event>,
}

/// An alarm that tripped, and what it had seen.
#[derive(Clone, Debug)]
pub struct Tripped {
    /// `AlarmName`.
    pub alarm: String,
    /// When it went to ALARM.
    pub at: Timestamp,
    /// `StateReason`.
    pub reason: String,
    /// The newest value that it had judged; none where it judged none: its state was set by hand, data was missing, or
    /// it is composite.
    pub value: Option<f64>,
    /// What that was held against.
    pub threshold: Option<f64>,
}

impl Engine {
    /// How the deployment of that id stands, read at one instant; `None` if this world has none.
    pub async fn outlook(&self, world: &WorldId, id: &str) -> Result<Option<Outlook>, Error> {
        let mut session = self.store.begin_reading().await?;
        let Some(row) = session.deployment(world, id).await? else { return Ok(None) };
        let mut history = Vec::new();
        for event in session.events(id).await? {
            let tripped = crossings(&mut session, world, &event).await?;
            history.push((event, tripped));
        }
        let traffic = history.last().map_or(Traffic::BLUE, |(event, _)| event.traffic);
        let prospect = match row.record.ending() {
            Some(why) => Some(Prospect::of_end(why, &row.record, traffic)),
            // The history is there also where the state cannot be made out: it is of a later version, or spoiled.
            None => look(Box::pin(prospect(&mut session, world, &row, &self.rules))).await?.unwrap_or(None),
        };
        let prospect = prospect.unwrap_or_else(|| Prospect::unknown(traffic));
        Ok(Some(Outlook { row, history, prospect }))
    }
}

/// How the endpoint of a deployment on its way stands; none if there is none.
async fn prospect(
    session: &mut Session,
    world: &WorldId,
    row: &DeploymentRow,
    rules: &Rules,
) -> Result<Option<Prospect>, Error> {
    let Some(found) = session.endpoint(world, &row.endpoint).await? else { return Ok(None) };
    let row = session.world(world).await?;
    let tuned = Tuned::read(session, world, &row, &found.endpoint).await?;
    Ok(Some(Prospect::of(&found.endpoint, &tuned, rules)))
}

/// What the alarms of an event had seen when they went to ALARM, as far as their history still says so.
async fn crossings(session: &mut Session, world: &WorldId, event: &Event) -> Result<Vec<Tripped>, Error> {
    let mut tripped = Vec::new();
    for alarm in event.alarms.iter().filter(|_| event.cause == Some(CauseKind::Alarm)) {
        let (alarm_name, item_type, until) = (Some(alarm.as_str()), Some("StateUpdate"), Some(event.at));
        let query = HistoryQuery { alarm: alarm_name, item_type, until, ..HistoryQuery::default() };
        let items = session.alarm_history(world, &query).await?;
        let entered = items.iter().find(|item| item.effect == Effect::Entered(AlarmState::Alarm));
        if let Some((item, crossing)) = entered.and_then(|item| Some((item, crossing(&item.body)?))) {
            let Crossing { reason, value, threshold } = crossing;
            tripped.push(Tripped { alarm: alarm.clone(), at: item.at, reason, value, threshold });
        }
    }
    Ok(tripped)
}

impl Prospect {
    fn of(endpoint: &Endpoint, tuned: &Tuned, rules: &Rules) -> Self {
        let deployment = endpoint.deployment();
        let creating = || {
            let room: String = endpoint.fleets().into_iter().map(waits_for_room).collect();
            format!("The first {} of {} are starting.{room}", endpoint.unit().all, endpoint.config_name())
        };
        Self {
            why: deployment.map_or_else(creating, Deployment::why),
            paused: deployment.and_then(Deployment::paused_since),
            alarms: Some(deployment.map_or_else(Vec::new, |deployment| deployment.plan.alarms.clone())),
            wanted: Some(deployment.map_or(Traffic::GREEN, Deployment::wanted)),
            actual: deployment.map_or(Traffic::GREEN, Deployment::traffic),
            planned: forecast(endpoint, tuned, rules),
        }
    }

    /// After its end, when nothing is to come.
    fn of_end(why: String, record: &Record, actual: Traffic) -> Self {
        let forward = record.kind == Kind::Create || record.status == Status::Succeeded;
        let wanted = if forward { Traffic::GREEN } else { Traffic::BLUE };
        Self { why, wanted: Some(wanted), ..Self::unknown(actual) }
    }

    /// Where this server cannot tell: a later version has written the state, or it is spoiled.
    fn unknown(actual: Traffic) -> Self {
        let why = "Where it stands, this server cannot make out.".to_owned();
        Self { why, paused: None, alarms: None, wanted: None, actual, planned: Vec::new() }
    }
}

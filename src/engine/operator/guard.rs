//! The alarms of a guardrail as they stand: the state, and the newest value beside what it is held against.

use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::domain::world::WorldId;
use crate::engine::alarm::newest;
use crate::engine::attempt::look;
use crate::engine::{Engine, Error};
use crate::metrics::alarm::{self, MetricAlarm};
use crate::store::{Alarm, AlarmKind, AlarmQuery};

/// An alarm as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// `AlarmName`.
    pub name: String,
    /// `StateValue`; none where there is no such alarm.
    pub state: Option<AlarmState>,
    /// `StateTransitionedTimestamp`.
    pub since: Option<Timestamp>,
    /// `StateReason`.
    pub reason: String,
    /// The newest value that it would judge now; none where it is composite or has none.
    pub value: Option<f64>,
    /// What values are held against; none where it is composite, or learns it.
    pub limit: Option<Limit>,
}

/// What the values of an alarm are held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limit {
    /// How, in words: `greater than`.
    pub words: &'static str,
    /// `Threshold`.
    pub threshold: f64,
}

impl Engine {
    /// The alarms of these names as they stand, in this order.
    pub async fn guards(&self, world: &WorldId, names: &[String]) -> Result<Vec<Guard>, Error> {
        let mut session = self.store.begin_reading().await?;
        let query = AlarmQuery { names: Some(names), ..AlarmQuery::default() };
        let alarms = session.list_alarms(world, &query).await?;
        let now = session.world_now(world).await?;
        let mut guards = Vec::with_capacity(names.len());
        for name in names {
            let Some(alarm) = alarms.iter().find(|alarm| alarm.name == *name) else {
                guards.push(Guard::missing(name));
                continue;
            };
            let mut guard = Guard::of(alarm);
            if let Some(definition) = metric_alarm(alarm) {
                guard.limit = limit(&definition);
                // What a defect keeps from being computed is not shown; the state is there all the same.
                let seen = look(Box::pin(newest(&mut session, world, &definition, now, &self.rules))).await?;
                guard.value = seen.unwrap_or(None).map(|sample| sample.value);
            }
            guards.push(guard);
        }
        Ok(guards)
    }
}

impl Guard {
    fn missing(name: &str) -> Self {
        let (name, reason) = (name.to_owned(), "There is no such alarm.".to_owned());
        Self { name, state: None, since: None, reason, value: None, limit: None }
    }

    fn of(alarm: &Alarm) -> Self {
        let (name, reason) = (alarm.name.clone(), alarm.reason.clone());
        let (state, since) = (Some(alarm.state), Some(alarm.transitioned));
        Self { name, state, since, reason, value: None, limit: None }
    }
}

/// What a metric alarm watches; none for a composite one, and for a body that this version cannot read.
fn metric_alarm(alarm: &Alarm) -> Option<MetricAlarm> {
    (alarm.kind == AlarmKind::Metric).then(|| alarm.read().ok()).flatten()
}

fn limit(definition: &MetricAlarm) -> Option<Limit> {
    match definition.limit {
        alarm::Limit::Threshold { operator, threshold } => Some(Limit { words: operator.words(), threshold }),
        alarm::Limit::Band { .. } => None,
    }
}

//! How an endpoint begins.

use super::command::Create;
use super::{Endpoint, State, Transition};
use crate::clock::Timestamp;
use crate::domain::capacity::Traffic;
use crate::domain::deployment::plan::Strategy;
use crate::domain::deployment::record::{Kind, Record, Status};
use crate::domain::deployment::{LaunchOrder, Side, check};
use crate::domain::event::{Event, EventKind};
use crate::domain::fleet::Fleet;
use crate::domain::refusal::Refusal;

impl Endpoint {
    /// A new endpoint.
    pub fn create(create: Create, now: Timestamp) -> Result<Transition, Refusal> {
        if let Some(config) = &create.deployment_config {
            check::alone(config, create.spec.unit())?;
        }
        let green = Fleet::empty(create.spec);
        let launches = all_of(&green);
        let total = launches.iter().map(|order| order.count).fold(0, u32::saturating_add);
        let event = Event {
            at: now,
            kind: EventKind::Launching,
            step: None,
            traffic: Traffic::GREEN,
            message: format!("Launching {total} {} of {}.", green.spec.unit().some, green.spec.config_name),
            cause: None,
            alarms: Vec::new(),
        };
        let endpoint = Self {
            name: create.name,
            host: create.host,
            created_at: now,
            modified_at: now,
            deployments: 1,
            last_deployment_config: create.deployment_config,
            failure_reason: None,
            state: State::Creating { id: create.deployment_id, green, since: now },
        };
        let record = endpoint.creation_record(Status::Running, None);
        Ok(Transition { next: Some(endpoint), record, events: vec![event], launches }.sound(now))
    }

    /// The row of its creation while that is on its way.
    pub(super) fn creation_record(&self, status: Status, ended_at: Option<Timestamp>) -> Option<Record> {
        let State::Creating { id, green, .. } = &self.state else { return None };
        Some(Record {
            id: id.clone(),
            sequence: self.deployments,
            kind: Kind::Create,
            status,
            strategy: Strategy::AllAtOnce,
            from_config: None,
            to_config: green.spec.config_name.clone(),
            started_at: self.created_at,
            ended_at,
            failure_reason: None,
        })
    }
}

/// Orders for every instance of a fleet.
fn all_of(fleet: &Fleet) -> Vec<LaunchOrder> {
    let variants = fleet.spec.variants.iter().enumerate();
    let orders =
        variants.map(|(index, v)| LaunchOrder { side: Side::Green, variant: index, count: v.instances });
    orders.filter(|order| order.count > 0).collect()
}

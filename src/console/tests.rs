//! What pages are made of, without a server: of states of the core, and of histories that were written by hand.

mod attention;
mod drawn;
mod fleets;
mod ladder;
mod moments;
mod squares;

use crate::clock::Timestamp;
use crate::domain::capacity::{Share, Traffic};
use crate::domain::deployment::plan::Strategy;
use crate::domain::deployment::record::{Kind, Record, Status};
use crate::domain::endpoint::tests::{at, one, variant};
use crate::domain::endpoint::{Endpoint, State};
use crate::domain::event::{Event, EventKind};
use crate::domain::fleet::{Fleet, Group, Outcome, Pool};
use crate::domain::variant::Health;
use crate::engine::{Outlook, Prospect};
use crate::store::DeploymentRow;

/// An endpoint in this state.
fn endpoint(state: State) -> Endpoint {
    Endpoint {
        name: "house".to_owned(),
        host: None,
        created_at: at(0),
        modified_at: at(0),
        deployments: 1,
        last_deployment_config: None,
        failure_reason: None,
        state,
    }
}

/// A fleet whose one variant has these instances.
fn fleet(config: &str, groups: &[(u32, Outcome)]) -> Fleet {
    let groups =
        groups.iter().map(|(count, outcome)| Group { count: *count, launched_at: at(0), outcome: *outcome });
    let groups: Vec<_> = groups.collect();
    let instances = groups.iter().map(|group| group.count).sum();
    Fleet { spec: one(config, instances), pools: vec![Pool { groups }] }
}

/// A line of a history: when in seconds, what, which step, and percent of green.
fn event(secs: i64, kind: EventKind, step: Option<u32>, green: u32) -> Event {
    let traffic = Traffic::weighted([(1.0, Share { green, of: 100 })].into_iter());
    let message = format!("{} at {secs}", kind.word());
    Event { at: at(secs), kind, step, traffic, message, cause: None, alarms: Vec::new() }
}

/// A canary of a quarter with bakes of a hundred seconds, from its beginning to its end.
fn canary() -> Vec<Event> {
    vec![
        event(0, EventKind::Launching, Some(1), 0),
        event(60, EventKind::ActivatingTraffic, Some(1), 25),
        event(65, EventKind::Baking, Some(1), 25),
        event(165, EventKind::ActivatingTraffic, Some(2), 100),
        event(170, EventKind::Baking, Some(2), 100),
        event(270, EventKind::Baking, None, 100),
        event(330, EventKind::Terminating, None, 100),
        event(340, EventKind::Succeeded, None, 100),
    ]
}

/// A deployment with its history, and what is to come; it has ended if the history has.
fn outlook(events: &[Event], planned: &[Event]) -> Outlook {
    let last = events.last().expect("something happened");
    let status = match last.kind {
        EventKind::Succeeded => Status::Succeeded,
        EventKind::RolledBack => Status::RolledBack,
        EventKind::RollbackFailed => Status::RollbackFailed,
        EventKind::Failed => Status::Failed,
        _ => Status::Running,
    };
    let record = Record {
        id: "d1".to_owned(),
        sequence: 2,
        kind: Kind::Update,
        status,
        strategy: Strategy::Canary,
        from_config: Some("old".to_owned()),
        to_config: "new".to_owned(),
        started_at: events[0].at,
        ended_at: last.is_ending().then_some(last.at),
        failure_reason: None,
    };
    let (endpoint, endpoint_id) = ("house".to_owned(), "e1".to_owned());
    Outlook {
        row: DeploymentRow { endpoint, endpoint_id, version: 1, record },
        history: events.iter().map(|event| (event.clone(), Vec::new())).collect(),
        prospect: Prospect {
            why: "Because.".to_owned(),
            paused: None,
            alarms: None,
            wanted: None,
            actual: last.traffic,
            planned: planned.to_vec(),
        },
    }
}

/// The first part of the canary, and the rest, which is to come at second `now`.
fn under_way(now: i64) -> Outlook {
    let (past, ahead): (Vec<_>, Vec<_>) = canary().into_iter().partition(|event| event.at <= at(now));
    outlook(&past, &ahead)
}

fn ms(secs: i64) -> i64 {
    let Timestamp(ms) = at(secs);
    ms
}

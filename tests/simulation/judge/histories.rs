//! The histories of deployments: I2, I3, I4, I5, I11 and L1.

use std::collections::BTreeMap;

use sagebrush::clock::Timestamp;
use sagebrush::domain::deployment::plan::Plan;
use sagebrush::domain::event::{CauseKind, Event, EventKind};
use sagebrush::domain::rules::Rules;

use super::countdown::{bake_ends_at, is_aside, is_steered};
use super::rows::{Rows, Told};

pub fn judge(rows: &Rows, rules: &Rules, faults: &mut Vec<String>) {
    let mut of_endpoints: BTreeMap<&str, i64> = BTreeMap::new();
    for told in &rows.deployments {
        let mut fault =
            |what: String| faults.push(format!("deployment {} of {}: {what}", told.id, told.endpoint));
        let count = of_endpoints.entry(&told.endpoint_id).or_default();
        *count += 1;
        if told.sequence != *count {
            fault(format!("I2: it is number {} in place {count}", told.sequence));
        }
        for what in whole(told) {
            fault(what);
        }
        let plan = rows.plan(told);
        if plan.is_none() && told.kind == "update" {
            fault("I4: no version of its endpoint speaks of it".to_owned());
        }
        let timely = |plan| timely(told, plan, rules);
        let on_time = !rows.put_off.contains(&told.endpoint_id);
        for what in plan.filter(|_| on_time).map(timely).unwrap_or_default() {
            fault(what);
        }
    }
}

/// Whether the history is whole: gapless, forward in time, with one end that is last and agrees with the row.
fn whole(told: &Told) -> Vec<String> {
    let mut faults = Vec::new();
    let Some(last) = told.events.last() else { return vec!["I4: it has no history".to_owned()] };
    if !told.ordinals.iter().zip(1..).all(|(ordinal, place)| *ordinal == place) {
        faults.push(format!("I4: its events are numbered {:?}", told.ordinals));
    }
    if !told.events.is_sorted_by_key(|event| event.at) {
        faults.push("I5: its events go back in time".to_owned());
    }
    let ends: Vec<&Event> = told.events.iter().filter(|event| terminal(event.kind).is_some()).collect();
    let [end] = ends[..] else {
        faults.push(format!("I3: it has {} terminal events", ends.len()));
        return faults;
    };
    if terminal(last.kind).is_none() {
        faults.push(format!("I3: {:?} comes after its end", last.kind));
    }
    if terminal(end.kind) != Some(&told.status) || told.ended != Some(end.at) {
        faults.push(format!(
            "I3: it ended {:?} at {}, its row says {} at {:?}",
            end.kind, end.at, told.status, told.ended
        ));
    }
    if told.events[0].at != told.started {
        faults.push("I5: its history does not begin with it".to_owned());
    }
    faults
}

/// The status of a deployment that ends with this event.
fn terminal(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::Succeeded => Some("succeeded"),
        EventKind::RolledBack => Some("rolled_back"),
        EventKind::RollbackFailed => Some("rollback_failed"),
        EventKind::Failed => Some("failed"),
        _ => None,
    }
}

/// Whether every stage took its time, to the millisecond, and the traffic moved by the planned steps.
fn timely(told: &Told, plan: &Plan, rules: &Rules) -> Vec<String> {
    let mut faults = Vec::new();
    let is_stage = |event: &&Event| !is_aside(event) && !is_steered(event);
    let events: Vec<&Event> = told.events.iter().filter(is_stage).collect();
    for (index, bake) in told.events.iter().enumerate().filter(|(_, event)| event.kind == EventKind::Baking) {
        let next = told.events[index + 1..].iter().find(is_stage).filter(|next| next.cause.is_none());
        let planned_ms = if bake.step.is_some() { plan.wait_ms } else { plan.termination_wait_ms };
        let ends = bake_ends_at(&told.events, index, planned_ms);
        if let Some(next) = next.filter(|next| ends != Some(next.at)) {
            faults.push(format!("I5: the bake of {} ended at {}, not at {ends:?}", bake.at, next.at));
        }
    }
    let deadline = told.started.plus_ms(plan.timeout_ms);
    for pair in events.windows(2) {
        let (event, next) = (pair[0], pair[1]);
        if next.cause == Some(CauseKind::Timeout) && next.at != deadline {
            faults.push(format!("I5: it timed out at {}, not at {deadline}", next.at));
        }
        if next.cause.is_some() {
            continue;
        }
        if let Some(ms) = stage_ms(event, rules)
            && next.at != event.at.plus_ms(ms)
        {
            let took = next.at.ms_since(event.at);
            faults.push(format!("I5: {:?} at {} took {took} ms, not {ms}", event.kind, event.at));
        }
        let moved = next.traffic != event.traffic;
        if moved
            && !matches!(
                next.kind,
                EventKind::ActivatingTraffic | EventKind::RollingBack | EventKind::RollbackFailed
            )
        {
            faults.push(format!("I11: traffic moved with {:?} at {}", next.kind, next.at));
        }
        if next.kind == EventKind::ActivatingTraffic && next.traffic.green_bp() < event.traffic.green_bp() {
            faults.push(format!("I11: green fell at {}", next.at));
        }
    }
    if i64::try_from(events.len()).expect("events are few") > longest(plan) {
        faults.push(format!("L1: it has {} events", events.len()));
    }
    for event in &events {
        let late = event.at > deadline && event.cause.is_none() && is_forward(event, plan);
        if late {
            faults.push(format!("L1: {:?} at {}, after its timeout at {deadline}", event.kind, event.at));
        }
    }
    faults
}

/// How long a stage lasts that nothing ends early; none where instances have to come up, and of bakes.
fn stage_ms(event: &Event, rules: &Rules) -> Option<i64> {
    match (event.kind, event.step) {
        (EventKind::ActivatingTraffic, _) => Some(rules.activate_ms),
        (EventKind::Terminating, _) => Some(rules.terminate_ms),
        (EventKind::RollingBack, _) if event.cause.is_some() => Some(0),
        (EventKind::RollingBack, _) if event.message.starts_with("Terminating") => Some(rules.terminate_ms),
        (EventKind::RollingBack, _) if event.message.starts_with("Activating") => Some(rules.activate_ms),
        _ => None,
    }
}

/// Whether it belongs to the part of a deployment that its timeout limits.
fn is_forward(event: &Event, plan: &Plan) -> bool {
    match event.kind {
        EventKind::ActivatingTraffic => true,
        // Those of the way back have no step.
        EventKind::Launching | EventKind::Baking => event.step.is_some(),
        EventKind::Terminating => {
            event.step.is_some_and(|step| !plan.is_last(step as usize - 1)) && plan.is_rolling()
        }
        _ => false,
    }
}

/// More events than this no deployment has: five a step, four a batch of the way back.
fn longest(plan: &Plan) -> i64 {
    let steps = i64::try_from(plan.steps()).expect("steps are few");
    let batches: i64 = plan.variants.iter().map(|variant| i64::from(variant.blue) + 2).sum();
    5 * steps + 4 * batches + 8
}

/// The instant at which a history says that something began.
pub fn first_at(told: &Told, wanted: impl Fn(&Event) -> bool) -> Option<Timestamp> {
    told.events.iter().find(|event| wanted(event)).map(|event| event.at)
}

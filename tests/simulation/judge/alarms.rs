//! Alarms and what they do to deployments: I5 and I6.
//!
//! The window of a deployment is open from its first traffic until its rollback or its last termination begins. What
//! happens at the very instants at which it opens and closes may have come before or after; such items are
//! passed over.

use sagebrush::clock::Timestamp;
use sagebrush::domain::event::{CauseKind, Event, EventKind};
use sagebrush::domain::rules::{MissingAlarm, Rules};

use super::histories::first_at;
use super::rows::{Item, Rows, Told};

pub fn judge(rows: &Rows, rules: &Rules, faults: &mut Vec<String>) {
    for pair in rows.items.windows(2).filter(|pair| pair[0].world == pair[1].world) {
        if pair[1].seq != pair[0].seq + 1 {
            faults.push(format!("I4: the history of alarms goes from {} to {}", pair[0].seq, pair[1].seq));
        }
        if pair[1].at < pair[0].at {
            faults.push(format!("I5: the history of alarms goes back in time at {}", pair[1].seq));
        }
    }
    for told in &rows.deployments {
        let Some(plan) = rows.plan(told).filter(|plan| !plan.alarms.is_empty()) else { continue };
        if rows.put_off.contains(&told.endpoint_id) {
            continue;
        }
        let items: Vec<&Item> = rows
            .items
            .iter()
            .filter(|item| item.world == told.world && plan.alarms.contains(&item.alarm))
            .collect();
        for what in guarded(told, &items, rules) {
            faults.push(format!("deployment {} of {}: I6: {what}", told.id, told.endpoint));
        }
    }
}

fn guarded(told: &Told, items: &[&Item], rules: &Rules) -> Vec<String> {
    let mut faults = Vec::new();
    let opens = first_at(told, |event| event.kind == EventKind::ActivatingTraffic);
    let cause = told.events.iter().find(|event| event.cause.is_some());
    let Some(opens) = opens else {
        if cause.is_some_and(|event| event.cause == Some(CauseKind::Alarm)) {
            faults.push("an alarm ended it before its window was open".to_owned());
        }
        return faults;
    };
    let closes = cause.or_else(|| told.events.iter().rfind(|event| event.kind == EventKind::Terminating));
    let Some(closes) = closes.map(|event| event.at) else { return faults };
    let trips = |item: &&&Item| {
        let gone = rules.missing_alarm == MissingAlarm::Rollback && item.to.as_deref() == Some("DELETED");
        item.to.as_deref() == Some("ALARM") || gone
    };
    let poll_ms = rules.alarm_poll_ms;
    for item in items.iter().filter(trips) {
        if item.at > opens && item.at.plus_ms(poll_ms) < closes {
            faults.push(format!("{} went to {:?} at {}, and nobody looked", item.alarm, item.to, item.at));
        }
    }
    if let Some(event) = cause.filter(|event| event.cause == Some(CauseKind::Alarm)) {
        faults.extend(unfounded(event, opens, items, poll_ms));
    }
    faults
}

/// Why a rollback by an alarm had no reason, or came at another time than its reason.
fn unfounded(event: &Event, opens: Timestamp, items: &[&Item], poll_ms: i64) -> Option<String> {
    if event.alarms.is_empty() {
        return Some("an alarm ended it, but which?".to_owned());
    }
    let of_alarm = |item: &&&Item| event.alarms.contains(&item.alarm) && item.to.as_deref() == Some("ALARM");
    let after = |opens: Timestamp| {
        let mut within = items.iter().filter(of_alarm).filter(move |item| item.at <= event.at);
        within.find(|item| item.at > opens).map(|item| item.at)
    };
    let first = after(opens).or_else(|| after(opens.plus_ms(-1)));
    let at_start = event.alarms.iter().any(|alarm| was_in_alarm(alarm, opens, items));
    match first {
        Some(at) if event.at.ms_since(at) <= poll_ms => None,
        _ if at_start && event.at.ms_since(opens) <= poll_ms => None,
        Some(at) => Some(format!("the alarm of {at} ended it only at {}", event.at)),
        None => Some(format!("at {} no alarm was in ALARM", event.at)),
    }
}

/// Whether an alarm was in ALARM at this instant, before or after something that happened to it then.
fn was_in_alarm(alarm: &str, at: Timestamp, items: &[&Item]) -> bool {
    let of = || items.iter().filter(|item| item.alarm == alarm && item.to.is_some());
    let before = of().rfind(|item| item.at < at);
    let mut there = before.into_iter().chain(of().filter(|item| item.at == at));
    there.any(|item| item.to.as_deref() == Some("ALARM"))
}

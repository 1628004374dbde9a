//! A plan as a timeline: how the update would go, and beside a failure how it would have gone with a good model.

use super::Ground;
use super::timeline::{Axis, Bake, Lane, LaneKind, Mark, Span, Timeline, timeline};
use crate::domain::event::{CauseKind, EventKind};
use crate::plan::{Course, Length, Moment, Outcome, Plan};

/// Draws the outcome of a plan's failure, or its schedule if there is none; nothing of a plan without either.
pub fn plan(plan: &Plan, ground: Ground) -> Option<String> {
    let schedule = plan.schedule.as_ref();
    let shown = match &plan.outcome {
        Some(outcome) => failure(outcome, schedule),
        None => of_course(schedule?),
    };
    Some(timeline(&shown, ground))
}

/// How a course went, without a failure.
fn of_course(course: &Course) -> Timeline {
    let moved = course.events.iter().filter(|event| event.phase == EventKind::ActivatingTraffic);
    Timeline {
        title: format!("{} ends after {}", course.strategy.word(), course.ends_after),
        axis: Axis::Since,
        until: course.ends_after.0,
        traffic: traffic(course),
        steps: moved.map(|event| event.after.0).collect(),
        bakes: bakes(course),
        ..Timeline::default()
    }
}

fn failure(outcome: &Outcome, schedule: Option<&Course>) -> Timeline {
    let course = &outcome.course;
    let ends = course.ends_after;
    let rolling_back = course.events.iter().find(|event| event.phase == EventKind::RollingBack);
    let mut shown = Timeline {
        lanes: lanes(outcome),
        rollback: rolling_back.map(|event| Mark { at: event.after.0, words: cause(outcome) }),
        ..of_course(course)
    };
    if let Some(good) = schedule {
        shown.planned = traffic(good);
        // Of a schedule that goes on for long after the failure, no more is shown than leaves that half of the picture.
        shown.until = good.ends_after.0.min(ends.0.saturating_mul(2)).max(ends.0);
        let departed = rolling_back.map_or(ends, |event| event.after).0;
        let never = bakes(good).into_iter().filter(|bake| bake.from >= departed && bake.from < shown.until);
        shown.bakes.extend(never.map(|bake| Bake { is_planned: true, ..bake }));
    }
    shown
}

/// What green has from each line of the history on.
fn traffic(course: &Course) -> Vec<(i64, f64)> {
    let events = course.events.iter().map(|event| (event.after.0, event.traffic.green));
    [(0, 0.0)].into_iter().chain(events).collect()
}

/// The bakes, the termination wait among them: each until the next line of the history.
fn bakes(course: &Course) -> Vec<Bake> {
    let stages: Vec<&Moment> =
        course.events.iter().filter(|event| event.phase != EventKind::Warning).collect();
    let mut bakes = Vec::new();
    for (at, event) in stages.iter().enumerate().filter(|(_, event)| event.phase == EventKind::Baking) {
        bakes.push(Bake {
            from: event.after.0,
            until: stages.get(at + 1).map_or(course.ends_after, |next| next.after).0,
            words: event.step.map_or_else(|| "wait".to_owned(), |step| format!("{step} bake")),
            is_planned: false,
        });
    }
    bakes
}

/// When the model is bad, and when each alarm that tripped is in ALARM. How long it stays so is not seen: the update
/// ends before.
fn lanes(outcome: &Outcome) -> Vec<Lane> {
    let ends = outcome.course.ends_after;
    let from = outcome.bad_from.min(ends);
    let span = |from: Length, until: Length, words| Span { from: from.0, until: Some(until.0), words };
    let bad = Lane {
        name: "the new model is bad".to_owned(),
        kind: LaneKind::Bad,
        spans: vec![span(
            from,
            outcome.traffic_back_after.unwrap_or(ends).max(from),
            format!("bad from {}", outcome.bad_from),
        )],
    };
    let alarms = outcome.tripped.iter().map(|tripped| Lane {
        name: tripped.alarm.clone(),
        kind: LaneKind::Alarm,
        spans: vec![span(tripped.after, ends, format!("in ALARM at {}", tripped.after))],
    });
    [bad].into_iter().chain(alarms).collect()
}

/// Why the update was rolled back.
fn cause(outcome: &Outcome) -> String {
    let names: Vec<&str> = outcome.tripped.iter().map(|tripped| tripped.alarm.as_str()).collect();
    match outcome.course.cause {
        Some(CauseKind::Alarm) if !names.is_empty() => format!("alarm {}", names.join(", ")),
        Some(cause) => cause.word().replace('_', " "),
        None => String::new(),
    }
}

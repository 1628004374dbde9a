//! A deployment as a timeline: what the picture is drawn of.

use crate::clock::Timestamp;
use crate::domain::deployment::record::Status;
use crate::domain::event::{CauseKind, Event, EventKind};
use crate::engine::{Course, Measured, Outlook};
use crate::picture::{Axis, Bake, Chart, Lane, LaneKind, Line, Mark, Side, Span, Timeline};
use crate::plan::Split;

/// About as many instants can be told from each other in a picture.
const PIXELS: i64 = 668;

/// The timeline of a deployment at `now`.
pub(super) fn timeline(outlook: &Outlook, course: &Course, now: Timestamp) -> Timeline {
    let record = &outlook.row.record;
    let events: Vec<&Event> = outlook.history.iter().map(|(event, _)| event).collect();
    let to_come = &outlook.prospect.planned;
    let ends = [events.last().copied(), to_come.last(), course.planned.last()];
    let from = record.started_at;
    let last = ends.into_iter().flatten().map(|event| event.at).max().unwrap_or(from);
    let known = record.ended_at.unwrap_or(now);
    let until = match record.ended_at {
        // What would have come after an early end is shown as far as it is of the same length again.
        Some(ended) => last.min(ended.plus_ms(ended.ms_since(from).max(60_000))),
        None => last.max(known),
    };
    Timeline {
        title: format!("{} {}: {}", outlook.row.endpoint, record.sequence, heading(record.status)),
        blue: record.from_config.clone().unwrap_or_else(|| "nothing".to_owned()),
        green: record.to_config.clone(),
        axis: Axis::Clock,
        from: from.0,
        until: until.0,
        now: record.ended_at.is_none().then(|| coarse(now, from, until)),
        ended: record.ended_at.map(|ended| ended.0),
        traffic: shares(events.iter().copied()),
        planned: shares(course.planned.iter()),
        steps: events
            .iter()
            .filter(|event| event.kind == EventKind::ActivatingTraffic)
            .map(|event| event.at.0)
            .collect(),
        bakes: bakes(&events, to_come, until),
        lanes: course.alarms.iter().map(|alarm| lane(&alarm.name, &alarm.spans, record.ended_at)).collect(),
        rollback: events
            .iter()
            .find(|event| event.kind == EventKind::RollingBack)
            .map(|event| Mark { at: event.at.0, words: cause(event) }),
        charts: charts(course),
    }
}

/// An instant as exactly as the picture can show it, so that it is the same picture until something has moved.
fn coarse(at: Timestamp, from: Timestamp, until: Timestamp) -> i64 {
    if at >= until {
        return at.0;
    }
    let pixel = (until.ms_since(from) / PIXELS).max(1_000);
    from.0 + at.ms_since(from) / pixel * pixel
}

/// Why it was rolled back, in a few words: `alarm shop-errors`.
fn cause(event: &Event) -> String {
    match event.cause {
        Some(CauseKind::Alarm) if !event.alarms.is_empty() => format!("alarm {}", event.alarms.join(", ")),
        Some(cause) => cause.word().replace('_', " "),
        None => String::new(),
    }
}

fn heading(status: Status) -> &'static str {
    match status {
        Status::Running => "under way",
        Status::Succeeded => "succeeded",
        Status::RolledBack => "rolled back",
        Status::RollbackFailed => "its rollback failed",
        Status::Failed => "its creation failed",
    }
}

fn shares<'a>(events: impl Iterator<Item = &'a Event>) -> Vec<(i64, f64)> {
    let mut shares: Vec<(i64, f64)> = Vec::new();
    for event in events {
        let green = Split::from(event.traffic).green;
        if shares.last().is_none_or(|(_, before)| (before - green).abs() > f64::EPSILON) {
            shares.push((event.at.0, green));
        }
    }
    shares
}

/// The bakes that were, the one that is under way, and those to come, each until the next stage.
fn bakes(events: &[&Event], to_come: &[Event], until: Timestamp) -> Vec<Bake> {
    let were = events.iter().filter(|event| event.kind.is_stage()).map(|event| (*event, false));
    let stages: Vec<_> = were.chain(to_come.iter().map(|event| (event, true))).collect();
    let mut bakes = Vec::new();
    for (at, (event, is_planned)) in stages.iter().enumerate() {
        let until = stages.get(at + 1).map_or(until, |(next, _)| next.at);
        if event.kind == EventKind::Baking && until > event.at {
            let words = event.step.map_or_else(|| "wait".to_owned(), |step| format!("{step} bake"));
            bakes.push(Bake { from: event.at.0, until: until.0, words, is_planned: *is_planned });
        }
    }
    bakes
}

/// When an alarm was in ALARM, as far as it was watched.
fn lane(name: &str, spans: &[(Timestamp, Option<Timestamp>)], ended: Option<Timestamp>) -> Lane {
    let span = |(from, until): &(Timestamp, Option<Timestamp>)| Span {
        from: from.0,
        until: until.or(ended).map(|until| until.0),
        words: "ALARM".to_owned(),
    };
    Lane { name: name.to_owned(), kind: LaneKind::Alarm, spans: spans.iter().map(span).collect() }
}

/// What requests met, as far as there were any.
fn charts(course: &Course) -> Vec<Chart> {
    let chart = |name: &str, unit, by: f64, of: &dyn Fn(&Measured) -> &Vec<(Timestamp, f64)>| {
        let sides =
            if course.measured.len() > 1 { [Side::Blue, Side::Green] } else { [Side::Green, Side::Green] };
        let line = |(measured, side): (&Measured, Side)| Line {
            side,
            config: measured.config.clone(),
            points: of(measured).iter().map(|(at, value)| (at.0, value * by)).collect(),
            span_ms: course.period_ms,
        };
        let lines: Vec<_> = course.measured.iter().zip(sides).map(line).collect();
        let is_empty = lines.iter().all(|line| line.points.is_empty());
        (!is_empty).then(|| Chart { name: name.to_owned(), unit, lines, limit: None })
    };
    let charts = [
        chart("errors", "%", 100.0, &|measured| &measured.error_rate),
        chart("latency", "ms", 1.0, &|measured| &measured.latency_ms),
    ];
    charts.into_iter().flatten().collect()
}

//! What the picture of a deployment is drawn of.

use super::*;
use crate::console::drawn::timeline;
use crate::domain::event::CauseKind;
use crate::engine::{Course, Measured, Watched};
use crate::picture::{Axis, Bake, LaneKind, Side, Timeline};

/// The course of the canary, as it was planned.
fn course() -> Course {
    Course { planned: canary()[1..].to_vec(), ..Course::default() }
}

fn drawn(outlook: &Outlook, course: &Course, now: i64) -> Timeline {
    timeline(outlook, course, at(now))
}

/// From when to when the bakes go in seconds, with their words; `?` before those that are to come.
fn bakes(timeline: &Timeline) -> Vec<String> {
    let told = |bake: &Bake| {
        let sign = if bake.is_planned { "?" } else { "" };
        format!("{sign}{} {}–{}", bake.words, bake.from / 1000, bake.until / 1000)
    };
    timeline.bakes.iter().map(told).collect()
}

/// A rollback at second 130 that was over ten seconds later.
fn rolled_back() -> Outlook {
    let mut events = canary()[..3].to_vec();
    let alarms = ["latency", "errors"].map(str::to_owned).to_vec();
    let back = event(130, EventKind::RollingBack, None, 0);
    events.push(Event { cause: Some(CauseKind::Alarm), alarms, ..back });
    events.push(event(140, EventKind::RolledBack, None, 0));
    outlook(&events, &[])
}

#[test]
fn under_way_it_is_known_until_now_and_reaches_to_where_it_is_to_end() {
    let shown = drawn(&under_way(100), &course(), 100);
    assert_eq!((shown.from, shown.until, shown.now), (ms(0), ms(340), Some(ms(100))));
    assert_eq!((shown.axis, shown.title.as_str()), (Axis::Clock, "house 2: under way"));
    assert_eq!((shown.blue.as_str(), shown.green.as_str()), ("old", "new"));
    assert_eq!(shown.traffic, [(ms(0), 0.0), (ms(60), 25.0)]);
    assert_eq!(shown.planned, [(ms(60), 25.0), (ms(165), 100.0)], "the ghost");
    assert_eq!(shown.steps, [ms(60)]);
    assert_eq!(bakes(&shown), ["1 bake 65–165", "?2 bake 170–270", "?wait 270–330"]);
    assert_eq!(shown.rollback, None);
}

#[test]
fn a_picture_stays_the_same_until_something_in_it_has_moved() {
    let shown = |ms| timeline(&under_way(100), &course(), Timestamp(ms));
    assert_eq!(shown(100_000), shown(100_999));
    assert_ne!(shown(100_000), shown(101_000));
    let day = Course { planned: vec![event(86_400, EventKind::Succeeded, None, 100)], ..Course::default() };
    let shown = |secs| timeline(&under_way(100), &day, at(secs));
    assert_eq!(shown(130), shown(258), "two minutes of a day are as wide as a dot");
    assert_ne!(shown(130), shown(259));
}

#[test]
fn at_the_very_beginning_there_is_a_plan_and_no_traffic_of_green_yet() {
    let shown = drawn(&under_way(0), &course(), 0);
    assert_eq!((shown.from, shown.until, shown.now), (ms(0), ms(340), Some(ms(0))));
    assert_eq!(shown.traffic, [(ms(0), 0.0)]);
    assert_eq!(bakes(&shown), ["?1 bake 65–165", "?2 bake 170–270", "?wait 270–330"]);
}

#[test]
fn what_takes_longer_than_was_planned_reaches_to_now() {
    let paused = outlook(&canary()[..3], &[]);
    let shown = drawn(&paused, &course(), 1_000);
    assert_eq!((shown.until, shown.now), (ms(1_000), Some(ms(1_000))));
    assert_eq!(bakes(&shown), ["1 bake 65–1000"]);
}

#[test]
fn a_success_ends_with_its_end() {
    let shown = drawn(&outlook(&canary(), &[]), &course(), 5_000);
    assert_eq!((shown.until, shown.now, shown.title.as_str()), (ms(340), None, "house 2: succeeded"));
    assert_eq!(shown.steps, [ms(60), ms(165)]);
    assert_eq!(bakes(&shown), ["1 bake 65–165", "2 bake 170–270", "wait 270–330"]);
}

#[test]
fn a_rollback_has_its_mark_and_shows_what_would_have_come_for_as_long_again() {
    let shown = drawn(&rolled_back(), &course(), 5_000);
    assert_eq!((shown.until, shown.now), (ms(280), None));
    assert_eq!(shown.title, "house 2: rolled back");
    let mark = shown.rollback.unwrap();
    assert_eq!((mark.at, mark.words.as_str()), (ms(130), "alarm latency, errors"));
    assert_eq!(shown.traffic, [(ms(0), 0.0), (ms(60), 25.0), (ms(130), 0.0)]);
    assert_eq!(shown.planned.last(), Some(&(ms(165), 100.0)));
    assert_eq!(bakes(&drawn(&rolled_back(), &course(), 5_000)), ["1 bake 65–130"]);
    let short = outlook(
        &[event(0, EventKind::Launching, Some(1), 0), event(10, EventKind::RolledBack, None, 0)],
        &[],
    );
    assert_eq!(drawn(&short, &course(), 5_000).until, ms(70), "a minute at least");
    assert_eq!(drawn(&short, &Course::default(), 5_000).until, ms(10), "nothing would have come");
}

#[test]
fn the_mark_of_a_rollback_says_its_cause_in_a_few_words() {
    for (cause, words) in [
        (Some(CauseKind::Alarm), "alarm"),
        (Some(CauseKind::MissingAlarm), "missing alarm"),
        (Some(CauseKind::Operator), "operator"),
        (None, ""),
    ] {
        let back = Event { cause, ..event(130, EventKind::RollingBack, None, 0) };
        let later = event(135, EventKind::RollingBack, None, 0);
        let shown = drawn(&outlook(&[canary()[0].clone(), back, later], &[]), &course(), 140);
        let mark = shown.rollback.unwrap();
        assert_eq!((mark.at, mark.words.as_str()), (ms(130), words), "where it began");
    }
}

#[test]
fn each_alarm_has_its_lane_also_one_that_was_never_in_alarm() {
    let spans = vec![(at(0), Some(at(10))), (at(90), None)];
    let alarms = vec![
        Watched { name: "latency".to_owned(), spans },
        Watched { name: "errors".to_owned(), spans: Vec::new() },
    ];
    let shown = drawn(&under_way(100), &Course { alarms, ..course() }, 100);
    let [latency, errors] = &shown.lanes[..] else { panic!("{:?}", shown.lanes) };
    assert_eq!((latency.name.as_str(), latency.kind), ("latency", LaneKind::Alarm));
    let ends: Vec<_> =
        latency.spans.iter().map(|span| (span.from, span.until, span.words.as_str())).collect();
    assert_eq!(ends, [(ms(0), Some(ms(10)), "ALARM"), (ms(90), None, "ALARM")]);
    assert_eq!((errors.name.as_str(), errors.spans.len()), ("errors", 0));
    let spans = vec![(at(90), None)];
    let course = Course { alarms: vec![Watched { name: "latency".to_owned(), spans }], ..course() };
    let ended = drawn(&rolled_back(), &course, 5_000);
    assert_eq!(ended.lanes[0].spans[0].until, Some(ms(140)), "nobody watched it any longer");
}

fn measured(config: &str, errors: &[(i64, f64)], latency: &[(i64, f64)]) -> Measured {
    let points = |points: &[(i64, f64)]| points.iter().map(|(secs, value)| (at(*secs), *value)).collect();
    Measured { config: config.to_owned(), error_rate: points(errors), latency_ms: points(latency) }
}

#[test]
fn there_is_a_chart_of_what_was_measured_and_none_of_what_was_not() {
    let none = vec![measured("old", &[], &[]), measured("new", &[], &[])];
    assert_eq!(drawn(&under_way(100), &Course { measured: none, ..course() }, 100).charts, []);
    let some = vec![measured("old", &[(0, 0.0)], &[]), measured("new", &[(60, 0.25)], &[])];
    let period_ms = 120_000;
    let shown = drawn(&under_way(100), &Course { measured: some, period_ms, ..course() }, 100);
    let [errors] = &shown.charts[..] else { panic!("{:?}", shown.charts) };
    assert_eq!((errors.name.as_str(), errors.unit, errors.limit), ("errors", "%", None));
    let [old, new] = &errors.lines[..] else { panic!("{errors:?}") };
    assert_eq!((old.side, old.config.as_str(), old.span_ms), (Side::Blue, "old", 120_000));
    assert_eq!((new.side, new.points.as_slice()), (Side::Green, &[(ms(60), 25.0)][..]));
    let latency = vec![measured("old", &[], &[(0, 12.5)]), measured("new", &[], &[])];
    let shown = drawn(&under_way(100), &Course { measured: latency, ..course() }, 100);
    let [chart] = &shown.charts[..] else { panic!("{:?}", shown.charts) };
    assert_eq!(
        (chart.name.as_str(), chart.unit, &chart.lines[0].points),
        ("latency", "ms", &vec![(ms(0), 12.5)])
    );
}

#[test]
fn what_a_creation_measures_is_green() {
    let events = [event(0, EventKind::Launching, Some(1), 100), event(60, EventKind::Succeeded, None, 100)];
    let alone = vec![measured("new", &[(60, 0.0)], &[])];
    let shown = drawn(&outlook(&events, &[]), &Course { measured: alone, ..Course::default() }, 100);
    assert_eq!(shown.charts[0].lines.iter().map(|line| line.side).collect::<Vec<_>>(), [Side::Green]);
    assert_eq!(shown.traffic, [(ms(0), 100.0)]);
}

#[test]
fn the_heading_says_how_it_ended() {
    for (end, heading) in [
        (EventKind::RollbackFailed, "house 2: its rollback failed"),
        (EventKind::Failed, "house 2: its creation failed"),
        (EventKind::Baking, "house 2: under way"),
    ] {
        let events = [event(0, EventKind::Launching, None, 0), event(60, end, None, 0)];
        assert_eq!(drawn(&outlook(&events, &[]), &Course::default(), 60).title, heading);
    }
}

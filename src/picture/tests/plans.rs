//! Pictures of plans.

use serde_json::{Map, Value, json};

use super::golden;
use crate::domain::deployment::plan::Strategy;
use crate::domain::deployment::record::Status;
use crate::domain::event::{CauseKind, EventKind};
use crate::picture::{Ground, plan as picture};
use crate::plan::{Course, Instances, Length, Moment, Outcome, Plan, Row, Split, Tripped};

/// A canary of a tenth, which an alarm ends in its first bake.
fn outcome() -> Outcome {
    let moment = |secs: i64, phase, step, green: f64| Moment {
        after: Length(secs * 1000),
        phase,
        step,
        traffic: Split { blue: 100.0 - green, green },
        instances: Instances { blue: 10, green: 10 },
        message: String::new(),
    };
    let course = Course {
        seed: 0,
        second_of_minute: 31,
        strategy: Strategy::Canary,
        status: Status::RolledBack,
        cause: Some(CauseKind::Alarm),
        failure_reason: None,
        ends_after: Length(219_000),
        times_out_after: Length(14_400_000),
        peak_instances: 20,
        instance_hours: 1.0,
        events: vec![
            moment(0, EventKind::Launching, Some(1), 0.0),
            moment(60, EventKind::ActivatingTraffic, Some(1), 10.0),
            moment(65, EventKind::Baking, Some(1), 10.0),
            moment(209, EventKind::RollingBack, None, 0.0),
            moment(219, EventKind::RolledBack, None, 0.0),
        ],
    };
    let tripped = Tripped {
        alarm: "<errors> & \"more\"".to_owned(),
        after: Length(209_000),
        value: Some(9.0),
        threshold: Some(5.0),
    };
    Outcome {
        bad_from: Length(90_000),
        detected_after: Some(Length(119_000)),
        traffic_back_after: Some(Length(209_000)),
        tripped: vec![tripped],
        requests: 100,
        requests_met: 10,
        requests_failed: 1,
        course,
    }
}

fn plan(schedule: Option<Course>, outcome: Option<Outcome>) -> Plan {
    Plan { schedule, outcome, ..Plan::default() }
}

/// The same canary with a good model.
fn schedule() -> Course {
    let mut course = outcome().course;
    let green = |event: &Moment, after: i64, phase, step, green: f64| Moment {
        after: Length(after * 1000),
        phase,
        step,
        traffic: Split { blue: 100.0 - green, green },
        ..event.clone()
    };
    course.events.truncate(3);
    let last = course.events[2].clone();
    course.events.extend([
        green(&last, 365, EventKind::ActivatingTraffic, Some(2), 100.0),
        green(&last, 370, EventKind::Baking, Some(2), 100.0),
        green(&last, 670, EventKind::Baking, None, 100.0),
        green(&last, 730, EventKind::Terminating, None, 100.0),
        green(&last, 735, EventKind::Succeeded, None, 100.0),
    ]);
    Course { status: Status::Succeeded, cause: None, ends_after: Length(735_000), ..course }
}

#[test]
fn a_failure_is_drawn_with_its_alarm_and_its_rollback() {
    let drawn = picture(&plan(None, Some(outcome())), Ground::File).unwrap();
    assert!(drawn.contains(">&lt;errors&gt; &amp; &quot;more&quot;<"), "{drawn}");
    assert!(drawn.contains("rollback at 3m 29s: alarm &lt;errors&gt;"), "{drawn}");
    golden("failure", &drawn);
}

#[test]
fn a_schedule_is_drawn_where_there_is_no_failure() {
    golden("schedule", &picture(&plan(Some(schedule()), None), Ground::File).unwrap());
}

#[test]
fn a_failure_is_drawn_over_what_would_have_been() {
    let drawn = picture(&plan(Some(schedule()), Some(outcome())), Ground::File).unwrap();
    assert!(drawn.contains("as planned"), "{drawn}");
    golden("failure-of-schedule", &drawn);
}

#[test]
fn nothing_is_drawn_of_a_plan_without_a_course() {
    let mut of_rows = plan(None, None);
    let values: Map<String, Value> = json!({"bake": 60}).as_object().unwrap().clone();
    of_rows.sweep.push(Row { values, ..Row::default() });
    assert_eq!(picture(&of_rows, Ground::File), None);
}

//! Pictures as they are drawn. `SAGEBRUSH_GOLDEN=write` writes the files anew.

use serde_json::{Map, Value, json};

use crate::domain::deployment::plan::Strategy;
use crate::domain::deployment::record::Status;
use crate::domain::event::{CauseKind, EventKind};
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

/// Holds a picture against a file of this room's.
fn golden(name: &str, drawn: &str) {
    let path = format!("{}/src/picture/golden/{name}.svg", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("SAGEBRUSH_GOLDEN").is_some() {
        std::fs::write(&path, drawn).unwrap();
    }
    assert_eq!(drawn, std::fs::read_to_string(&path).unwrap(), "{path}");
}

#[test]
fn a_failure_is_drawn_with_its_alarm_and_its_rollback() {
    let drawn = super::plan(&plan(None, Some(outcome()))).unwrap();
    assert!(drawn.contains("&lt;errors&gt; &amp; &quot;more&quot; in ALARM at 3m 29s"), "{drawn}");
    assert!(!drawn.contains("<script") && !drawn.contains("href"), "{drawn}");
    golden("failure", &drawn);
}

#[test]
fn a_schedule_is_drawn_where_there_is_no_failure() {
    golden("schedule", &super::plan(&plan(Some(outcome().course), None)).unwrap());
}

#[test]
fn nothing_is_drawn_of_a_plan_without_a_course() {
    let mut of_rows = plan(None, None);
    let values: Map<String, Value> = json!({"bake": 60}).as_object().unwrap().clone();
    of_rows.sweep.push(Row { values, ..Row::default() });
    assert_eq!(super::plan(&of_rows), None);
}

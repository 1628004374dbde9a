//! When schedules are due.

use proptest::prelude::*;

use crate::autoscaling::{ResourceId, Schedule, Window};
use crate::clock::Timestamp;

/// An instant by its text.
fn instant(text: &str) -> Timestamp {
    let at: jiff::Timestamp = text.parse().expect("an instant");
    Timestamp(at.as_millisecond())
}

const OPEN: Window = Window { created: Timestamp(0), start: None, end: None };

/// The next instants after this one.
fn next(schedule: &str, zone: Option<&str>, after: &str, count: usize) -> Vec<String> {
    let schedule = Schedule::read(schedule, zone).expect("a schedule");
    let mut after = instant(after);
    let mut found = Vec::new();
    while let Some(at) = schedule.next(after, OPEN).filter(|_| found.len() < count) {
        found.push(jiff::Timestamp::from_millisecond(at.0).unwrap().to_string());
        after = at;
    }
    found
}

#[test]
fn cron_expressions_are_read_in_awss_dialect() {
    for (cron, zone, after, wanted) in [
        // Sunday is 1.
        ("cron(0 10 ? * 1 *)", None, "2026-11-27T00:00:00Z", &["2026-11-29T10:00:00Z"][..]),
        (
            "cron(0 18 ? * MON-FRI *)",
            None,
            "2026-11-27T18:00:00Z",
            &["2026-11-30T18:00:00Z", "2026-12-01T18:00:00Z"],
        ),
        (
            "cron(0/15 * * * ? *)",
            None,
            "2026-11-27T00:01:00Z",
            &["2026-11-27T00:15:00Z", "2026-11-27T00:30:00Z"],
        ),
        (
            "cron(0 8 L * ? *)",
            None,
            "2027-02-01T00:00:00Z",
            &["2027-02-28T08:00:00Z", "2027-03-31T08:00:00Z"],
        ),
        ("cron(0 8 ? * 6#3 *)", None, "2026-11-01T00:00:00Z", &["2026-11-20T08:00:00Z"]),
        ("cron(0 8 ? * 6L *)", None, "2026-11-01T00:00:00Z", &["2026-11-27T08:00:00Z"]),
        // The first of August 2026 is a Saturday.
        ("cron(0 8 1W * ? *)", None, "2026-07-15T00:00:00Z", &["2026-08-03T08:00:00Z"]),
        (
            "cron(0 0 1 JAN ? 2027-2028)",
            None,
            "2026-01-01T00:00:00Z",
            &["2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z"],
        ),
        ("cron(30 9 * * ? *)", Some("America/New_York"), "2026-11-27T00:00:00Z", &["2026-11-27T14:30:00Z"]),
        ("cron(30 9 * * ? *)", Some("America/New_York"), "2026-06-27T00:00:00Z", &["2026-06-27T13:30:00Z"]),
    ] {
        assert_eq!(next(cron, zone, after, wanted.len()), wanted, "{cron}");
    }
    assert_eq!(next("cron(0 0 1 JAN ? 2027)", None, "2027-01-01T00:00:00Z", 1), [""; 0]);
}

#[test]
fn a_day_that_never_comes_is_never_due_and_is_found_out_quickly() {
    for cron in
        ["cron(0 0 31 2 ? *)", "cron(0 0 30 FEB ? 2027-2199)", "cron(0 0 ? 2 2#6 *)", "cron(0 0 29 2 ? 2027)"]
    {
        assert!(
            Schedule::read(cron, None).is_err() || next(cron, None, "2026-11-01T00:00:00Z", 1).is_empty(),
            "{cron}"
        );
    }
}

#[test]
fn a_change_of_the_clocks_ends_no_schedule() {
    // In Berlin the hour from two to three is there twice on 25 October 2026, and not at all on 28 March 2027.
    for (cron, autumn, spring) in
        [("cron(0/30 * * * ? *)", 50, 46), ("cron(30 2 * * ? *)", 1, 1), ("cron(0 4 * * ? *)", 1, 1)]
    {
        let count = |from: &str, until: &str| {
            let all = next(cron, Some("Europe/Berlin"), from, 60);
            assert_eq!(all.len(), 60, "{cron} goes on");
            assert!(all.is_sorted_by(|one, other| one < other), "{cron}");
            all.iter().filter(|at| at.as_str() < until).count()
        };
        assert_eq!(count("2026-10-24T21:59:59Z", "2026-10-25T23:00:00Z"), autumn, "{cron} in autumn");
        assert_eq!(count("2027-03-27T22:59:59Z", "2027-03-28T22:00:00Z"), spring, "{cron} in spring");
    }
}

#[test]
fn a_time_is_one_of_its_zone_and_comes_once() {
    assert_eq!(next("at(2026-01-31T17:00:00)", None, "2026-01-01T00:00:00Z", 9), ["2026-01-31T17:00:00Z"]);
    let zone = Some("America/New_York");
    assert_eq!(next("at(2020-12-08T9:36:00)", zone, "2020-01-01T00:00:00Z", 9), ["2020-12-08T14:36:00Z"]);
    assert_eq!(next("at(2026-01-31T17:00:00)", None, "2026-01-31T17:00:00Z", 9), [""; 0]);
}

#[test]
fn rates_count_from_their_start_and_nothing_is_due_outside_of_the_window() {
    let rate = Schedule::read("rate(5 minutes)", None).unwrap();
    let minutes = |count: i64| Timestamp(count * 60_000);
    let open = Window { created: minutes(1), ..OPEN };
    assert_eq!(rate.next(minutes(0), open), Some(minutes(6)));
    assert_eq!(rate.next(minutes(6), open), Some(minutes(11)));
    let window = Window { start: Some(minutes(20)), end: Some(minutes(30)), ..open };
    assert_eq!(rate.next(minutes(0), window), Some(minutes(20)));
    assert_eq!(rate.next(minutes(25), window), Some(minutes(30)));
    assert_eq!(rate.next(minutes(30), window), None);
    assert_eq!(Schedule::read("rate(1 day)", None), Ok(Schedule::Rate(86_400_000)));
}

#[test]
fn what_is_no_schedule_is_refused() {
    for text in [
        "",
        "5 minutes",
        "at(tomorrow)",
        "at(2026-02-30T00:00:00)",
        "rate(0 minutes)",
        "rate(-1 minutes)",
        "rate(1)",
        "rate(1 week)",
        "rate(9223372036854775807 days)",
        "cron()",
        "cron(* * * * *)",
        "cron(* * * * * *)",
        "cron(* * ? * ? *)",
        "cron(61 * * * ? *)",
        "cron(* * * * ? x)",
        "cron(0 10 ? * 1 *",
        "cron(@daily)",
    ] {
        let refusal = format!("Schedule expression '{text}' is not valid.");
        assert_eq!(Schedule::read(text, None), Err(refusal));
    }
    assert_eq!(Schedule::read("rate(1 day)", Some("x")), Err("Timezone 'x' is not valid.".to_owned()));
}

#[test]
fn resources_are_variants_of_endpoints_and_inference_components() {
    let read = ResourceId::read("endpoint/web/variant/main").unwrap();
    assert_eq!(read, ResourceId::Variant { endpoint: "web", variant: "main" });
    let read = ResourceId::read("inference-component/llm").unwrap();
    assert_eq!(
        (read, read.owner()),
        (ResourceId::Component("inference-component/llm"), "inference-component/llm")
    );
    for text in [
        "",
        "endpoint/web",
        "endpoint/web/variant/",
        "endpoint//variant/a",
        "endpoint/a/variant/b/c",
        "table/a",
        "endpoint/a%/variant/b",
        "inference-component/",
        "inference-component/a/b",
        "llm",
    ] {
        assert_eq!(ResourceId::read(text), None, "{text}");
    }
}

proptest! {
    /// Nothing that a client can send as a schedule harms anybody.
    #[test]
    fn any_text_is_a_schedule_or_none(text in "(at|rate|cron)\\([0-9A-Z?*/LW#,T: -]{0,30}\\)", after in any::<i64>()) {
        if let Ok(schedule) = Schedule::read(&text, Some("Europe/Berlin")) {
            let next = schedule.next(Timestamp(after), OPEN);
            prop_assert!(next.is_none_or(|next| next > Timestamp(after)));
        }
    }

    /// A rate is due at whole distances from its beginning, and never late.
    #[test]
    fn a_rate_is_even(every in 1_i64..5_000, created in 0_i64..1_000_000, ahead in 0_i64..100_000_000) {
        let schedule = Schedule::Rate(every);
        let window = Window { created: Timestamp(created), ..OPEN };
        let after = Timestamp(created + ahead);
        let next = schedule.next(after, window).unwrap();
        prop_assert!(next > after && next.0 - after.0 <= every);
        prop_assert_eq!((next.0 - created) % every, 0);
    }
}

//! Stories of a container's Environment.

use super::*;
use crate::domain::serving::{Latency, Warmup};
use crate::domain::variant::Health;

fn one(name: &str, value: &str) -> Result<Tuning, String> {
    read("container 1 of model m", [("LOG_LEVEL", "debug"), (name, value)])
}

/// What one knob says, with everything else left as it is.
fn says(name: &str, value: &str, wanted: Tuning) {
    assert_eq!(one(name, value), Ok(wanted), "{name}={value}");
}

#[test]
fn a_container_says_how_long_it_starts_and_whether_it_passes() {
    let table = [("0", 0), ("60", 60_000), ("1.5", 1_500), (".25", 250), ("86400", 86_400_000)];
    for (value, ms) in table {
        let wanted = Tuning { startup_ms: Some(ms), ..Tuning::default() };
        says("SAGEBRUSH_STARTUP_SECONDS", value, wanted);
    }
    let table = [
        ("passing", Health::Passing),
        ("failing", Health::Failing),
        ("failing-after:0", Health::FailingAfter(0)),
        ("failing-after:12", Health::FailingAfter(12)),
    ];
    for (value, health) in table {
        says("SAGEBRUSH_HEALTH", value, Tuning { health: Some(health), ..Tuning::default() });
    }
}

#[test]
fn a_container_says_how_often_it_errs_and_how() {
    for (value, rate) in [("0", 0.0), ("0.01", 0.01), ("1", 1.0), ("1.0", 1.0)] {
        says("SAGEBRUSH_ERROR_RATE", value, Tuning { error_rate: Some(rate), ..Tuning::default() });
    }
    for (value, status) in [("400", 400), ("503", 503), ("599", 599)] {
        says("SAGEBRUSH_ERROR_STATUS", value, Tuning { error_status: Some(status), ..Tuning::default() });
    }
    let wanted = Tuning { fail_after_ms: Some(900_000), ..Tuning::default() };
    says("SAGEBRUSH_FAIL_AFTER", "900", wanted);
}

#[test]
fn a_container_says_how_long_a_request_takes_and_how_many_it_takes_at_once() {
    let table = [
        ("5", Latency::Fixed { us: 5_000 }),
        ("0", Latency::Fixed { us: 0 }),
        ("2.5", Latency::Fixed { us: 2_500 }),
        ("5/40", Latency::LogNormal { p50_us: 5_000, p99_us: 40_000 }),
        ("0.5/0.5", Latency::LogNormal { p50_us: 500, p99_us: 500 }),
    ];
    for (value, latency) in table {
        says("SAGEBRUSH_LATENCY_MS", value, Tuning { latency: Some(latency), ..Tuning::default() });
    }
    let warmup = Some(Warmup { ms: 180_000, factor: 4.0 });
    says("SAGEBRUSH_WARMUP", "180:4", Tuning { warmup, ..Tuning::default() });
    says("SAGEBRUSH_CONCURRENCY", "4", Tuning { concurrency: Some(4), ..Tuning::default() });
}

#[test]
fn a_body_has_the_content_type_that_is_named_or_the_one_that_it_looks_like() {
    says(RESPONSE, "echo", Tuning { response: Some(Response::Echo), ..Tuning::default() });
    let fixed = |content_type: &str, body: &str| {
        let response = Response::Fixed { content_type: content_type.into(), body: body.into() };
        Tuning { response: Some(response), ..Tuning::default() }
    };
    let table = [
        (r#"{"score": 0.5}"#, "application/json"),
        ("[1, 2]", "application/json"),
        ("0.25", "application/json"),
        ("{oops}", "text/plain"),
        ("1,2", "text/plain"),
        ("", "text/plain"),
    ];
    for (body, content_type) in table {
        says(RESPONSE, body, fixed(content_type, body));
    }
    // Whichever comes first.
    let mut pairs = [(CONTENT_TYPE, "text/csv"), (RESPONSE, "1")];
    for _ in 0..2 {
        assert_eq!(read("it", pairs), Ok(fixed("text/csv", "1")));
        pairs.reverse();
    }
    let alone = "The Environment of it sets SAGEBRUSH_RESPONSE_CONTENT_TYPE without a body that it is of: set \
                 SAGEBRUSH_RESPONSE to one.";
    assert_eq!(read("it", [(CONTENT_TYPE, "text/csv")]), Err(alone.to_owned()));
    assert_eq!(read("it", [(CONTENT_TYPE, "text/csv"), (RESPONSE, "echo")]), Err(alone.to_owned()));
}

#[test]
fn a_bad_value_is_refused_in_a_sentence_that_names_it_and_what_would_be_right() {
    let table: [(&str, &str, &[&str]); 9] = [
        (
            "SAGEBRUSH_STARTUP_SECONDS",
            "a number of seconds from 0 to 86400",
            &["", ".", "-1", "+1", "1e3", "NaN", "inf", "infinity", "86400.1", "60s", " 60", "1.2.3"],
        ),
        (
            "SAGEBRUSH_HEALTH",
            "passing, failing or failing-after:N with a whole number N",
            &["", "Passing", "failing-after", "failing-after:", "failing-after:-1", "failing-after:+1"],
        ),
        ("SAGEBRUSH_ERROR_RATE", "a number from 0 to 1", &["", "1.01", "5%", "-0.1", "NaN"]),
        (
            "SAGEBRUSH_ERROR_STATUS",
            "a whole number from 400 to 599",
            &["", "200", "399", "600", "500.0", "+500"],
        ),
        (
            "SAGEBRUSH_LATENCY_MS",
            "a number of milliseconds from 0 to 3600000, or median/p99 with a median above 0 and a p99 that is \
             not smaller",
            &["", "-5", "5ms", "5/", "/5", "5/4", "0/5", "5/40/80", "3600000.1", "5/inf"],
        ),
        ("SAGEBRUSH_RESPONSE_CONTENT_TYPE", "1 to 1024 visible ASCII characters", &["", " ", "a\u{7}", "ü"]),
        (
            "SAGEBRUSH_WARMUP",
            "SECONDS:FACTOR with seconds from 0 to 86400 and a factor from 1 to 1000",
            &["", "180", "180:", ":4", "180:0.5", "180:1001", "86401:2", "180:4:1"],
        ),
        (
            "SAGEBRUSH_FAIL_AFTER",
            "a number of seconds from 0 to 31536000",
            &["", "-1", "never", "31536000.1"],
        ),
        ("SAGEBRUSH_CONCURRENCY", "a whole number from 1 to 10000", &["", "0", "-1", "1.5", "10001"]),
    ];
    for (name, wanted, values) in table {
        for value in values {
            assert_eq!(
                one(name, value),
                Err(format!(
                    "The Environment of container 1 of model m sets {name} to \"{value}\", but it must be \
                     {wanted}."
                ))
            );
        }
    }
}

#[test]
fn a_name_of_ours_that_is_not_known_is_refused() {
    assert_eq!(
        one("SAGEBRUSH_STARTUP", "60"),
        Err("The Environment of container 1 of model m has SAGEBRUSH_STARTUP, which is not known: the names \
             that begin with SAGEBRUSH_ are SAGEBRUSH_STARTUP_SECONDS, SAGEBRUSH_HEALTH, SAGEBRUSH_ERROR_RATE, \
             SAGEBRUSH_ERROR_STATUS, SAGEBRUSH_LATENCY_MS, SAGEBRUSH_RESPONSE, \
             SAGEBRUSH_RESPONSE_CONTENT_TYPE, SAGEBRUSH_WARMUP, SAGEBRUSH_FAIL_AFTER and \
             SAGEBRUSH_CONCURRENCY."
            .to_owned())
    );
}

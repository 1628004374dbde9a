//! What a verdict says of itself, in the forms that public logs show.

use serde_json::json;

use super::{NOW, alarm, alarm_with, verdict};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState;
use crate::metrics::evaluate::{Sample, evaluate};

/// M if given, N, the datapoints and the reason.
const CROSSED: [(Option<usize>, usize, &str, &str); 8] = [
    (
        Some(1),
        1,
        "- - X",
        "Threshold Crossed: 1 out of the last 1 datapoints [12.0 (22/11/26 09:58:00)] was greater than the \
         threshold (10.0) (minimum 1 datapoint for OK -> ALARM transition).",
    ),
    (
        None,
        1,
        "- - X",
        "Threshold Crossed: 1 datapoint [12.0 (22/11/26 09:58:00)] was greater than the threshold (10.0).",
    ),
    (
        None,
        1,
        "X X 0",
        "Threshold Crossed: 1 datapoint [1.0 (22/11/26 09:58:00)] was not greater than the threshold (10.0).",
    ),
    (
        Some(2),
        3,
        "0 0 X 0 X",
        "Threshold Crossed: 2 out of the last 3 datapoints [12.0 (22/11/26 09:58:00), 12.0 (22/11/26 09:56:00)] \
         were greater than the threshold (10.0) (minimum 2 datapoints for OK -> ALARM transition).",
    ),
    (
        Some(2),
        2,
        "- - X 0",
        "Threshold Crossed: 1 out of the last 2 datapoints [1.0 (22/11/26 09:58:00)] was not greater than the \
         threshold (10.0) (minimum 1 datapoint for ALARM -> OK transition).",
    ),
    (
        Some(5),
        5,
        "- - X X X X X",
        "Threshold Crossed: 5 out of the last 5 datapoints were greater than the threshold (10.0). The most recent \
         datapoints which crossed the threshold: [12.0 (22/11/26 09:58:00), 12.0 (22/11/26 09:57:00), 12.0 \
         (22/11/26 09:56:00), 12.0 (22/11/26 09:55:00), 12.0 (22/11/26 09:54:00)] (minimum 5 datapoints for \
         OK -> ALARM transition).",
    ),
    (
        None,
        6,
        "- - 0 0 0 0 0 0",
        "Threshold Crossed: 6 datapoints were not greater than the threshold (10.0). The most recent datapoints: \
         [1.0 (22/11/26 09:58:00), 1.0 (22/11/26 09:57:00), 1.0 (22/11/26 09:56:00), 1.0 (22/11/26 09:55:00), \
         1.0 (22/11/26 09:54:00)].",
    ),
    // Before its time, and so with fewer than the minimum: CloudWatch was seen saying just this.
    (
        Some(3),
        3,
        "- - X - -",
        "Threshold Crossed: 1 out of the last 3 datapoints [12.0 (22/11/26 09:56:00)] was greater than the \
         threshold (10.0) (minimum 3 datapoints for OK -> ALARM transition).",
    ),
];

#[test]
fn a_reason_lists_the_datapoints_that_decided() {
    for (m, n, row, reason) in CROSSED {
        let alarm = alarm_with(m, n, "missing", &json!({}));
        assert_eq!(verdict(&alarm, row, AlarmState::InsufficientData).reason, reason);
    }
}

/// M, N, the treatment, the datapoints and the reason.
const MISSING: [(usize, usize, &str, &str, &str); 8] = [
    (
        1,
        1,
        "breaching",
        "- - -",
        "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as \
         [Breaching].",
    ),
    (
        2,
        2,
        "notBreaching",
        "- - - -",
        "Threshold Crossed: no datapoints were received for 2 periods and 2 missing datapoints were treated as \
         [NonBreaching].",
    ),
    (
        2,
        3,
        "breaching",
        "- - - - 0",
        "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as \
         [Breaching].",
    ),
    (
        3,
        3,
        "notBreaching",
        "- - X X -",
        "Threshold Crossed: 2 datapoints were received for 3 periods and 1 missing datapoint was treated as \
         [NonBreaching].",
    ),
    (1, 1, "missing", "- - -", "Insufficient Data: 1 datapoint was unknown."),
    (5, 5, "missing", "- - - - - - -", "Insufficient Data: 5 datapoints were unknown."),
    (3, 3, "missing", "- - - - X", "Unchanged: 2 datapoints were unknown."),
    (1, 1, "ignore", "- - -", "Unchanged: 1 datapoint was unknown."),
];

#[test]
fn a_reason_says_what_missing_datapoints_were_taken_for() {
    for (m, n, treatment, row, reason) in MISSING {
        assert_eq!(verdict(&alarm(m, n, treatment), row, AlarmState::Ok).reason, reason);
    }
    // Where the others are enough, nothing was taken for anything.
    for (m, row, told) in [
        (1, "- - - - X", "1 out of the last 3 datapoints [12.0"),
        (2, "- - - 0 0", "2 out of the last 3 datapoints [1.0"),
    ] {
        let enough = verdict(&alarm(m, 3, "notBreaching"), row, AlarmState::Ok).reason;
        assert!(enough.starts_with(&format!("Threshold Crossed: {told}")), "{enough}");
    }
}

#[test]
fn numbers_are_written_as_in_java() {
    let latency = alarm_with(None, 1, "missing", &json!({"Threshold": 10_000_000.0}));
    let sample = Sample { at: NOW, value: 12_500_000.0, count: 1.0 };
    let reason = evaluate(&latency, &[None, None, Some(sample)], AlarmState::Ok, NOW).reason;
    assert!(
        reason.contains("[1.25E7 (22/11/26 10:00:30)] was greater than the threshold (1.0E7)"),
        "{reason}"
    );
}

#[test]
fn the_reason_data_is_that_of_cloudwatch() {
    let alarm = alarm_with(Some(2), 2, "missing", &json!({"Unit": "Count"}));
    assert_eq!(
        verdict(&alarm, "- 0 - X", AlarmState::Alarm).reason_data,
        concat!(
            r#"{"version":"1.0","queryDate":"2026-11-22T10:00:30.000+0000","startDate":"2026-11-22T09:56:00.000+0000","#,
            r#""unit":"Count","statistic":"Sum","period":60,"recentDatapoints":[1.0,12.0],"threshold":10.0,"#,
            r#""evaluatedDatapoints":[{"timestamp":"2026-11-22T09:58:00.000+0000","sampleCount":100.0,"value":12.0},"#,
            r#"{"timestamp":"2026-11-22T09:56:00.000+0000","sampleCount":100.0,"value":1.0}]}"#
        )
    );
    let p90 = alarm_with(None, 1, "missing", &json!({"Statistic": null, "ExtendedStatistic": "p90"}));
    assert_eq!(
        verdict(&p90, "- - -", AlarmState::Alarm).reason_data,
        concat!(
            r#"{"version":"1.0","queryDate":"2026-11-22T10:00:30.000+0000","statistic":"p90","period":60,"#,
            r#""recentDatapoints":[],"threshold":10.0}"#
        )
    );
}

#[test]
fn both_texts_keep_within_their_limits() {
    let alarm = alarm_with(Some(1), 200, "missing", &json!({}));
    // The longest numbers there are.
    let (value, count) = (1.234_567_890_123_456_7e300, 1.234_567_890_123_456_7e-300);
    let sample = |age: i64| Some(Sample { at: Timestamp(NOW.0 - age * 60_000), value, count });
    let range: Vec<_> = (0..202).rev().map(sample).collect();
    let found = evaluate(&alarm, &range, AlarmState::Ok, NOW);
    assert_eq!(found.state, AlarmState::Alarm);
    let lengths = (found.reason.len(), found.reason_data.len());
    assert!(lengths.0 <= 1023 && lengths.1 <= 4000 && lengths.1 > 3500, "{lengths:?}");
}

//! The verdicts on alarms: the tables of CloudWatch's page and the cases between them.

use serde_json::json;

use super::{Sample, Verdict, evaluate};
use crate::clock::Timestamp;
use crate::domain::alarm::AlarmState::{self, Alarm, InsufficientData, Ok};
use crate::metrics::alarm::{MetricAlarm, TreatMissingData};

mod naive;
mod texts;

/// Ten o'clock on 22 November 2026, and half a minute.
const NOW: Timestamp = Timestamp(1_795_341_630_000);

const STATES: [AlarmState; 3] = [Ok, Alarm, InsufficientData];

const TREATMENTS: [(&str, TreatMissingData); 4] = [
    ("missing", TreatMissingData::Missing),
    ("ignore", TreatMissingData::Ignore),
    ("breaching", TreatMissingData::Breaching),
    ("notBreaching", TreatMissingData::NotBreaching),
];

/// An alarm above 10 with M of N, and other members for some of its own.
fn alarm_with(m: Option<usize>, n: usize, treatment: &str, changes: &serde_json::Value) -> MetricAlarm {
    let mut body = json!({
        "AlarmName": "errors", "Namespace": "n", "MetricName": "m", "Dimensions": [], "Statistic": "Sum", "Period": 60,
        "EvaluationPeriods": n, "DatapointsToAlarm": m, "Threshold": 10.0, "TreatMissingData": treatment,
        "ComparisonOperator": "GreaterThanThreshold",
    });
    for (member, value) in changes.as_object().unwrap() {
        body[member] = value.clone();
    }
    serde_json::from_value(body).unwrap()
}

fn alarm(m: usize, n: usize, treatment: &str) -> MetricAlarm {
    alarm_with(Some(m), n, treatment, &json!({}))
}

/// The datapoints of a row of the tables, old to new: `X` breaches, `0` does not, `-` is missing. The
/// newest began two minutes before ten, and every one is of 100 values.
fn range(row: &str) -> Vec<Option<Sample>> {
    let signs: Vec<char> = row.chars().filter(|sign| *sign != ' ').collect();
    let samples = signs.iter().rev().zip(2..).map(|(sign, age)| {
        let at = Timestamp(NOW.0 - 30_000).plus_secs(-60 * age);
        let value = match sign {
            'X' => 12.0,
            '0' => 1.0,
            _ => return None,
        };
        Some(Sample { at, value, count: 100.0 })
    });
    let mut range: Vec<_> = samples.collect();
    range.reverse();
    range
}

fn verdict(alarm: &MetricAlarm, row: &str, state: AlarmState) -> Verdict {
    let range = range(row);
    assert_eq!(range.len(), alarm.range(), "{row}");
    evaluate(alarm, &range, state, NOW)
}

/// Checks the rows of a table: the states by treatment in the order of [`TREATMENTS`], where `None` keeps
/// the state there was.
fn check(m: usize, n: usize, rows: &[(&str, [Option<AlarmState>; 4])]) {
    for (row, expected) in rows {
        for ((word, _), expected) in TREATMENTS.iter().zip(expected) {
            for state in STATES {
                let found = verdict(&alarm(m, n, word), row, state).state;
                assert_eq!(found, expected.unwrap_or(state), "{row} with {m} of {n}, {word}, from {state:?}");
            }
        }
    }
}

#[test]
fn the_table_of_three_out_of_three() {
    check(
        3,
        3,
        &[
            ("0 - X - X", [Some(Ok); 4]),
            ("0 - - - -", [Some(Ok); 4]),
            ("- - - - -", [Some(InsufficientData), None, Some(Alarm), Some(Ok)]),
            ("0 X X - X", [Some(Alarm); 4]),
            ("- - X - -", [Some(Alarm), None, Some(Alarm), Some(Ok)]),
        ],
    );
}

#[test]
fn the_table_of_two_out_of_three() {
    check(
        2,
        3,
        &[
            ("0 - X - X", [Some(Alarm); 4]),
            ("0 0 X 0 X", [Some(Alarm); 4]),
            ("0 - X - -", [Some(Ok), Some(Ok), Some(Alarm), Some(Ok)]),
            ("- - - - 0", [Some(Ok), Some(Ok), Some(Alarm), Some(Ok)]),
            ("- - - X -", [Some(Alarm), None, Some(Alarm), Some(Ok)]),
        ],
    );
}

#[test]
fn an_alarm_is_not_premature() {
    // The next datapoint may be good.
    for row in ["- - - - X", "- - - X -", "- - - X X"] {
        check(3, 3, &[(row, [None, None, Some(Alarm), Some(Ok)])]);
    }
    // And if it is, the alarm is off; if it is missing or breaches, it is too late.
    check(3, 3, &[("- - - X 0", [Some(Ok); 4]), ("- - X 0 -", [Some(Ok); 4])]);
    check(3, 3, &[("- - X - X", [Some(Alarm), None, Some(Alarm), Some(Ok)])]);
    check(3, 3, &[("X - - - -", [Some(Alarm), None, Some(Alarm), Some(Ok)])]);
}

#[test]
fn the_latest_of_enough_datapoints_decide_alone() {
    check(1, 1, &[("X X 0", [Some(Ok); 4]), ("0 0 X", [Some(Alarm); 4]), ("0 X -", [Some(Alarm); 4])]);
    check(1, 3, &[("X X 0 0 0", [Some(Ok); 4]), ("0 0 X 0 0", [Some(Alarm); 4])]);
    check(2, 2, &[("X X 0 X", [Some(Ok); 4]), ("X 0 X X", [Some(Alarm); 4])]);
}

#[test]
fn a_percentile_of_too_few_samples_changes_nothing() {
    let with = |statistic: &str, ignore: bool| {
        let option = if ignore { "ignore" } else { "evaluate" };
        let changes = json!({"Statistic": null, "ExtendedStatistic": statistic, "EvaluateLowSampleCountPercentile": option});
        alarm_with(None, 1, "missing", &changes)
    };
    // The datapoints are of 100 values: too few for a p99, enough for a p90 and for a p10.
    for (statistic, ignore, expected) in [
        ("p99", true, None),
        ("p99", false, Some(Alarm)),
        ("p90", true, Some(Alarm)),
        ("p90.1", true, None),
        ("p50", true, Some(Alarm)),
        ("p10", true, Some(Alarm)),
        ("p9.9", true, None),
        ("p0", true, Some(Alarm)),
        ("p100", true, Some(Alarm)),
        ("tm99", true, Some(Alarm)),
    ] {
        for state in STATES {
            let found = verdict(&with(statistic, ignore), "- - X", state).state;
            assert_eq!(found, expected.unwrap_or(state), "{statistic} {ignore}");
        }
    }
    assert_eq!(verdict(&with("p99", true), "- - -", Ok).state, InsufficientData);
}

#[test]
fn an_alarm_against_an_anomaly_band_cannot_be_evaluated() {
    let changes = json!({
        "Statistic": null, "MetricName": null, "Namespace": null, "Period": null, "Threshold": null,
        "ComparisonOperator": "GreaterThanUpperThreshold", "ThresholdMetricId": "ad1",
        "Metrics": [
            {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}},
            {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
        ],
    });
    let found = verdict(&alarm_with(None, 1, "breaching", &changes), "X X X", Alarm);
    assert_eq!(found.state, InsufficientData);
    assert!(found.reason.contains("anomaly detection"), "{}", found.reason);
}

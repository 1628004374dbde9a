//! Alarms read from what was put, and when they are looked at.

use super::{Comparison, Limit, LowSamples, MetricAlarm, Source, TreatMissingData};
use crate::clock::Timestamp;
use crate::metrics::metric::Metric;
use crate::metrics::statistic::Statistic;

/// The body of a usual alarm with `more` members after the last one.
fn body(more: &str) -> String {
    format!(
        r#"{{"AlarmName": "errors", "ActionsEnabled": true, "AlarmActions": [], "Namespace": "AWS/SageMaker",
            "MetricName": "Invocation5XXErrors", "Dimensions": [{{"Name": "VariantName", "Value": "v"}},
            {{"Name": "EndpointName", "Value": "e"}}], "EvaluationPeriods": 3, "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold"{more}}}"#
    )
}

fn alarm(text: &str) -> MetricAlarm {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refused(text: &str) -> String {
    serde_json::from_str::<MetricAlarm>(text).expect_err(text).to_string()
}

fn math(queries: &str) -> String {
    format!(
        r#"{{"EvaluationPeriods": 1, "Threshold": 0.1, "ComparisonOperator": "GreaterThanThreshold", "Metrics": {queries}}}"#
    )
}

#[test]
fn an_alarm_over_one_metric_is_read_with_its_defaults() {
    let read = alarm(&body(r#", "Statistic": "Average", "Period": 60"#));
    let metric =
        Metric::new("AWS/SageMaker", "Invocation5XXErrors", [("EndpointName", "e"), ("VariantName", "v")]);
    assert_eq!(read.metrics(), std::slice::from_ref(&metric));
    let expected = MetricAlarm {
        source: Source::Metric { metric, unit: None, statistic: Statistic::Average, period: 60 },
        limit: Limit::Threshold { operator: Comparison::GreaterOrEqual, threshold: 1.0 },
        evaluation_periods: 3,
        given_datapoints_to_alarm: None,
        treat_missing_data: TreatMissingData::Missing,
        low_samples: LowSamples::Evaluate,
    };
    assert_eq!(read, expected);
    assert_eq!((read.datapoints_to_alarm(), read.range(), read.period_ms()), (3, 5, 60_000));
}

#[test]
fn an_expression_over_nothing_has_a_value_a_minute() {
    assert_eq!(alarm(&math(r#"[{"Id": "e1", "Expression": "1 > 0"}]"#)).period_ms(), 60_000);
}

#[test]
fn every_option_of_an_alarm_is_read() {
    let read = alarm(&body(
        r#", "Statistic": null, "ExtendedStatistic": "p99", "Period": 10, "Unit": "Microseconds", "DatapointsToAlarm": 2,
            "TreatMissingData": "notBreaching", "EvaluateLowSampleCountPercentile": "ignore""#,
    ));
    assert_eq!(read.statistic(), Some(Statistic::Percentile(99.0)));
    assert_eq!((read.unit(), read.datapoints_to_alarm()), (Some("Microseconds"), 2));
    assert_eq!(
        (read.treat_missing_data, read.low_samples),
        (TreatMissingData::NotBreaching, LowSamples::Ignore)
    );
    for (word, treatment) in [
        ("breaching", TreatMissingData::Breaching),
        ("ignore", TreatMissingData::Ignore),
        ("missing", TreatMissingData::Missing),
    ] {
        let text = body(&format!(r#", "Statistic": "Sum", "Period": 60, "TreatMissingData": "{word}""#));
        assert_eq!(alarm(&text).treat_missing_data, treatment);
    }
}

#[test]
fn an_alarm_over_a_list_of_metrics_has_the_period_of_what_it_compares() {
    let stat = |name: &str, period: i64| {
        format!(
            r#"{{"Id": "{name}", "ReturnData": false, "MetricStat": {{"Metric": {{"Namespace": "n", "MetricName": "{name}"}},
                "Period": {period}, "Stat": "Sum"}}}}"#
        )
    };
    let (errors, calls) = (stat("errors", 60), stat("calls", 300));
    let ratio = |members: &str| {
        format!(r#"[{{"Id": "e", "Expression": "errors/calls"{members}}}, {errors}, {calls}]"#)
    };
    let read = alarm(&math(&ratio("")));
    assert_eq!(read.period_ms(), 60_000, "the grid on which the expression has its values");
    assert_eq!(read.metrics(), [Metric::new("n", "calls", []), Metric::new("n", "errors", [])]);
    assert_eq!(read.statistic(), None);
    assert_eq!(alarm(&math(&ratio(r#", "Period": 120"#))).period_ms(), 60_000);
    let twice = errors.replace(r#""ReturnData": false, "#, "");
    let read =
        alarm(&math(&format!("[{calls}, {twice}, {}]", errors.replace(r#""errors", "R"#, r#""again", "R"#))));
    assert_eq!((read.period_ms(), read.statistic()), (60_000, Some(Statistic::Sum)));
    assert_eq!(read.metrics().len(), 2);
}

#[test]
fn an_anomaly_band_is_known_as_one() {
    let text = math(
        r#"[{"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"},
            {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 120, "Stat": "p90"}}]"#,
    );
    let text = text
        .replace("GreaterThanThreshold", "GreaterThanUpperThreshold")
        .replace(r#""Threshold": 0.1"#, r#""ThresholdMetricId": "ad1""#);
    let read = alarm(&text);
    assert_eq!(read.limit, Limit::Band { threshold_metric_id: "ad1".into() });
    assert_eq!((read.period_ms(), read.statistic()), (120_000, Some(Statistic::Percentile(90.0))));
}

#[test]
fn each_operator_compares_as_its_name_says() {
    for (word, expected) in [
        ("GreaterThanOrEqualToThreshold", [false, true, true]),
        ("GreaterThanThreshold", [false, false, true]),
        ("LessThanThreshold", [true, false, false]),
        ("LessThanOrEqualToThreshold", [true, true, false]),
    ] {
        let text =
            body(r#", "Statistic": "Sum", "Period": 60"#).replace("GreaterThanOrEqualToThreshold", word);
        let Limit::Threshold { operator, threshold } = alarm(&text).limit else {
            panic!("{word} is no band's")
        };
        assert_eq!([0.5, 1.0, 1.5].map(|value| operator.is_breached(value, threshold)), expected, "{word}");
    }
}

#[test]
fn an_alarm_is_looked_at_every_minute_or_more_or_less_often() {
    for (period, periods, interval, after, next) in [
        (60, 1, 60, 60, 120),
        (60, 1, 60, 119, 120),
        (300, 12, 60, 0, 60),
        (10, 1, 10, 60, 70),
        (30, 5, 10, 61, 70),
        (3600, 24, 60, 0, 60),
        (3600, 25, 3600, 60, 3600),
        (60, 1, 60, -1, 0),
    ] {
        let text = body(&format!(r#", "Statistic": "Sum", "Period": {period}"#))
            .replace(r#""EvaluationPeriods": 3"#, &format!(r#""EvaluationPeriods": {periods}"#));
        let alarm = alarm(&text);
        assert_eq!(alarm.interval_ms(), interval * 1000, "{periods} of {period} s");
        assert_eq!(alarm.next_evaluation(Timestamp(after * 1000)), Timestamp(next * 1000));
    }
}

#[test]
fn a_body_that_describes_no_alarm_is_refused_in_a_sentence() {
    for (text, sentence) in [
        (body(r#", "Period": 60"#), "an alarm over one metric needs Statistic or ExtendedStatistic"),
        (body(r#", "Statistic": "Sum""#), "an alarm over one metric needs Period"),
        (body(r#", "Statistic": "best", "Period": 60"#), "best is no statistic"),
        (
            body(r#", "Statistic": "Sum", "Period": 60, "DatapointsToAlarm": 4"#),
            "DatapointsToAlarm must be from 1 to EvaluationPeriods",
        ),
        (math("[]"), "an alarm needs Namespace or Metrics"),
        (
            math("[]").replace(r#""EvaluationPeriods": 1"#, r#""EvaluationPeriods": 0"#),
            "EvaluationPeriods must be at least 1",
        ),
        (math("[]").replace(r#""Threshold": 0.1, "#, ""), "needs Threshold"),
        (math("[]").replace("GreaterThanThreshold", "LessThanLowerThreshold"), "needs ThresholdMetricId"),
    ] {
        assert!(refused(&text).contains(sentence), "{}", refused(&text));
    }
}

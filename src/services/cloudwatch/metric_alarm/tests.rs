//! What `PutMetricAlarm` refuses, in CloudWatch's words.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::json;

use super::check::Request;
use crate::metrics::alarm::MetricAlarm;
use crate::schema::{Fault, Value, from_value};

/// An alarm that CloudWatch takes, with `changes` on top; `null` removes a member.
fn request(changes: &str) -> Result<(), Fault> {
    let mut alarm: serde_json::Value = serde_json::from_str(
        r#"{"AlarmName": "errors", "MetricName": "Invocation5XXErrors", "Namespace": "AWS/SageMaker",
            "Statistic": "Average", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1.0,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold"}"#,
    )
    .unwrap();
    let changes: serde_json::Value = serde_json::from_str(changes).unwrap();
    for (member, value) in changes.as_object().unwrap() {
        alarm[member] = value.clone();
    }
    checked(alarm)
}

/// Whether the alarm passes. What passes can be evaluated.
fn checked(alarm: serde_json::Value) -> Result<(), Fault> {
    let input: Value = serde_json::from_value(alarm).unwrap();
    let stored = serde_json::to_string(&input).unwrap();
    from_value::<Request>(input).unwrap().check()?;
    if let Err(error) = serde_json::from_str::<MetricAlarm>(&stored) {
        panic!("accepted, and cannot be read: {error}: {stored}");
    }
    Ok(())
}

fn refused(changes: &str) -> String {
    request(changes).expect_err(changes).to_string()
}

/// The same alarm over a list of metrics.
fn over(metrics: &str) -> String {
    format!(
        r#"{{"MetricName": null, "Namespace": null, "Statistic": null, "Period": null, "Metrics": {metrics}}}"#
    )
}

#[test]
fn the_usual_alarms_pass() {
    request("{}").unwrap();
    request(r#"{"Statistic": null, "ExtendedStatistic": "p99.9", "DatapointsToAlarm": 1}"#).unwrap();
    request(r#"{"Statistic": null, "ExtendedStatistic": "TM(10%:90%)", "TreatMissingData": "notBreaching"}"#)
        .unwrap();
    request(r#"{"Period": 3600, "EvaluationPeriods": 168}"#).unwrap();
    let ratio = r#"[{"Id": "e1", "Expression": "m1/m2"},
        {"Id": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}, "ReturnData": false},
        {"Id": "m2", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "p90"}, "ReturnData": false}]"#;
    request(&over(ratio)).unwrap();
}

#[test]
fn an_anomaly_band_returns_data_beside_the_metric() {
    let band = r#"[{"Id": "m1", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Average"}},
        {"Id": "ad1", "Expression": "ANOMALY_DETECTION_BAND(m1, 2)"}]"#;
    let with = |operator: &str, threshold: &str| {
        let list = over(band);
        let list = list.trim_end_matches('}');
        format!(
            r#"{list}, "ThresholdMetricId": "ad1", "ComparisonOperator": "{operator}", "Threshold": {threshold}}}"#
        )
    };
    request(&with("GreaterThanUpperThreshold", "null")).unwrap();
    assert_eq!(
        refused(&with("GreaterThanUpperThreshold", "1")),
        "ValidationException: Threshold and ThresholdMetricId cannot both be set"
    );
    assert!(
        refused(&with("GreaterThanThreshold", "null")).ends_with("can not be used with ThresholdMetricId")
    );
    assert!(
        refused(r#"{"ComparisonOperator": "LessThanLowerThreshold"}"#)
            .ends_with("only be used with ThresholdMetricId")
    );
}

#[test]
fn each_rule_has_its_sentence() {
    for (changes, sentence) in [
        (r#"{"MetricName": null}"#, "MetricName must not be null"),
        (r#"{"EvaluationPeriods": null}"#, "EvaluationPeriods must not be null"),
        (r#"{"Threshold": null}"#, "Threshold must not be null"),
        (
            r#"{"Metrics": [{"Id": "m", "Expression": "1"}], "MetricName": null, "Namespace": null, "Period": null}"#,
            "Statistic should not be set if list of Metrics is set.",
        ),
        (
            r#"{"ExtendedStatistic": "p99"}"#,
            "PutMetricAlarm request can not be made with both Statistic and ExtendedStatistic parameters. Only one of them should be present",
        ),
        (r#"{"Statistic": null}"#, "PutMetricAlarm request should have a Statistic parameter"),
        (r#"{"Period": 45}"#, "Period must be 10, 20, 30 or a multiple of 60"),
        (r#"{"EvaluationPeriods": 1441}"#, "EvaluationPeriods * Period must be <= 86400"),
        (r#"{"Period": 3600, "EvaluationPeriods": 169}"#, "EvaluationPeriods * Period must be <= 604800"),
        (r#"{"EvaluationPeriods": 9223372036854775807}"#, "EvaluationPeriods * Period must be <= 86400"),
        (r#"{"DatapointsToAlarm": 2}"#, "DatapointsToAlarm must be less than or equal to EvaluationPeriods"),
        (
            r#"{"EvaluateLowSampleCountPercentile": "ignore"}"#,
            "Option evaluateLowSampleCountPercentile can not be applied with statistic Average. This option is enabled only for percentile statistics.",
        ),
    ] {
        assert_eq!(refused(changes), format!("ValidationException: {sentence}"), "{changes}");
    }
    assert!(refused(r#"{"TreatMissingData": "sometimes"}"#).contains("Option sometimes is not supported."));
    assert_eq!(
        refused(r#"{"Statistic": null, "ExtendedStatistic": "p101"}"#),
        "InvalidParameterValue: The value p101 for parameter ExtendedStatistic is not supported."
    );
    assert!(
        refused(r#"{"EvaluationCriteria": {"PromQLCriteria": {"Query": "up"}}}"#)
            .starts_with("NotImplemented")
    );
}

#[test]
fn a_list_of_metrics_returns_exactly_one() {
    let invalid = "ValidationException: Invalid metrics list";
    let one = "ValidationException: Exactly one element of the metrics list should return data.";
    assert_eq!(refused(&over(r#"[{"Id": "a", "Expression": "1"}, {"Id": "b", "Expression": "2"}]"#)), one);
    assert_eq!(refused(&over(r#"[{"Id": "a", "Expression": "1", "ReturnData": false}]"#)), one);
    for metric in [r#"{"Namespace": "n"}"#, r#"{"MetricName": "m"}"#] {
        let list =
            format!(r#"[{{"Id": "a", "MetricStat": {{"Metric": {metric}, "Period": 60, "Stat": "Sum"}}}}]"#);
        assert_eq!(refused(&over(&list)), invalid, "{metric}");
    }
    assert_eq!(
        refused(&over(r#"[{"Id": "a", "Expression": "1"}, {"Id": "a", "Expression": "2"}]"#)),
        invalid
    );
    assert_eq!(refused(&over(r#"[{"Id": "a"}]"#)), invalid);
    assert_eq!(refused(&over(r#"[{"Id": "A", "Expression": "1"}]"#)), invalid);
    assert_eq!(
        refused(&over(
            r#"[{"Id": "a", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "best"}}]"#
        )),
        invalid
    );
}

/// An alarm over two metrics and an expression that returns the values.
fn math(expression: &str) -> String {
    let metric = |id: &str| json!({"Id": id, "ReturnData": false, "MetricStat": {"Metric": {"Namespace": "n", "MetricName": id}, "Period": 60, "Stat": "Sum"}});
    over(&json!([{"Id": "e1", "Expression": expression}, metric("m1"), metric("m2")]).to_string())
}

#[test]
fn an_expression_must_come_to_one_series() {
    for expression in [
        "m1 / m2",
        "100 * SUM(METRICS())",
        "m1 / MAX(m1)",
        "IF(AVG(m1) > 5, m1, m2)",
        "IF(m1 > 5 AND m2 < 3, 1, 0)",
        "FILL(m1, 0)",
        "RATE(m1) - RATE(FILL(m2, REPEAT))",
    ] {
        request(&math(expression)).unwrap_or_else(|fault| panic!("{expression}: {fault}"));
    }
    for (expression, sentence) in [
        (
            "METRICS()",
            "ValidationException: The expression that returns data must return a single time series",
        ),
        (
            "[m1, m2]",
            "ValidationException: The expression that returns data must return a single time series",
        ),
        (
            "AVG(m1)",
            "ValidationException: Error in expression 'e1': The result is a number; it must be a time series or an array of time series",
        ),
        (
            "m1 / m3",
            "ValidationException: Error in expression 'e1': 'm3' is not the Id of a metric or an expression in the request",
        ),
        (
            "m1 +",
            "ValidationException: Error in expression 'e1': Invalid syntax: unexpected end of expression at char 4, must be: a number, an id that starts with a lower-case letter, a function, '-', '(' or '['",
        ),
        (
            "SEARCH('x', 'Sum')",
            "NotImplemented: Error in expression 'e1': Function 'SEARCH' is not implemented by sagebrush",
        ),
    ] {
        assert_eq!(refused(&math(expression)), sentence, "{expression}");
    }
}

/// A member that is as a rule left as it is, and else has one of these values or is taken away.
fn at_times(
    member: &'static str,
    values: &serde_json::Value,
) -> impl Strategy<Value = Option<Change>> + use<> {
    let mut values = values.as_array().unwrap().clone();
    values.push(serde_json::Value::Null);
    prop::option::weighted(0.2, prop::sample::select(values).prop_map(move |value| (member, value)))
}

type Change = (&'static str, serde_json::Value);

/// Alarms that CloudWatch takes, with some changes that are right somewhere.
fn alarms() -> impl Strategy<Value = serde_json::Value> {
    let stat = |stat: &str| {
        let metric =
            json!({"Namespace": "n", "MetricName": "m", "Dimensions": [{"Name": "a", "Value": "b"}]});
        json!({"Metric": metric, "Period": 60, "Stat": stat})
    };
    let lists = json!([
        [],
        [{"Id": "m", "MetricStat": stat("p99")}],
        [{"Id": "m", "MetricStat": stat("Sum")}, {"Id": "ad", "Expression": "ANOMALY_DETECTION_BAND(m)"}],
        [{"Id": "e", "Expression": "m * 2", "Period": 60}, {"Id": "m", "MetricStat": stat("IQM"), "ReturnData": false}],
    ]);
    let (one, math, band) = (
        json!({"MetricName": "m", "Namespace": "n", "Statistic": "Sum", "Period": 60, "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold"}),
        json!({"Metrics": lists[3], "Threshold": 1, "ComparisonOperator": "LessThanThreshold"}),
        json!({"Metrics": lists[2], "ThresholdMetricId": "ad", "ComparisonOperator": "GreaterThanUpperThreshold"}),
    );
    let watched = (
        at_times("MetricName", &json!(["m"])),
        at_times("Namespace", &json!(["n"])),
        at_times("Dimensions", &json!([[], [{"Name": "a", "Value": "b"}]])),
        at_times("Statistic", &json!(["Average", "SampleCount"])),
        at_times("ExtendedStatistic", &json!(["p99", "tm90", "Average"])),
        at_times("Period", &json!([10, 60, 300])),
        at_times("Unit", &json!(["Count"])),
        at_times("Metrics", &lists),
    );
    let judged = (
        at_times("EvaluationPeriods", &json!([1, 3])),
        at_times("DatapointsToAlarm", &json!([1, 2])),
        at_times("Threshold", &json!([0, 1.5])),
        at_times("ThresholdMetricId", &json!(["ad"])),
        at_times("ComparisonOperator", &json!(["LessThanThreshold", "GreaterThanUpperThreshold"])),
        at_times("TreatMissingData", &json!(["breaching", "notBreaching", "ignore", "missing", "maybe"])),
        at_times("EvaluateLowSampleCountPercentile", &json!(["evaluate", "ignore"])),
    );
    let base = prop::sample::select(vec![one, math, band]);
    (base, watched, judged).prop_map(|(mut alarm, (a, b, c, d, e, f, g, h), (i, j, k, l, m, n, o))| {
        (alarm["AlarmName"], alarm["EvaluationPeriods"]) = (json!("a"), json!(2));
        for (member, value) in [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o].into_iter().flatten() {
            alarm[member] = value;
        }
        alarm
    })
}

#[test]
fn every_alarm_that_is_accepted_can_be_evaluated() {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3000) };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let accepted = Cell::new(0);
    let tried = runner.run(&alarms(), |alarm| {
        accepted.set(accepted.get() + usize::from(checked(alarm).is_ok()));
        Ok(())
    });
    tried.unwrap();
    assert!(accepted.get() > 100, "only {} of all were accepted", accepted.get());
}

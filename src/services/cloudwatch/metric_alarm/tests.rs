//! What `PutMetricAlarm` refuses, in CloudWatch's words.

use super::check::Request;
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
    let input: Value = serde_json::from_value(alarm).unwrap();
    from_value::<Request>(input).unwrap().check()
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
        {"Id": "m1", "MetricStat": {"Metric": {}, "Period": 60, "Stat": "Sum"}, "ReturnData": false},
        {"Id": "m2", "MetricStat": {"Metric": {}, "Period": 60, "Stat": "p90"}, "ReturnData": false}]"#;
    request(&over(ratio)).unwrap();
}

#[test]
fn an_anomaly_band_returns_data_beside_the_metric() {
    let band = r#"[{"Id": "m1", "MetricStat": {"Metric": {}, "Period": 60, "Stat": "Average"}},
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
    assert_eq!(
        refused(&over(r#"[{"Id": "a", "Expression": "1"}, {"Id": "a", "Expression": "2"}]"#)),
        invalid
    );
    assert_eq!(refused(&over(r#"[{"Id": "a"}]"#)), invalid);
    assert_eq!(refused(&over(r#"[{"Id": "A", "Expression": "1"}]"#)), invalid);
    assert_eq!(
        refused(&over(r#"[{"Id": "a", "MetricStat": {"Metric": {}, "Period": 60, "Stat": "best"}}]"#)),
        invalid
    );
}

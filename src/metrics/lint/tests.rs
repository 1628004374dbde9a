//! Alarms that would never go off, and alarms that are as they should be.

use serde_json::{Value as Json, json};

use super::{Guarded, warnings};
use crate::clock::Timestamp;
use crate::metrics::alarm::MetricAlarm;
use crate::metrics::invoked::{Invoked, Runs};
use crate::metrics::usage::{Request, Usage};
use crate::metrics::utilization::{COPIES, Gauge, INSTANCES};

mod components;

/// An alarm on a metric of the endpoint `web`, with `members` on top; null takes a member out.
fn alarm(metric: &str, members: &Json) -> MetricAlarm {
    let namespace = if Gauge::named(metric).is_some() { INSTANCES } else { "AWS/SageMaker" };
    let mut body = json!({
        "Namespace": namespace, "MetricName": metric, "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1,
        "Threshold": 5.0, "ComparisonOperator": "GreaterThanThreshold",
        "Dimensions": dimensions(&[("EndpointName", "web"), ("VariantName", "main")]),
    });
    for (name, value) in members.as_object().expect("members") {
        body[name] = value.clone();
    }
    serde_json::from_value(body).expect("an alarm")
}

fn dimensions(pairs: &[(&str, &str)]) -> Json {
    pairs.iter().map(|(name, value)| json!({"Name": name, "Value": value})).collect()
}

/// What is wrong with it for an update of `web` from `blue` to `green`.
fn told(alarm: &MetricAlarm) -> Vec<String> {
    let guarded = Guarded {
        endpoint: "web",
        components: Vec::new(),
        configs: vec!["blue", "green"],
        variants: vec!["main", "main"],
        instance_types: vec!["ml.m5.large"],
        invocations_ms: 30_000,
        instances_ms: 60_000,
    };
    warnings("The alarm a", alarm, &guarded)
}

/// An alarm on a metric of which nothing but the comparison matters.
fn compares(metric: &str, statistic: &str, operator: &str, threshold: f64) -> MetricAlarm {
    let plain = ["Sum", "Average", "Minimum", "Maximum", "SampleCount"].contains(&statistic);
    let member = if plain { "Statistic" } else { "ExtendedStatistic" };
    let mut members = json!({"Threshold": threshold, "ComparisonOperator": format!("{operator}Threshold")});
    members["Statistic"] = Json::Null;
    members[member] = json!(statistic);
    alarm(metric, &members)
}

#[test]
fn the_documentations_own_example_can_never_fire_and_is_told_what_would_be_right() {
    let example = compares("Invocation4XXErrors", "Average", "GreaterThan", 1.0);
    assert_eq!(
        told(&example),
        [
            "The alarm a can never fire: Average of Invocation4XXErrors lies between 0 and 1, because every sample is \
          0 or 1, so it is never greater than 1. Sum, or a threshold below 1, would be right."
        ]
    );
    let members = json!({"Statistic": "Average", "Threshold": 1.0, "TreatMissingData": "breaching"});
    let sentence = told(&alarm("Invocation4XXErrors", &members)).remove(0);
    assert!(sentence.starts_with("The alarm a can only fire for missing data: Average of"), "{sentence}");
}

#[test]
fn a_comparison_that_no_value_can_meet_is_told_from_one_that_a_value_meets() {
    const ERRORS: &str = "Invocation5XXErrors";
    for (metric, statistic, operator, threshold, fires) in [
        (ERRORS, "Average", "GreaterThan", 0.99, true),
        (ERRORS, "Average", "GreaterThanOrEqualTo", 1.0, true),
        (ERRORS, "Average", "GreaterThanOrEqualTo", 1.01, false),
        (ERRORS, "Average", "LessThan", 0.0, false),
        (ERRORS, "Average", "LessThanOrEqualTo", 0.0, true),
        (ERRORS, "Average", "LessThan", 5.0, true),
        (ERRORS, "Minimum", "GreaterThan", 1.0, false),
        (ERRORS, "Maximum", "GreaterThan", 1.0, false),
        (ERRORS, "p99.9", "GreaterThan", 1.0, false),
        (ERRORS, "p99.9", "GreaterThan", 0.5, true),
        (ERRORS, "tm90", "GreaterThan", 1.0, false),
        (ERRORS, "IQM", "GreaterThan", 1.0, false),
        (ERRORS, "tc90", "GreaterThan", 1.0, true),
        (ERRORS, "PR(0:1)", "GreaterThan", 99.0, true),
        (ERRORS, "PR(0:1)", "GreaterThan", 100.0, false),
        (ERRORS, "Sum", "GreaterThan", 1000.0, true),
        (ERRORS, "Sum", "LessThan", 0.0, false),
        (ERRORS, "Sum", "LessThanOrEqualTo", -1.0, false),
        (ERRORS, "SampleCount", "LessThan", 0.0, false),
        (ERRORS, "Average", "GreaterThan", -1.0, true),
        ("InvocationModelErrors", "Average", "GreaterThan", 5.0, false),
        ("InvocationsPerInstance", "Average", "GreaterThan", 1.0, false),
        ("Invocations", "Maximum", "GreaterThan", 1.0, false),
        ("ModelLatency", "Average", "GreaterThan", 1e9, true),
        ("ModelLatency", "p99", "LessThan", 0.0, false),
        ("MemoryUtilization", "Average", "GreaterThan", 99.0, true),
        ("MemoryUtilization", "Average", "GreaterThan", 100.0, false),
        ("CPUUtilization", "Average", "GreaterThan", 150.0, true),
    ] {
        let told = told(&compares(metric, statistic, operator, threshold));
        let case = format!("{statistic} of {metric} {operator} {threshold}: {told:?}");
        let never = told.iter().filter(|sentence| sentence.contains("can never fire")).count();
        assert_eq!((told.len(), never), if fires { (0, 0) } else { (1, 1) }, "{case}");
    }
}

#[test]
fn what_would_be_right_is_on_the_other_side() {
    for (statistic, operator, threshold, right) in [
        ("Average", "GreaterThan", 1.0, "Sum, or a threshold below 1, would be right."),
        ("Maximum", "GreaterThanOrEqualTo", 2.0, "Sum, or a threshold of at most 1, would be right."),
        ("PR(0:1)", "GreaterThan", 100.0, "A threshold below 100 would be right."),
        ("Sum", "LessThan", 0.0, "A threshold above 0 would be right."),
        ("Sum", "LessThanOrEqualTo", -1.0, "A threshold of at least 0 would be right."),
    ] {
        let told = told(&compares("Invocation5XXErrors", statistic, operator, threshold));
        assert!(told[0].ends_with(right), "{statistic} {operator}: {told:?}");
    }
}

/// Dimensions for [`alarm`].
fn by(pairs: &[(&str, &str)]) -> Json {
    json!({"Dimensions": dimensions(pairs)})
}

fn by_all(endpoint: &str, variant: &str, config: &str) -> Json {
    by(&[("EndpointName", endpoint), ("VariantName", variant), ("EndpointConfigName", config)])
}

#[test]
fn an_alarm_on_another_endpoint_variant_or_config_is_told_whose_metrics_there_are() {
    for (metric, members, what) in [
        (
            "Invocations",
            by(&[("EndpointName", "Web"), ("VariantName", "main")]),
            "watches the endpoint Web, but web is updated (case counts).",
        ),
        ("Invocations", by_all("shop", "x", "y"), "watches the endpoint shop, but web is updated."),
        (
            "Invocations",
            by_all("web", "Main", "green"),
            "watches the variant Main, but web has main (case counts).",
        ),
        (
            "Invocations",
            by_all("web", "main", "red"),
            "watches the endpoint config red, but this update is about blue and green.",
        ),
    ] {
        assert_eq!(told(&alarm(metric, &members)), [format!("The alarm a {what}")], "{members}");
    }
    let both = told(&alarm("Invocations", &by_all("web", "other", "red")));
    assert_eq!(both.len(), 2, "{both:?}");
}

#[test]
fn an_alarm_by_other_dimensions_is_told_by_which_a_metric_is_published() {
    for (metric, members, what) in [
        (
            "Invocations",
            by(&[("EndpointName", "web")]),
            "watches Invocations by EndpointName, but it is published only by EndpointName and VariantName, or by \
             EndpointConfigName, EndpointName and VariantName.",
        ),
        (
            "CPUUtilization",
            by_all("web", "main", "green"),
            "watches CPUUtilization by EndpointConfigName, EndpointName and VariantName, but it is published only \
             by EndpointName and VariantName.",
        ),
        (
            "ModelLatency",
            by(&[]),
            "watches ModelLatency without dimensions, but it is published only by EndpointName and VariantName, or \
             by EndpointConfigName, EndpointName and VariantName.",
        ),
    ] {
        assert_eq!(told(&alarm(metric, &members)), [format!("The alarm a {what}")], "{members}");
    }
}

#[test]
fn an_alarm_on_what_is_not_published_is_told_what_is() {
    for (metric, members, what) in [
        (
            "Invocation5xxErrors",
            json!({}),
            "watches Invocation5xxErrors, which this endpoint does not publish (case counts). In AWS/SageMaker it \
             publishes Invocations, Invocation4XXErrors, Invocation5XXErrors, InvocationModelErrors, \
             InvocationsPerInstance, ConcurrentRequestsPerModel, ModelLatency, OverheadLatency.",
        ),
        (
            "ModelLatency",
            json!({"Namespace": INSTANCES}),
            "watches ModelLatency in /aws/sagemaker/Endpoints, but it is published in AWS/SageMaker.",
        ),
        (
            "Invocations",
            json!({"Unit": "Count"}),
            "watches Invocations in the unit Count, but it is published in None. Without Unit it would watch any.",
        ),
        ("GPUUtilization", json!({}), "watches GPUUtilization, which ml.m5.large does not report."),
        (
            "ModelLatency",
            json!({"Period": 10}),
            "watches ModelLatency in periods of 10 s, but its datapoints cover 30 s and fit no shorter period. A Period \
             of at least 30 would be right.",
        ),
        (
            "CPUUtilization",
            json!({"Period": 30}),
            "watches CPUUtilization in periods of 30 s, but its datapoints cover 60 s and fit no shorter period. A \
             Period of at least 60 would be right.",
        ),
        (
            "Invocations",
            json!({"Namespace": "AWS/Sagemaker"}),
            "watches Invocations in AWS/Sagemaker, but endpoints publish in AWS/SageMaker (case counts).",
        ),
    ] {
        assert_eq!(told(&alarm(metric, &members)), [format!("The alarm a {what}")], "{members}");
    }
}

#[test]
fn all_that_endpoints_publish_may_be_watched() {
    let who = Invoked { endpoint: "web".into(), variant: "main".into(), runs: Runs::Config("green".into()) };
    let mut usage = Usage::default();
    usage.add(&Request { at: Timestamp(0), status: 200, latency_us: 3000, overhead_us: 100, instances: 2 });
    let published = usage.datapoints(&who);
    assert!(published.len() >= 14, "seven metrics under two sets of dimensions: {published:?}");
    for (series, _) in published {
        let metric = &series.metric;
        let members =
            json!({"Unit": series.unit, "Dimensions": metric.dimensions, "Namespace": metric.namespace});
        assert_eq!(told(&alarm(&metric.name, &members)), [""; 0], "{series:?}");
    }
    let guarded = Guarded {
        components: Vec::new(),
        endpoint: "web",
        configs: vec!["blue"],
        variants: vec!["main"],
        instance_types: vec!["ml.g5.xlarge"],
        invocations_ms: 60_000,
        instances_ms: 60_000,
    };
    for gauge in Gauge::ALL {
        let alarm = alarm(gauge.name(), &json!({"Unit": "Percent"}));
        assert_eq!(warnings("The alarm a", &alarm, &guarded), [""; 0], "{gauge:?}");
    }
}

#[test]
fn nothing_is_said_of_anybodys_own_metrics() {
    let own = json!({"Namespace": "Shop", "Statistic": "Average", "Threshold": -1.0,
        "ComparisonOperator": "LessThanThreshold", "Dimensions": []});
    assert_eq!(told(&alarm("Invocation5XXErrors", &own)), [""; 0]);
}

#[test]
fn the_metrics_of_an_expression_are_looked_at_and_a_query_that_is_compared_is_judged() {
    let stat = |endpoint: &str, returned: bool| {
        let pairs = [("EndpointName", endpoint), ("VariantName", "main")];
        let metric = json!({"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors",
            "Dimensions": dimensions(&pairs)});
        json!({"Id": format!("m_{endpoint}"), "ReturnData": returned,
            "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Average"}})
    };
    let over = |metrics: Json| {
        let body = json!({"EvaluationPeriods": 1, "Threshold": 1.0, "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": metrics});
        told(&serde_json::from_value::<MetricAlarm>(body).expect("an alarm"))
    };
    let sum = json!({"Id": "e", "Expression": "m_web * 100", "ReturnData": true});
    assert_eq!(
        over(json!([stat("web", false), sum])),
        [""; 0],
        "what an expression makes of it is not known"
    );
    let other = over(json!([stat("other", false), stat("web", false), sum]));
    assert_eq!(other, ["The alarm a watches the endpoint other, but web is updated."]);
    let compared = over(json!([stat("web", true)]));
    assert!(compared.len() == 1 && compared[0].contains("can never fire"), "{compared:?}");
}

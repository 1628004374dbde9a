//! Alarms that are to guard inference components, and the endpoints that host them.

use super::*;

/// What is wrong with an alarm for an update of what the endpoint `web` hosts: of a component, or of several at once.
fn told_of(components: &[&str], alarm: &MetricAlarm) -> Vec<String> {
    let guarded = Guarded {
        endpoint: "web",
        components: components.to_vec(),
        configs: Vec::new(),
        variants: vec!["main"],
        instance_types: vec!["ml.g5.12xlarge"],
        invocations_ms: 60_000,
        instances_ms: 60_000,
    };
    warnings("The alarm a", alarm, &guarded)
}

/// Of the component of that name.
fn of(component: &str) -> Json {
    by(&[("InferenceComponentName", component)])
}

fn with(mut members: Json, name: &str, value: &str) -> Json {
    members[name] = json!(value);
    members
}

#[test]
fn what_a_component_publishes_is_no_surprise() {
    let who = Invoked {
        endpoint: "web".to_owned(),
        variant: "main".to_owned(),
        runs: Runs::Component("llm".to_owned()),
    };
    let mut usage = Usage::default();
    usage.add(&Request { at: Timestamp(0), status: 200, latency_us: 1, overhead_us: 1, instances: 1 });
    usage.refuse(Timestamp(0));
    let published: Vec<_> = usage.datapoints(&who).into_iter().map(|(series, _)| series).collect();
    let fine = usage.slots(&who).into_iter().map(|(_, series, _)| series);
    for series in published.into_iter().chain(fine) {
        let metric = &series.metric;
        let members = json!({
            "Unit": series.unit, "Dimensions": metric.dimensions, "Namespace": metric.namespace, "Threshold": 0.5,
        });
        assert_eq!(told_of(&["llm"], &alarm(&metric.name, &members)), [""; 0], "{series:?}");
    }
    for gauge in Gauge::ALL.into_iter().filter_map(Gauge::normalized_name) {
        let members = with(with(of("llm"), "Namespace", COPIES), "Unit", "Percent");
        assert_eq!(told_of(&["llm"], &alarm(gauge, &members)), [""; 0], "{gauge}");
    }
    let fast = with(of("llm"), "Namespace", "AWS/SageMaker");
    let mut fast = alarm("NoCapacityInvocationFailures", &fast);
    assert_eq!(told_of(&["llm", "other"], &fast), [""; 0], "one of those that an endpoint hosts");
    if let crate::metrics::alarm::Source::Metric { period, .. } = &mut fast.source {
        *period = 10;
    }
    assert_eq!(told_of(&["llm"], &fast), [""; 0], "its datapoints cover ten seconds");
}

/// Each of these alarms has this wrong with it.
fn assert_told(cases: &[(&[&str], &str, Json, &str)]) {
    for (components, metric, members, what) in cases {
        let told = told_of(components, &alarm(metric, members));
        assert_eq!(told, [format!("The alarm a {what}")], "{metric} {members}");
    }
}

#[test]
fn an_alarm_that_waits_for_another_component_is_told_which_there_are() {
    let elsewhere = by(&[("EndpointName", "other"), ("VariantName", "main")]);
    assert_told(&[
        (
            &["llm"],
            "Invocations",
            of("LLM"),
            "watches the inference component LLM, but this update is about llm (case counts).",
        ),
        (&[], "InvocationsPerCopy", of("llm"), "watches the inference component llm, but web hosts none."),
        (&["llm"], "Invocations", elsewhere, "watches the endpoint other, but web is updated."),
    ]);
    let whole = by(&[("EndpointName", "web"), ("VariantName", "main")]);
    assert_eq!(told_of(&["llm"], &alarm("Invocations", &whole)), [""; 0], "its host counts it too");
}

#[test]
fn an_alarm_that_waits_for_another_metric_is_told_which_there_are() {
    assert_told(&[
        (
            &["llm"],
            "InvocationsPerInstance",
            of("llm"),
            "watches InvocationsPerInstance, which an inference component does not publish. In AWS/SageMaker it publishes \
             Invocations, Invocation4XXErrors, Invocation5XXErrors, InvocationModelErrors, InvocationsPerCopy, \
             ConcurrentRequestsPerCopy, NoCapacityInvocationFailures, ModelLatency, OverheadLatency.",
        ),
        (
            &["llm"],
            "CPUUtilization",
            of("llm"),
            "watches CPUUtilization, which an inference component does not publish. In /aws/sagemaker/Endpoints it \
             publishes nothing.",
        ),
        (
            &["llm"],
            "CPUUtilizationNormalized",
            of("llm"),
            "watches CPUUtilizationNormalized in AWS/SageMaker, but it is published in \
             /aws/sagemaker/InferenceComponents.",
        ),
        (
            &["llm"],
            "Invocations",
            by(&[("EndpointName", "web"), ("InferenceComponentName", "llm")]),
            "watches Invocations by EndpointName and InferenceComponentName, but it is published only by EndpointName and \
             VariantName, or by InferenceComponentName.",
        ),
        (
            &["llm"],
            "Invocations",
            by_all("web", "main", "blue"),
            "watches Invocations by EndpointConfigName, EndpointName and VariantName, but it is published only by \
             EndpointName and VariantName, or by InferenceComponentName.",
        ),
    ]);
}

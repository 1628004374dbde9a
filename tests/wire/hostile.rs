//! Whatever comes in, an answer goes out, and never a 500.

use axum::http::Request;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::stub::Stub;

const TARGETS: [&str; 6] = [
    "SageMaker.CreateEndpointConfig",
    "SageMaker.CreateModel",
    "SageMaker.UpdateEndpoint",
    "SageMaker.ListEndpoints",
    "GraniteServiceVersion20100801.PutMetricAlarm",
    "AWSEvents.PutRule",
];

fn send(request: Request<axum::body::Body>) -> u16 {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(Stub::silent().send(request)).status.as_u16()
}

fn leaf() -> impl Strategy<Value = Json> {
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<f64>().prop_map(Json::from),
        ".{0,40}".prop_map(Json::from),
        "[a-zA-Z0-9-]{1,10}".prop_map(Json::from),
    ]
}

/// Members that the targets have, so that the walk goes deep.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "EndpointName",
            "EndpointConfigName",
            "ProductionVariants",
            "VariantName",
            "ModelName",
            "InitialInstanceCount",
            "InitialVariantWeight",
            "Tags",
            "Key",
            "Value",
            "PrimaryContainer",
            "Environment",
            "DeploymentConfig",
            "BlueGreenUpdatePolicy",
            "TrafficRoutingConfiguration",
            "CreationTimeAfter",
            "Dimensions",
            "Threshold",
        ])
        .prop_map(str::to_owned),
        ".{0,10}",
    ]
}

fn tree() -> impl Strategy<Value = Json> {
    leaf().prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::vec((name(), inner), 0..6)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_json_is_answered(target in prop::sample::select(TARGETS.to_vec()), body in tree()) {
        let version = if target.starts_with("Granite") { "1.0" } else { "1.1" };
        let request = Request::post("/")
            .header("content-type", format!("application/x-amz-json-{version}"))
            .header("x-amz-target", target)
            .body(body.to_string().into())
            .unwrap();
        let status = send(request);
        prop_assert!(status == 200 || status == 400, "{status}");
    }

    #[test]
    fn any_bytes_are_answered(
        method in prop::sample::select(vec!["POST", "GET", "PUT", "DELETE"]),
        kind in prop::sample::select(vec![
            "application/x-amz-json-1.1", "application/x-amz-json-1.0", "application/json", "text/plain",
            "application/x-www-form-urlencoded",
        ]),
        target in prop::option::of("(SageMaker|AWSEvents|[a-z]{0,5})\\.?(ListModels|CreateModel|[A-Za-z]{0,9})"),
        authorization in "[ -~]{0,60}",
        path in "/(endpoints/)?[a-z]{0,4}(/invocations)?(\\?Action=[A-Za-z%]{0,9})?",
        body in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut request = Request::builder().method(method).uri(path).header("content-type", kind);
        request = request.header("authorization", authorization);
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let status = send(request.body(body.into()).unwrap());
        prop_assert!(status < 500, "{status}");
    }

    #[test]
    fn any_form_is_answered(
        names in prop::collection::vec(
            "(AlarmNames|Dimensions|Period|Threshold|StartTime|MetricDataQueries)(\\.(member|entry|[0-9]{1,3}|Name|Id)){0,5}",
            0..12,
        ),
        text in "[ -~]{0,12}",
        action in prop::sample::select(vec!["PutMetricAlarm", "DescribeAlarms", "GetMetricData", "GetCallerIdentity"]),
    ) {
        let mut form = form_urlencoded::Serializer::new(format!("Action={action}"));
        for name in names {
            form.append_pair(&name, &text);
        }
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        let status = send(request.body(form.finish().into()).unwrap());
        prop_assert!(status == 200 || status == 400, "{status}");
    }
}

#[test]
fn a_million_faults_are_answered_with_a_short_list() {
    let variants: Vec<Json> = (0..200_000).map(|_| json!({})).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = json!({"ProductionVariants": variants}).to_string();
    let answered = runtime.block_on(Stub::silent().json("SageMaker.CreateEndpointConfig", body));
    assert_eq!(answered.status, 400);
    assert!(answered.body.contains("100 validation errors detected: "), "the count is that of the list");
    assert!(answered.body.len() < 2_000_000, "{} bytes", answered.body.len());
}

#[test]
fn a_map_of_a_hundred_thousand_keys_is_read_in_its_time() {
    let entries: serde_json::Map<String, Json> =
        (0..60_000).map(|key| (format!("K{key}"), json!(""))).collect();
    let body = json!({"ModelName": "m", "PrimaryContainer": {"Environment": entries}}).to_string();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let answered = runtime.block_on(Stub::silent().json("SageMaker.CreateModel", body));
    assert!(answered.body.contains("Member must have length less than or equal to 100"), "too many entries");
}

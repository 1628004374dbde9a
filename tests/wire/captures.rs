//! Requests recorded from boto3 1.34 and 1.43 and from the JavaScript SDK v3, replayed.

use axum::body::Body;
use axum::http::Request;
use sagebrush::schema::ServiceId;
use serde_json::Value as Json;

use super::stub::Stub;

const CAPTURES: [&str; 3] = [
    include_str!("../vectors/captures/boto3-1.34.jsonl"),
    include_str!("../vectors/captures/boto3-1.43.jsonl"),
    include_str!("../vectors/captures/js-sdk-v3.jsonl"),
];

fn request(record: &Json) -> Request<Body> {
    let mut request = Request::builder().method(record["method"].as_str().unwrap());
    request = request.uri(record["path"].as_str().unwrap());
    for (name, value) in record["headers"].as_object().unwrap() {
        request = request.header(name, value.as_str().unwrap());
    }
    let body = match &record["body"] {
        Json::String(text) => text.clone().into_bytes(),
        other => {
            let digits = other["hex"].as_str().unwrap();
            let pairs = (0..digits.len()).step_by(2);
            pairs.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
        }
    };
    request.body(body.into()).unwrap()
}

/// What a record asks for, by its own marks.
fn expected(record: &Json) -> (ServiceId, String) {
    let headers = record["headers"].as_object().unwrap();
    let target = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-amz-target"));
    if let Some((_, target)) = target {
        let (prefix, operation) = target.as_str().unwrap().split_once('.').unwrap();
        let service = match prefix {
            "SageMaker" => ServiceId::SageMaker,
            "AWSEvents" => ServiceId::EventBridge,
            "AnyScaleFrontendService" => ServiceId::ApplicationAutoScaling,
            _ => ServiceId::CloudWatch,
        };
        return (service, operation.to_owned());
    }
    let runtime = |name: &str| (ServiceId::SageMakerRuntime, name.to_owned());
    match record["path"].as_str().unwrap().rsplit('/').next().unwrap() {
        "invocations" => runtime("InvokeEndpoint"),
        "async-invocations" => runtime("InvokeEndpointAsync"),
        "invocations-response-stream" => runtime("InvokeEndpointWithResponseStream"),
        _ => {
            let body = record["body"].as_str().unwrap();
            let action = body.split('&').find_map(|pair| pair.strip_prefix("Action=")).unwrap();
            let sts = body.contains("Version=2011-06-15");
            (if sts { ServiceId::Sts } else { ServiceId::CloudWatch }, action.to_owned())
        }
    }
}

#[tokio::test]
async fn every_captured_request_is_recognised_and_its_input_is_valid() {
    let (mut replayed, mut compressed) = (0, 0);
    for record in CAPTURES.iter().flat_map(|file| file.lines()) {
        let record: Json = serde_json::from_str(record).unwrap();
        let (service, operation) = expected(&record);
        let stub = Stub::silent();
        let answered = stub.send(request(&record)).await;
        replayed += 1;
        compressed += usize::from(record["body"].is_object());
        let success = if operation == "InvokeEndpointAsync" { 202 } else { 200 };
        assert_eq!(answered.status, success, "{operation}: {}", answered.body);
        let call = stub.calls().remove(0);
        assert_eq!((call.service, call.operation), (service, operation.as_str()));
        assert_eq!((call.account.as_str(), call.region.as_str()), ("123456789012", "us-east-1"));
    }
    assert!(compressed > 0, "one of them is gzip");
    assert!(replayed > 35, "only {replayed} captures");
}

/// The same alarm from three clients, as a form and as JSON, is the same value.
#[tokio::test]
async fn an_alarm_is_the_same_in_every_protocol() {
    let mut seen = Vec::new();
    for file in &CAPTURES[..2] {
        let alarm = file.lines().find(|line| line.contains("PutMetricAlarm")).unwrap();
        let stub = Stub::silent();
        stub.send(request(&serde_json::from_str(alarm).unwrap())).await;
        seen.push(serde_json::to_value(stub.calls().remove(0).input).unwrap());
    }
    assert_eq!(seen[0], seen[1], "boto3 1.34 sends a form, 1.43 sends JSON");
}

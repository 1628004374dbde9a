//! Members in the parts of an HTTP message, by the model of the invocations.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::schema::{Fields, Operation, Place, Service, ServiceId, Value, decode_http, encode_http, service};

fn operation(name: &str) -> (&'static Service, &'static Operation) {
    let runtime = service(ServiceId::SageMakerRuntime);
    (runtime, runtime.operation(name).unwrap())
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, text)| (name.parse().unwrap(), HeaderValue::from_static(text))).collect()
}

#[test]
fn an_invocation_is_read_from_label_headers_and_payload_and_the_payload_is_not_copied() {
    let (runtime, invoke) = operation("InvokeEndpoint");
    let sent = headers(&[
        ("content-type", "text/csv"),
        ("x-amzn-sagemaker-target-variant", "blue"),
        ("x-amzn-sagemaker-custom-attributes", "a=1"),
        ("x-amzn-sagemaker-content-type", "of another operation"),
        ("user-agent", "boto3"),
    ]);
    let payload = Bytes::from_static(b"1,2\n\xff");
    let read = decode_http(runtime, invoke, "a%2Db%C3%A9", &sent, &payload).unwrap();
    let expected = Fields::from_iter([
        ("EndpointName", Value::from("a-b\u{e9}")),
        ("Body", Value::Blob(payload.clone())),
        ("ContentType", Value::from("text/csv")),
        ("CustomAttributes", Value::from("a=1")),
        ("TargetVariant", Value::from("blue")),
    ]);
    assert_eq!(read, Value::Map(expected));
    let body = read.get("Body").and_then(Value::as_blob).unwrap();
    assert_eq!(body.as_ptr(), payload.as_ptr(), "the same bytes in the same place");
}

#[test]
fn a_label_or_header_that_is_no_text_is_read_with_marks_and_a_number_must_be_one() {
    let (runtime, invoke) = operation("InvokeEndpoint");
    let mut odd = HeaderMap::new();
    odd.insert("accept", HeaderValue::from_bytes(b"a\xff").unwrap());
    let read = decode_http(runtime, invoke, "%ff%", &odd, &Bytes::new()).unwrap();
    assert_eq!(read.get("EndpointName").and_then(Value::as_str), Some("\u{fffd}%"));
    assert_eq!(read.get("Accept").and_then(Value::as_str), Some("a\u{fffd}"));
    let (_, later) = operation("InvokeEndpointAsync");
    for (text, seconds) in [("60", Some(60)), ("soon", None)] {
        let sent = headers(&[("x-amzn-sagemaker-invocationtimeoutseconds", text)]);
        let read = decode_http(runtime, later, "e", &sent, &Bytes::new());
        let number = read.ok().and_then(|read| read.get("InvocationTimeoutSeconds")?.as_int());
        assert_eq!(number, seconds, "{text}");
    }
}

#[test]
fn an_answer_is_written_into_headers_and_payload_or_headers_and_json() {
    let (runtime, invoke) = operation("InvokeEndpoint");
    let payload = Bytes::from_static(b"\x00\xff");
    let answer = Value::Map(Fields::from_iter([
        ("Body", Value::Blob(payload.clone())),
        ("ContentType", Value::from("image/png")),
        ("InvokedProductionVariant", Value::from("blue")),
        ("CustomAttributes", Value::from("two\nlines")),
    ]));
    let written = encode_http(runtime, invoke, Some(&answer)).unwrap();
    assert!(written.is_payload && written.body.as_ptr() == payload.as_ptr(), "not copied");
    let names: Vec<_> =
        written.headers.iter().map(|(name, text)| (name.as_str(), text.to_str().unwrap())).collect();
    let expected = [("content-type", "image/png"), ("x-amzn-invoked-production-variant", "blue")];
    assert_eq!(names, expected, "a text that no header can carry is left out");
    let (_, later) = operation("InvokeEndpointAsync");
    let answer = Value::Map(Fields::from_iter([
        ("InferenceId", Value::from("i")),
        ("OutputLocation", "s3://b/o".into()),
    ]));
    let written = encode_http(runtime, later, Some(&answer)).unwrap();
    assert_eq!((written.body.as_ref(), written.is_payload), (&br#"{"InferenceId":"i"}"#[..], false));
    assert_eq!(written.headers[0].1, "s3://b/o");
    assert!(
        encode_http(runtime, invoke, Some(&Value::Map(Fields::from_iter([("Body", Value::Int(1))]))))
            .is_err()
    );
}

#[test]
fn places_addresses_and_statuses_are_those_of_the_models() {
    let (runtime, invoke) = operation("InvokeEndpoint");
    let places = |name: &str| {
        let input = runtime.operation(name).unwrap().input.unwrap();
        runtime.shape(input).members().iter().map(|member| &member.place).collect::<Vec<_>>()
    };
    assert_eq!(places("InvokeEndpoint")[..2], [&Place::Label, &Place::Payload]);
    assert!(places("InvokeEndpoint")[2..].iter().all(|place| matches!(place, Place::Header(_))));
    assert_eq!((invoke.status, operation("InvokeEndpointAsync").1.status), (200, 202));
    for (path, found) in [
        ("/endpoints/e/invocations", Some(("InvokeEndpoint", "e"))),
        ("/endpoints/e/async-invocations", Some(("InvokeEndpointAsync", "e"))),
        ("/endpoints/e/invocations-response-stream", Some(("InvokeEndpointWithResponseStream", "e"))),
        ("/endpoints//invocations", None),
        ("/endpoints/e/f/invocations", None),
        ("/endpoints/e/invocations/", None),
        ("/x/endpoints/e/invocations", None),
    ] {
        let operation = runtime.operation_at(path).map(|(operation, label)| (operation.name, label));
        assert_eq!(operation, found, "{path}");
    }
    let gzip = |id| service(id).operations().iter().filter(|operation| operation.takes_gzip).count();
    assert_eq!(ServiceId::ALL.map(gzip).iter().sum::<usize>(), 1, "PutMetricData alone");
    assert!(service(ServiceId::CloudWatch).operation("PutMetricData").unwrap().takes_gzip);
}

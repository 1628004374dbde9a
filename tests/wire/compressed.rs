//! Bodies in gzip: taken where the model of the operation says so, and never believed to be small.

use std::io::Write;

use axum::http::Request;
use flate2::Compression;
use flate2::write::GzEncoder;
use sagebrush::schema::Value;

use super::stub::{Answered, Stub, cbor_request, json_request};

const METRIC: &str = r#"{"Namespace":"n","MetricData":[{"MetricName":"m","Value":1}]}"#;
const PUT: &str = "GraniteServiceVersion20100801.PutMetricData";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn encoded(mut request: Request<axum::body::Body>, encoding: &str) -> Request<axum::body::Body> {
    request.headers_mut().insert("content-encoding", encoding.parse().unwrap());
    request
}

async fn put(body: Vec<u8>) -> Answered {
    let request = json_request("application/x-amz-json-1.0", PUT, body);
    Stub::silent().send(encoded(request, "gzip")).await
}

fn noise(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + u8::try_from(state >> 28).unwrap()
    };
    (0..length).map(next).collect()
}

#[tokio::test]
async fn metrics_come_compressed_in_every_protocol() {
    let form = "Action=PutMetricData&Version=2010-08-01&Namespace=n\
                &MetricData.member.1.MetricName=m&MetricData.member.1.Value=1";
    let cbor = b"\xa2\x69Namespace\x61n\x6aMetricData\x81\xa2\x6aMetricName\x61m\x65Value\x01";
    let by_form = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    for (request, protocol) in [
        (json_request("application/x-amz-json-1.0", PUT, gzip(METRIC.as_bytes())), "JSON"),
        (cbor_request("GraniteServiceVersion20100801", "PutMetricData", gzip(cbor)), "CBOR"),
        (by_form.body(gzip(form.as_bytes()).into()).unwrap(), "a form"),
    ] {
        let stub = Stub::silent();
        assert_eq!(stub.send(encoded(request, "gzip")).await.status, 200, "{protocol}");
        let input = stub.calls().remove(0).input;
        let metric = &input.get("MetricData").and_then(Value::as_list).unwrap()[0];
        assert_eq!(metric.get("Value"), Some(&Value::Float(1.0)), "{protocol}");
    }
    let plain = json_request("application/x-amz-json-1.0", PUT, METRIC);
    assert_eq!(Stub::silent().send(encoded(plain, "identity")).await.status, 200);
}

#[tokio::test]
async fn a_body_that_inflates_beyond_the_limits_is_refused() {
    let many = format!(r#"{{"Namespace":"n","MetricData":[{{"MetricName":"{}"}}]}}"#, "m".repeat(1_000_000));
    let within = put(gzip(many.as_bytes())).await;
    assert!(gzip(many.as_bytes()).len() * 500 < many.len());
    assert!(within.body.contains("Member must have length less than or equal to 255"), "a megabyte is read");
    let answered = put(gzip(&vec![b' '; (1 << 20) + 1])).await;
    assert_eq!(answered.status, 413);
    let sentence = r#""message":"The request body inflates to more than 100 times its length."}"#;
    assert!(answered.body.ends_with(sentence), "{}", answered.body);
    assert!(answered.body.contains("RequestEntityTooLargeException"));
    let most = 4 << 20;
    let by_half = |length: usize| {
        let bytes = [noise(most / 16), vec![b' '; length - most / 16]].concat();
        let compressed = gzip(&bytes);
        assert!(compressed.len() < 1 << 20 && compressed.len() * 100 > most);
        compressed
    };
    let largest = put(by_half(most)).await;
    assert_eq!(
        (largest.status.as_u16(), largest.body.contains("SerializationException")),
        (400, true),
        "it is read"
    );
    let answered = put(by_half(most + 1)).await;
    assert_eq!(answered.status, 413);
    assert!(answered.body.contains("inflates to more than 4194304 bytes."), "{}", answered.body);
    let form = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let bomb = encoded(form.body(by_half(most + 1).into()).unwrap(), "gzip");
    let answered = Stub::silent().send(bomb).await;
    assert_eq!((answered.status.as_u16(), answered.content_type()), (413, "text/xml"));
}

#[tokio::test]
async fn what_is_not_gzip_is_refused_with_a_sentence() {
    let whole = gzip(METRIC.as_bytes());
    for body in [METRIC.as_bytes(), &[], &whole[..whole.len() - 1], &whole[..12]] {
        let answered = put(body.to_vec()).await;
        assert_eq!(answered.status, 400);
        assert!(answered.body.contains("The request body is not gzip"), "{}", answered.body);
    }
}

#[tokio::test]
async fn other_encodings_and_other_operations_take_none() {
    let delete = "GraniteServiceVersion20100801.DeleteAlarms";
    let names = gzip(br#"{"AlarmNames":["a"]}"#);
    let form = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let form =
        form.body(gzip(b"Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.1=a").into()).unwrap();
    let invoke = Request::post("/endpoints/e/invocations").body(names.clone().into()).unwrap();
    for (request, encoding, sentence) in [
        (
            json_request("application/x-amz-json-1.0", PUT, METRIC),
            "br",
            "PutMetricData takes no body with the content encoding br.",
        ),
        (
            json_request("application/x-amz-json-1.0", delete, names),
            "gzip",
            "DeleteAlarms takes no body with the content encoding gzip.",
        ),
        (form, "gzip", "DeleteAlarms takes no body with the content encoding gzip."),
        (invoke, "gzip", "InvokeEndpoint takes no body with the content encoding gzip."),
    ] {
        let stub = Stub::silent();
        let answered = stub.send(encoded(request, encoding)).await;
        assert_eq!(
            (answered.status.as_u16(), answered.body.contains(sentence)),
            (415, true),
            "{}",
            answered.body
        );
        assert_eq!(stub.calls(), []);
    }
}

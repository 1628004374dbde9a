//! restJson1: invocations as they come from clients, and as they are answered.

use axum::body::Body;
use axum::http::{Request, request};
use bytes::Bytes;
use sagebrush::schema::{Call, Fault, Fields, ServiceId, Value};

use super::stub::{Answered, Stub};

fn invocation(name: &str) -> request::Builder {
    Request::post(format!("/endpoints/{name}/invocations"))
}

async fn invoke(request: request::Builder, body: impl Into<Body>) -> Answered {
    Stub::silent().send(request.body(body.into()).unwrap()).await
}

fn error(answered: &Answered) -> (u16, Option<&str>, &str) {
    (answered.status.as_u16(), answered.header("x-amzn-errortype"), answered.body.as_str())
}

#[tokio::test]
async fn the_operation_sees_label_headers_and_payload() {
    let stub = Stub::silent();
    let request = invocation("web%2D1")
        .header("Content-Type", "text/csv")
        .header("X-Amzn-SageMaker-Target-Variant", "blue")
        .header("X-Amzn-SageMaker-Inference-Id", "id 1")
        .header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=000011112222/20260101/eu-west-1/sagemaker/aws4_request",
        );
    stub.send(request.body("\u{0}1,2".into()).unwrap()).await;
    let call = stub.calls().remove(0);
    assert_eq!((call.service, call.operation), (ServiceId::SageMakerRuntime, "InvokeEndpoint"));
    assert_eq!((call.account.as_str(), call.region.as_str()), ("000011112222", "eu-west-1"));
    let expected = Fields::from_iter([
        ("EndpointName", Value::from("web-1")),
        ("Body", Value::Blob(Bytes::from_static(b"\x001,2"))),
        ("ContentType", Value::from("text/csv")),
        ("TargetVariant", Value::from("blue")),
        ("InferenceId", Value::from("id 1")),
    ]);
    assert_eq!(call.input, Value::Map(expected));
}

#[tokio::test]
async fn a_payload_goes_out_as_it_is_with_its_own_content_type() {
    let stub = Stub::answering(|call: &Call| {
        let mut answer = Fields::from_iter([
            ("Body", call.input.get("Body").unwrap().clone()),
            ("InvokedProductionVariant", Value::from("blue")),
            ("CustomAttributes", Value::from("a=1")),
        ]);
        if let Some(kind) = call.input.get("Accept") {
            answer.insert("ContentType", kind.clone());
        }
        Ok(Some(Value::Map(answer)))
    });
    let request = invocation("e").header("Accept", "image/png").body(vec![0_u8, 255, 10].into()).unwrap();
    let answered = stub.send(request).await;
    assert_eq!((answered.status.as_u16(), answered.bytes.as_ref()), (200, &[0_u8, 255, 10][..]));
    let mut names: Vec<&str> = answered.headers.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    let expected = [
        "content-length",
        "content-type",
        "x-amzn-invoked-production-variant",
        "x-amzn-requestid",
        "x-amzn-sagemaker-custom-attributes",
    ];
    assert_eq!(names, expected);
    assert_eq!(answered.content_type(), "image/png");
    assert_eq!(answered.header("x-amzn-invoked-production-variant"), Some("blue"));
    let answered = stub.send(invocation("e").body("x".into()).unwrap()).await;
    assert_eq!(answered.content_type(), "application/octet-stream", "bytes of no type in particular");
}

#[tokio::test]
async fn an_asynchronous_invocation_is_accepted_with_headers_and_json() {
    let stub = Stub::answering(|_| {
        Ok(Some(Value::Map(Fields::from_iter([
            ("InferenceId", Value::from("i")),
            ("OutputLocation", Value::from("s3://b/o")),
        ]))))
    });
    let request = Request::post("/endpoints/e/async-invocations")
        .header("X-Amzn-SageMaker-InputLocation", "s3://b/i")
        .header("X-Amzn-SageMaker-RequestTTLSeconds", "60");
    let answered = stub.send(request.body("".into()).unwrap()).await;
    assert_eq!((answered.status.as_u16(), answered.body.as_str()), (202, r#"{"InferenceId":"i"}"#));
    assert_eq!(answered.header("x-amzn-sagemaker-outputlocation"), Some("s3://b/o"));
    assert_eq!(answered.content_type(), "application/json");
    assert_eq!(stub.calls()[0].input.get("RequestTTLSeconds"), Some(&Value::Int(60)));
    let soon = Request::post("/endpoints/e/async-invocations")
        .header("X-Amzn-SageMaker-InputLocation", "s3://b/i")
        .header("X-Amzn-SageMaker-RequestTTLSeconds", "soon");
    let answered = stub.send(soon.body("".into()).unwrap()).await;
    let body =
        r#"{"Message":"The value of the header x-amzn-sagemaker-requestttlseconds has the wrong type."}"#;
    assert_eq!(error(&answered), (400, Some("SerializationException"), body));
}

#[tokio::test]
async fn constraints_are_told_as_a_validation_error() {
    let message = |text: &str| format!(r#"{{"Message":"{text}"}}"#);
    for (request, sentence) in [
        (
            invocation("-e"),
            "1 validation error detected: Value '-e' at 'endpointName' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9])*",
        ),
        (
            invocation("e").header("X-Amzn-SageMaker-Custom-Attributes", "a".repeat(1025)),
            "1 validation error detected: Value at 'customAttributes' failed to satisfy constraint: Member must have \
             length less than or equal to 1024",
        ),
        (
            invocation("a%2Fb").header("X-Amzn-SageMaker-Inference-Id", ""),
            "3 validation errors detected: Value 'a/b' at 'endpointName' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: ^[a-zA-Z0-9](-*[a-zA-Z0-9])*; Value '' at 'inferenceId' failed to \
             satisfy constraint: Member must have length greater than or equal to 1; Value '' at 'inferenceId' failed \
             to satisfy constraint: Member must satisfy regular expression pattern: \\\\A\\\\S[\\\\p{Print}]*\\\\z",
        ),
        (
            invocation("e").header("Accept", &b"caf\xe9"[..]),
            "1 validation error detected: Value 'caf\u{fffd}' at 'accept' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: \\\\p{ASCII}*",
        ),
    ] {
        let answered = invoke(request, "x").await;
        assert_eq!(error(&answered), (400, Some("ValidationError"), message(sentence).as_str()));
        assert_eq!(answered.content_type(), "application/json");
    }
}

#[tokio::test]
async fn the_error_of_a_model_carries_the_model_s_own_words() {
    let stub = Stub::answering(|_| {
        let fault =
            Fault::declared("ModelError", "Received client error (404) from primary with message \"no\".");
        Err(fault
            .with("OriginalStatusCode", 404)
            .with("OriginalMessage", "no")
            .with("LogStreamArn", "arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/e")
            .with("ErrorCode", "CLIENT_ERROR_FROM_MODEL"))
    });
    let answered = stub.send(invocation("e").body("x".into()).unwrap()).await;
    let body = concat!(
        r#"{"ErrorCode":"CLIENT_ERROR_FROM_MODEL","#,
        r#""LogStreamArn":"arn:aws:logs:us-east-1:123456789012:log-group:/aws/sagemaker/Endpoints/e","#,
        r#""Message":"Received client error (404) from primary with message \"no\".","#,
        r#""OriginalMessage":"no","OriginalStatusCode":404}"#
    );
    assert_eq!(error(&answered), (424, Some("ModelError"), body));
}

#[tokio::test]
async fn more_members_of_a_fault_reach_the_clients_of_every_protocol() {
    let stub = Stub::answering(|_| Err(Fault::validation("no").with("Count", 3).with("Why", "<so>")));
    let answered = stub.json("SageMaker.ListModels", "{}").await;
    assert_eq!(answered.body, r#"{"__type":"ValidationException","Count":3,"Why":"<so>","message":"no"}"#);
    let answered = stub.form("Action=DescribeAlarms&Version=2010-08-01").await;
    let members = "<Message>no</Message>\n    <Count>3</Count>\n    <Why>&lt;so&gt;</Why>\n  </Error>";
    assert!(answered.body.contains(members), "{}", answered.body);
}

#[tokio::test]
async fn a_payload_has_the_limit_of_the_model_and_beyond_it_the_words_of_the_front_door() {
    let largest = 6_291_456;
    assert_eq!(invoke(invocation("e"), vec![b'x'; largest]).await.status, 200);
    for length in [largest + 1, 2 * largest] {
        let answered = invoke(invocation("e"), vec![b'x'; length]).await;
        let sentence = "HTTP content length exceeded 6291456 bytes.";
        assert_eq!(error(&answered), (413, None, sentence));
        assert_eq!(answered.content_type(), "text/plain");
    }
}

#[tokio::test]
async fn what_is_not_built_or_fails_is_told_as_json() {
    let stub = Stub::lacking(&[(ServiceId::SageMakerRuntime, "InvokeEndpointWithResponseStream")]);
    let stream = Request::post("/endpoints/e/invocations-response-stream").body("x".into()).unwrap();
    let body =
        r#"{"message":"sagebrush does not implement SageMakerRuntime.InvokeEndpointWithResponseStream"}"#;
    assert_eq!(error(&stub.send(stream).await), (501, Some("NotImplemented"), body));
    let failure = r#"{"Message":"The request processing has failed because of an unknown error, exception or failure."}"#;
    let wrong = Stub::answering(|_| Ok(Some(Value::Map(Fields::from_iter([("Body", Value::Int(1))])))));
    let broken = Stub::answering(|_| panic!("a defect"));
    for stub in [wrong, broken] {
        let answered = stub.send(invocation("e").body("x".into()).unwrap()).await;
        assert_eq!(error(&answered), (500, Some("InternalFailure"), failure));
    }
}

#[tokio::test]
async fn another_method_or_address_is_no_invocation() {
    let stub = Stub::silent();
    let get = Request::get("/endpoints/e/invocations").body("".into()).unwrap();
    assert_eq!(stub.send(get).await.status, 403);
    let nowhere = Request::post("/endpoints/e/f/invocations").body("".into()).unwrap();
    assert_eq!(stub.send(nowhere).await.status, 404);
    assert_eq!(stub.calls(), []);
}

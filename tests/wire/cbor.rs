//! rpcv2Cbor through the front door: what reaches CloudWatch, and how it is answered.

use axum::http::{HeaderValue, Request};
use minicbor::data::Token;
use sagebrush::schema::{Call, Fault, ServiceId, Value};
use serde_json::json;

use super::stub::{Answered, Stub, answer_of, cbor_request};

const CLOUDWATCH: &str = "GraniteServiceVersion20100801";

/// `{"AlarmNames": ["a"]}`
const NAMES: &[u8] = b"\xbf\x6aAlarmNames\x9f\x61a\xff\xff";

/// The body in words: `{_ "__type" "X" "message" "no" ]`.
fn shown(answered: &Answered) -> String {
    let mut decoder = minicbor::Decoder::new(&answered.bytes);
    let tokens = decoder.tokens().map(|token| match token.unwrap() {
        Token::BeginMap => "{_".to_owned(),
        Token::BeginArray => "[_".to_owned(),
        Token::Break => "]".to_owned(),
        Token::Tag(tag) => format!("tag{}", tag.as_u64()),
        Token::F64(number) => format!("{number:?}"),
        Token::String(text) => text.to_owned(),
        other => format!("{other:?}"),
    });
    tokens.collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn a_call_by_cbor_reaches_its_operation_under_any_prefix() {
    for prefix in ["", "/", "/some/where"] {
        let stub = Stub::silent();
        let mut request = cbor_request(CLOUDWATCH, "DeleteAlarms", NAMES);
        let path = format!("{prefix}{}", request.uri().path());
        *request.uri_mut() = path.parse().unwrap();
        let answered = stub.send(request).await;
        assert_eq!(
            (answered.status.as_u16(), answered.bytes.as_ref()),
            (200, &b""[..]),
            "no output, no body"
        );
        assert_eq!(answered.content_type(), "application/cbor");
        assert_eq!(answered.header("smithy-protocol"), Some("rpc-v2-cbor"));
        let call = stub.calls().remove(0);
        assert_eq!((call.service, call.operation), (ServiceId::CloudWatch, "DeleteAlarms"));
        assert_eq!(call.input.get("AlarmNames"), Some(&Value::List(vec!["a".into()])));
    }
}

#[tokio::test]
async fn an_answer_is_written_without_lengths_and_its_instants_are_tagged() {
    let stub = Stub::answering(|_| {
        answer_of(
            json!({"MetricAlarms": [{"AlarmName": "a", "Threshold": 1, "Period": 60, "ActionsEnabled": true,
            "StateUpdatedTimestamp": 1_759_761_900_250_i64}], "CompositeAlarms": []}),
        )
    });
    let answered = stub.cbor("DescribeAlarms", "").await;
    assert_eq!(answered.status, 200, "no body is an input without members");
    assert_eq!(
        shown(&answered),
        "{_ CompositeAlarms [_ ] MetricAlarms [_ {_ AlarmName a ActionsEnabled Bool(true) StateUpdatedTimestamp tag1 \
         1759761900.25 Period U8(60) Threshold 1.0 ] ] ]"
    );
    let nothing = Stub::silent().cbor("DescribeAlarms", vec![0xa0]).await;
    assert_eq!(shown(&nothing), "{_ ]", "an output without members");
}

#[tokio::test]
async fn faults_have_the_codes_and_statuses_of_json() {
    let send = async |fault: Fault, query_mode: bool| {
        let stub = Stub::answering(move |_: &Call| Err(fault.clone()));
        let mut request = cbor_request(CLOUDWATCH, "DeleteAlarms", NAMES);
        if query_mode {
            request.headers_mut().insert("x-amzn-query-mode", HeaderValue::from_static("true"));
        }
        let answered = stub.send(request).await;
        let code = answered.header("x-amzn-query-error").map(str::to_owned);
        (answered.status.as_u16(), shown(&answered), code)
    };
    let declared = Fault::declared("ResourceNotFound", "Unknown");
    let body = "{_ __type com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound message Unknown ]".to_owned();
    assert_eq!(send(declared.clone(), false).await, (400, body.clone(), None));
    assert_eq!(send(declared, true).await, (404, body, Some("ResourceNotFound;Sender".into())));
    let bare = "{_ __type com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound ]".to_owned();
    assert_eq!(
        send(Fault::bare("ResourceNotFound", 400), false).await,
        (400, bare, None),
        "no message, no key"
    );
    let (status, body, code) = send(Fault::validation("no"), true).await;
    assert_eq!((status, code.as_deref()), (400, Some("ValidationError;Sender")));
    assert_eq!(body, "{_ __type com.amazon.coral.validate#ValidationException message no ]");
    let more = Fault::validation("no").with("Count", 3).with("Why", "because");
    assert_eq!(
        send(more, false).await.1,
        "{_ __type com.amazon.coral.validate#ValidationException Count U8(3) Why because message no ]"
    );
}

#[tokio::test]
async fn what_is_wrong_with_an_input_is_said_as_in_json() {
    let stub = Stub::silent();
    let answered = stub.cbor("DeleteAlarms", "").await;
    assert_eq!(answered.status, 400);
    assert!(
        shown(&answered)
            .contains("Value null at 'alarmNames' failed to satisfy constraint: Member must not be null")
    );
    let answered = stub.cbor("DeleteAlarms", b"\xa1\x6aAlarmNames\x01".to_vec()).await;
    let body = "{_ __type com.amazon.coral.service#SerializationException Message Expected list or null ]";
    assert_eq!((answered.status.as_u16(), shown(&answered).as_str()), (400, body));
    let answered = stub.cbor("DeleteAlarms", "{}").await;
    let body = "{_ __type com.amazon.coral.service#SerializationException ]";
    assert_eq!((answered.status.as_u16(), shown(&answered).as_str()), (400, body), "JSON is no CBOR");
    assert_eq!(stub.calls(), []);
}

#[tokio::test]
async fn what_is_not_asked_by_cbor_is_refused_with_one_sentence() {
    let stub = Stub::lacking(&[(ServiceId::CloudWatch, "PutDashboard")]);
    let refused = async |request: Request<_>| {
        let answered = stub.send(request).await;
        assert_eq!(answered.content_type(), "application/cbor");
        (answered.status.as_u16(), shown(&answered))
    };
    let unknown =
        |sentence: &str| (400, format!("{{_ __type UnknownOperationException message {sentence} ]"));
    assert_eq!(
        refused(cbor_request("SageMaker", "ListModels", "")).await,
        unknown("The service SageMaker is not asked by rpc-v2-cbor; use awsJson (X-Amz-Target).")
    );
    let mut lost = cbor_request(CLOUDWATCH, "DeleteAlarms", NAMES);
    *lost.uri_mut() = "/".parse().unwrap();
    assert_eq!(
        refused(lost).await,
        unknown("The path of a request by rpc-v2-cbor ends with /service/SERVICE/operation/OPERATION.")
    );
    let bare = (400, "{_ __type UnknownOperationException ]".to_owned());
    assert_eq!(refused(cbor_request(CLOUDWATCH, "deleteAlarms", NAMES)).await, bare);
    let mut other = cbor_request(CLOUDWATCH, "DeleteAlarms", NAMES);
    other.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    let (status, body) = refused(other).await;
    assert_eq!(status, 415);
    assert!(body.contains("The content type of a request by rpc-v2-cbor is application/cbor."), "{body}");
    let (status, body) = refused(cbor_request(CLOUDWATCH, "PutDashboard", "not even CBOR")).await;
    assert_eq!(status, 501);
    assert!(body.contains("sagebrush does not implement CloudWatch.PutDashboard"), "{body}");
    let mut get = cbor_request(CLOUDWATCH, "DeleteAlarms", NAMES);
    *get.method_mut() = "GET".parse().unwrap();
    assert_eq!(stub.send(get).await.status, 403);
    assert_eq!(stub.calls(), []);
}

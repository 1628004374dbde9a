//! Which service, operation and world a request means; and what is answered at the front door.

use axum::http::Request;
use sagebrush::schema::ServiceId;

use super::stub::{Answered, Stub, json_request};

const JSON_1_0: &str = "application/x-amz-json-1.0";
const JSON_1_1: &str = "application/x-amz-json-1.1";

fn shown(answered: &Answered) -> (u16, &str, &str) {
    (answered.status.as_u16(), answered.content_type(), answered.body.as_str())
}

#[tokio::test]
async fn every_protocol_reaches_its_operation() {
    let stub = Stub::silent();
    stub.json("SageMaker.DescribeEndpoint", r#"{"EndpointName":"e"}"#).await;
    let target = "GraniteServiceVersion20100801.DeleteAlarms";
    stub.send(json_request(&format!("{JSON_1_0}; charset=utf-8"), target, r#"{"AlarmNames":["a"]}"#)).await;
    stub.form("Action=GetCallerIdentity&Version=2011-06-15").await;
    let presigned = "/?Action=GetCallerIdentity&Version=2011-06-15\
                     &X-Amz-Credential=000000000001%2F20260101%2Feu-central-1%2Fsts%2Faws4_request";
    stub.send(Request::get(presigned).body("".into()).unwrap()).await;
    stub.form("Action=DeleteAlarms&Version=2010-08-01&AlarmNames.member.2=b&AlarmNames.member.1=a").await;
    stub.send(Request::post("/endpoints/e/async-invocations").body("".into()).unwrap()).await;
    let calls = stub.calls();
    let asked: Vec<_> =
        calls.iter().map(|call| (call.service, call.operation, call.region.as_str())).collect();
    assert_eq!(
        asked[..5],
        [
            (ServiceId::SageMaker, "DescribeEndpoint", "us-east-1"),
            (ServiceId::CloudWatch, "DeleteAlarms", "us-east-1"),
            (ServiceId::Sts, "GetCallerIdentity", "us-east-1"),
            (ServiceId::Sts, "GetCallerIdentity", "eu-central-1"),
            (ServiceId::CloudWatch, "DeleteAlarms", "us-east-1"),
        ]
    );
    assert_eq!(calls[0].input.get("EndpointName").and_then(|name| name.as_str()), Some("e"));
    assert_eq!(calls[3].account, "000000000001");
    assert_eq!(
        calls[4].input.get("AlarmNames").and_then(|names| names.as_list()).unwrap(),
        ["a".into(), "b".into()],
        "a list of a form has the order of its numbers"
    );
}

#[tokio::test]
async fn the_world_is_read_from_the_credential_and_nothing_about_it_is_refused() {
    let stub = Stub::silent();
    for (authorization, account, region) in [
        (
            "AWS4-HMAC-SHA256 Credential=000011112222/20260101/eu-west-1/sagemaker/aws4_request, SignedHeaders=host, Signature=0",
            "000011112222",
            "eu-west-1",
        ),
        (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/eu-west-1/sagemaker/aws4_request,SignedHeaders=host",
            "123456789012",
            "eu-west-1",
        ),
        (
            "AWS4-HMAC-SHA256 SignedHeaders=host, Credential=000011112222/20260101/us-gov-west-1/monitoring/aws4_request",
            "000011112222",
            "us-gov-west-1",
        ),
        ("AWS4-HMAC-SHA256 Credential=000011112222", "000011112222", "us-east-1"),
        ("AWS4-HMAC-SHA256 Credential=////", "123456789012", "us-east-1"),
        ("AWS4-HMAC-SHA256 Credential=a/b/../c/d", "123456789012", "us-east-1"),
        ("Bearer of bad news", "123456789012", "us-east-1"),
    ] {
        let mut request = json_request(JSON_1_1, "SageMaker.ListModels", "{}");
        request.headers_mut().insert("authorization", authorization.parse().unwrap());
        stub.send(request).await;
        let call = stub.calls().remove(0);
        assert_eq!((call.account.as_str(), call.region.as_str()), (account, region), "{authorization}");
    }
}

/// Measured on Athena, which runs on the same framework.
#[tokio::test]
async fn an_unknown_operation_is_refused_without_a_message() {
    let stub = Stub::silent();
    for target in
        ["SageMaker.describeEndpoint", "SageMaker.Nothing", "SageMaker", "DescribeEndpoint", "", "SQS.Send"]
    {
        for body in ["{}", ""] {
            let answered = stub.json(target, body).await;
            assert_eq!(
                shown(&answered),
                (400, JSON_1_1, r#"{"__type":"UnknownOperationException"}"#),
                "{target}"
            );
        }
    }
    let no_target = Request::post("/").header("content-type", JSON_1_1).body("{}".into()).unwrap();
    let answered = stub.send(no_target).await;
    assert_eq!(shown(&answered), (400, JSON_1_1, r#"{"__type":"UnknownOperationException"}"#));
    let answered = stub.json("SageMaker.Nothing", "{").await;
    assert_eq!(answered.body, r#"{"__type":"SerializationException"}"#, "JSON comes before the target");
    assert_eq!(stub.calls(), []);
}

#[tokio::test]
async fn another_content_type_or_method_does_not_reach_the_service() {
    let stub = Stub::silent();
    let target = "SageMaker.ListModels";
    let answered = stub.send(json_request("application/json", target, "{}")).await;
    let old = r#"{"Output":{"__type":"com.amazon.coral.service#UnknownOperationException","message":null},"Version":"1.0"}"#;
    assert_eq!(shown(&answered), (200, "application/json", old));
    for content_type in [JSON_1_0, "", "text/plain"] {
        let answered = stub.send(json_request(content_type, target, "{}")).await;
        assert_eq!(shown(&answered), (404, "text/xml", "<UnknownOperationException/>\n"), "{content_type}");
    }
    let get = Request::get("/").header("x-amz-target", target).header("content-type", JSON_1_1);
    let denied = "<AccessDeniedException>\n  <Message>Unable to determine service/operation name to be \
                  authorized</Message>\n</AccessDeniedException>\n";
    assert_eq!(shown(&stub.send(get.body("".into()).unwrap()).await), (403, "text/xml", denied));
    assert_eq!(
        shown(&stub.send(Request::get("/").body("".into()).unwrap()).await),
        (403, "text/xml", denied)
    );
    assert_eq!(stub.calls(), []);
}

#[tokio::test]
async fn the_path_of_a_json_request_is_not_looked_at() {
    let stub = Stub::silent();
    for path in ["//", "/endpoints/e/invocations", "/anything?x=y"] {
        let mut request = json_request(JSON_1_1, "SageMaker.ListModels", "{}");
        *request.uri_mut() = path.parse().unwrap();
        assert_eq!(stub.send(request).await.status, 200);
    }
    assert_eq!(stub.calls().len(), 3);
}

#[tokio::test]
async fn an_unknown_action_is_refused_in_the_words_of_the_query_protocol() {
    let stub = Stub::silent();
    for (body, namespace, code) in [
        ("Action=Nothing&Version=2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/", "InvalidAction"),
        (
            "Action=Publish&Version=2010-03-31",
            "http://webservices.amazon.com/AWSFault/2005-15-09",
            "InvalidAction",
        ),
        ("Version=2011-06-15", "https://sts.amazonaws.com/doc/2011-06-15/", "MissingAction"),
    ] {
        let answered = stub.form(body).await;
        assert_eq!((answered.status.as_u16(), answered.content_type()), (400, "text/xml"));
        let begins = format!(
            "<ErrorResponse xmlns=\"{namespace}\">\n  <Error>\n    <Type>Sender</Type>\n    <Code>{code}</Code>\n"
        );
        assert!(answered.body.starts_with(&begins), "{}", answered.body);
    }
}

#[tokio::test]
async fn what_is_not_built_answers_501_in_every_protocol() {
    let stub = Stub::lacking(&[
        (ServiceId::SageMaker, "CreateTrainingJob"),
        (ServiceId::CloudWatch, "PutMetricData"),
        (ServiceId::SageMakerRuntime, "InvokeEndpoint"),
        (ServiceId::Logs, "PutLogEvents"),
        (ServiceId::Sts, "AssumeRole"),
    ]);
    let not_built = |what: &str| {
        format!(r#"{{"__type":"NotImplemented","message":"sagebrush does not implement {what}"}}"#)
    };
    let answered = stub.json("SageMaker.CreateTrainingJob", "not even JSON").await;
    assert_eq!(shown(&answered), (501, JSON_1_1, not_built("SageMaker.CreateTrainingJob").as_str()));
    let answered = stub.json("Logs_20140328.PutLogEvents", "{}").await;
    assert_eq!(shown(&answered), (501, JSON_1_1, not_built("CloudWatchLogs.PutLogEvents").as_str()));
    let mut request = json_request(JSON_1_0, "GraniteServiceVersion20100801.PutMetricData", "{}");
    request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    request.headers_mut().insert("x-amzn-query-mode", "true".parse().unwrap());
    let answered = stub.send(request).await;
    assert!(answered.body.contains("does not implement CloudWatch.PutMetricData"), "{answered:?}");
    assert_eq!(answered.header("x-amzn-query-error"), Some("NotImplemented;Receiver"));
    let answered = stub.form("Action=AssumeRole&Version=2011-06-15").await;
    assert_eq!(answered.status, 501);
    assert!(
        answered.body.contains(
            "<Code>NotImplemented</Code>\n    <Message>sagebrush does not implement STS.AssumeRole<"
        )
    );
    let invoke = Request::post("/endpoints/e/invocations").header("content-type", "text/csv");
    let answered = stub.send(invoke.body("1,2".into()).unwrap()).await;
    let body = r#"{"message":"sagebrush does not implement SageMakerRuntime.InvokeEndpoint"}"#;
    assert_eq!(shown(&answered), (501, "application/json", body));
    assert_eq!(answered.header("x-amzn-errortype"), Some("NotImplemented"));
}

#[tokio::test]
async fn a_protocol_that_is_not_spoken_is_refused_in_its_own_form() {
    let path = "/service/GraniteServiceVersion20100801/operation/DescribeAlarms";
    let request = Request::post(path).header("smithy-protocol", "rpc-v2-json").body("".into()).unwrap();
    let answered = Stub::silent().send(request).await;
    assert_eq!((answered.status.as_u16(), answered.content_type()), (501, "application/cbor"));
    assert_eq!(answered.header("smithy-protocol"), Some("rpc-v2-cbor"));
    assert!(answered.body.contains("sagebrush does not speak the protocol rpc-v2-json"), "{answered:?}");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_refused_with_one_sentence() {
    let stub = Stub::silent();
    let mut request = json_request(JSON_1_1, "SageMaker.ListModels", "{}");
    request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    let answered = stub.send(request).await;
    assert_eq!(answered.status, 415);
    assert!(answered.body.contains("content encoding gzip"), "{answered:?}");
    let answered = stub.json("SageMaker.ListModels", vec![b' '; (1 << 20) + 1]).await;
    let body = r#"{"__type":"RequestEntityTooLargeException","message":"The request body is larger than 1048576 bytes."}"#;
    assert_eq!(shown(&answered), (413, JSON_1_1, body));
    let mut largest = vec![b' '; (1 << 20) - 2];
    largest.extend_from_slice(b"{}");
    assert_eq!(stub.json("SageMaker.ListModels", largest).await.status, 200);
}

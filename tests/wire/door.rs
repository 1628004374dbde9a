//! Whoever the door does not let in is told so in the words of the protocol that was spoken, and nobody else
//! hears of it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, Request, Response};
use http_body_util::BodyExt;
use sagebrush::door::{Door, Token};
use sagebrush::wire;
use tower::ServiceExt;

use super::stub::{Stub, cbor_request, json_request};

/// A request of each protocol.
fn requests() -> [(&'static str, Request<Body>); 4] {
    let form = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
    let form = form.body("Action=GetCallerIdentity&Version=2011-06-15".into()).unwrap();
    let invocation = Request::post("/endpoints/web/invocations").body("{}".into()).unwrap();
    [
        ("json", json_request("application/x-amz-json-1.1", "SageMaker.ListModels", "{}")),
        ("cbor", cbor_request("GraniteServiceVersion20100801", "ListMetrics", Body::empty())),
        ("query", form),
        ("rest", invocation),
    ]
}

async fn sent(
    stub: &Arc<Stub>,
    door: &Door,
    mut request: Request<Body>,
    header: (&str, &str),
) -> Response<Body> {
    let name: HeaderName = header.0.parse().unwrap();
    request.headers_mut().insert(name, HeaderValue::from_str(header.1).unwrap());
    wire::router(Arc::clone(stub), door.clone(), wire::Upstream::default()).oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_foreign_name_or_page_is_refused_in_the_words_of_each_protocol_and_reaches_no_service() {
    for header in [("host", "evil.example:7243"), ("origin", "http://evil.example"), ("origin", "null")] {
        for door in [Door::default(), Door::new(&["sagebrush".to_owned()], true, Token::new("s3cret"))] {
            for (protocol, request) in requests() {
                let stub = Stub::silent();
                let answer = sent(&stub, &door, request, header).await;
                let what = format!("{protocol} {header:?}");
                assert_eq!(answer.status().as_u16(), 403, "{what}");
                assert!(answer.headers().contains_key("x-amzn-requestid"), "{what}");
                let body = answer.into_body().collect().await.unwrap().to_bytes();
                let said = String::from_utf8_lossy(&body);
                let sentence = if header.0 == "host" {
                    "is no name of this server"
                } else {
                    "web pages of other origins"
                };
                assert!(said.contains(sentence), "{what}: {said}");
                assert_eq!(stub.calls(), [], "{what}");
            }
        }
    }
}

#[tokio::test]
async fn whoever_calls_the_server_by_its_name_needs_no_token_for_what_is_aws_s() {
    let door = Door::new(&["sagebrush".to_owned()], true, Token::new("s3cret"));
    for host in ["sagebrush:7243", "localhost:7243", "10.0.0.7:7243"] {
        for (protocol, request) in requests() {
            let stub = Stub::silent();
            let answer = sent(&stub, &door, request, ("host", host)).await;
            assert_eq!(answer.status().as_u16(), 200, "{protocol} {host}");
            assert_eq!(stub.calls().len(), 1, "{protocol} {host}");
        }
    }
}

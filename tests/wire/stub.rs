//! Services that record what they are called with and answer what they are told.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use bytes::Bytes;
use http_body_util::BodyExt;
use sagebrush::door::Door;
use sagebrush::schema::{Call, Fault, ServiceId, Value};
use sagebrush::wire::{self, Services};
use tower::ServiceExt;

type Answer = Result<Option<Value>, Fault>;

/// The stub: every operation is built, except those it is told to lack.
pub struct Stub {
    lacks: Vec<(ServiceId, &'static str)>,
    answer: Box<dyn Fn(&Call) -> Answer + Send + Sync>,
    calls: Mutex<Vec<Call>>,
}

impl Services for Stub {
    fn implements(&self, service: ServiceId, operation: &str) -> bool {
        !self.lacks.iter().any(|(lacking, name)| *lacking == service && *name == operation)
    }

    async fn call(&self, call: Call) -> Answer {
        let answer = (self.answer)(&call);
        self.calls.lock().unwrap().push(call);
        answer
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub bytes: Bytes,
}

impl Answered {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn content_type(&self) -> &str {
        self.header("content-type").unwrap()
    }
}

impl Stub {
    /// Answers every call with nothing.
    pub fn silent() -> Arc<Self> {
        Self::answering(|_| Ok(None))
    }

    pub fn answering(answer: impl Fn(&Call) -> Answer + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { lacks: Vec::new(), answer: Box::new(answer), calls: Mutex::default() })
    }

    pub fn lacking(lacks: &[(ServiceId, &'static str)]) -> Arc<Self> {
        Arc::new(Self { lacks: lacks.to_vec(), answer: Box::new(|_| Ok(None)), calls: Mutex::default() })
    }

    /// The calls since the last look.
    pub fn calls(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    pub async fn send(self: &Arc<Self>, request: Request<Body>) -> Answered {
        let response = wire::router(Arc::clone(self), Door::default(), wire::Upstream::default())
            .oneshot(request)
            .await
            .unwrap();
        read(response).await
    }

    /// A request of awsJson 1.1.
    pub async fn json(self: &Arc<Self>, target: &str, body: impl Into<Body>) -> Answered {
        self.send(json_request("application/x-amz-json-1.1", target, body)).await
    }

    /// A request of rpcv2Cbor to CloudWatch.
    pub async fn cbor(self: &Arc<Self>, operation: &str, body: impl Into<Body>) -> Answered {
        self.send(cbor_request("GraniteServiceVersion20100801", operation, body)).await
    }

    /// A request of awsQuery.
    pub async fn form(self: &Arc<Self>, body: &'static str) -> Answered {
        let request = Request::post("/").header("content-type", "application/x-www-form-urlencoded");
        self.send(request.body(body.into()).unwrap()).await
    }
}

pub fn json_request(content_type: &str, target: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post("/").header("content-type", content_type).header("x-amz-target", target);
    request.body(body.into()).unwrap()
}

pub fn cbor_request(service: &str, operation: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(format!("/service/{service}/operation/{operation}"))
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("content-type", "application/cbor");
    request.body(body.into()).unwrap()
}

async fn read(response: Response<Body>) -> Answered {
    let (parts, body) = response.into_parts();
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
    let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8_lossy(&bytes).into_owned();
    Answered { status: parts.status, headers, body, bytes }
}

/// A success, written as plain JSON.
#[expect(clippy::unnecessary_wraps, reason = "it is the answer of a stub, which may also be a fault")]
pub fn answer_of(json: serde_json::Value) -> Answer {
    Ok(Some(serde_json::from_value(json).unwrap()))
}

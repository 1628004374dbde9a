//! A client of the whole server, without a socket: requests as they come over the wire, answers as they go.

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

pub struct Client {
    router: Router,
}

impl Client {
    pub fn new(router: Router) -> Self {
        Self { router }
    }

    /// Asks SageMaker as boto3 does; a refusal as its sentence.
    pub async fn sagemaker(&self, operation: &str, request: &Value) -> Result<Value, String> {
        let headers = [("content-type", "application/x-amz-json-1.1")];
        self.aws(&headers, &format!("SageMaker.{operation}"), request).await
    }

    /// Asks SageMaker for something that fails inside the server; answers status and body.
    pub async fn sagemaker_fails(&self, operation: &str, request: &Value) -> (u16, Value) {
        let builder = Request::post("/").header("content-type", "application/x-amz-json-1.1");
        let builder = builder.header("x-amz-target", format!("SageMaker.{operation}"));
        self.send(builder.body(Body::from(request.to_string())).unwrap()).await
    }

    /// Asks CloudWatch as boto3 does; nothing is refused.
    pub async fn cloudwatch(&self, operation: &str, request: &Value) -> Value {
        let headers = [("content-type", "application/x-amz-json-1.0"), ("x-amzn-query-mode", "true")];
        let answer = self.aws(&headers, &format!("GraniteServiceVersion20100801.{operation}"), request).await;
        answer.unwrap_or_else(|refusal| panic!("{operation}: {refusal}"))
    }

    /// Asks the control API; nothing is refused.
    pub async fn control(&self, method: &str, path: &str, request: Option<&Value>) -> Value {
        let body = request.map_or_else(Body::empty, |request| Body::from(request.to_string()));
        let builder = Request::builder().method(method).uri(format!("/_sagebrush/{path}"));
        let (status, answer) = self.send(builder.body(body).unwrap()).await;
        assert_eq!(status, 200, "{method} {path}: {answer}");
        answer
    }

    async fn aws(&self, headers: &[(&str, &str)], target: &str, request: &Value) -> Result<Value, String> {
        let builder = Request::post("/").header("x-amz-target", target);
        let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(*name, *value));
        let (status, answer) = self.send(builder.body(Body::from(request.to_string())).unwrap()).await;
        assert!(status == 200 || (400..500).contains(&status), "{target}: {status} {answer}");
        if status == 200 { Ok(answer) } else { Err(sentence(&answer)) }
    }

    async fn send(&self, request: Request<Body>) -> (u16, Value) {
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let answer = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        (parts.status.as_u16(), answer)
    }
}

/// The sentence of a refusal, whichever of the two spellings its protocol has.
fn sentence(answer: &Value) -> String {
    let sentence = answer.get("message").or_else(|| answer.get("Message"));
    sentence.map_or_else(|| answer.to_string(), |sentence| sentence.as_str().unwrap().to_owned())
}

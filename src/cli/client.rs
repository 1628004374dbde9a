//! A client of the server: AWS JSON over HTTP with a credential, as an SDK sends it, and our own control API.

use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Method, Request};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A client of one server.
#[derive(Debug)]
pub(super) struct Client {
    http: Http<HttpConnector, Full<Bytes>>,
    url: String,
    longest: Duration,
}

/// A service as its requests are marked.
struct Marks {
    target: &'static str,
    content_type: &'static str,
    scope: &'static str,
}

const SAGEMAKER: Marks =
    Marks { target: "SageMaker", content_type: "application/x-amz-json-1.1", scope: "sagemaker" };
const CLOUDWATCH: Marks = Marks {
    target: "GraniteServiceVersion20100801",
    content_type: "application/x-amz-json-1.0",
    scope: "monitoring",
};

impl Client {
    /// A client of the server at `url`, which waits for each answer `longest`.
    pub(super) fn new(url: &str, longest: Duration) -> Self {
        let http = Http::builder(TokioExecutor::new()).build_http();
        Self { http, url: url.trim_end_matches('/').to_owned(), longest }
    }

    /// Where the server is.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// An operation of SageMaker.
    pub(super) async fn sagemaker(&self, operation: &str, input: &Value) -> Result<Value, String> {
        self.aws(&SAGEMAKER, operation, input).await
    }

    /// An operation of CloudWatch.
    pub(super) async fn cloudwatch(&self, operation: &str, input: &Value) -> Result<Value, String> {
        self.aws(&CLOUDWATCH, operation, input).await
    }

    /// A resource of the control API.
    pub(super) async fn control(&self, path: &str) -> Result<Value, String> {
        let request = Request::builder().uri(format!("{}/_sagebrush/{path}", self.url));
        self.send(path, request, String::new()).await
    }

    async fn aws(&self, marks: &Marks, operation: &str, input: &Value) -> Result<Value, String> {
        let credential = format!("123456789012/20260101/us-east-1/{}/aws4_request", marks.scope);
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/", self.url))
            .header("content-type", marks.content_type)
            .header("x-amz-target", format!("{}.{operation}", marks.target))
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00"),
            );
        self.send(operation, request, input.to_string()).await
    }

    async fn send(
        &self,
        what: &str,
        request: hyper::http::request::Builder,
        body: String,
    ) -> Result<Value, String> {
        let request = request.body(Full::from(body)).map_err(|error| format!("{what}: {error}"))?;
        let exchange = async {
            let response = self.http.request(request).await.map_err(|error| reason(&error))?;
            let status = response.status();
            let body = response.into_body().collect().await.map_err(|error| reason(&error))?.to_bytes();
            Ok::<_, String>((status, body))
        };
        let answered = tokio::time::timeout(self.longest, exchange).await;
        let (status, body) = answered
            .unwrap_or_else(|_| Err(format!("no answer in {} s", self.longest.as_secs())))
            .map_err(|error| format!("{what}: {error}"))?;
        if !status.is_success() {
            return Err(format!("{what} was answered with {status}: {}", String::from_utf8_lossy(&body)));
        }
        if body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&body).map_err(|error| format!("{what}: {error}"))
    }
}

/// The last of an error's causes: the first ones say only that there is one.
fn reason(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map_or(String::new(), ToString::to_string)
}

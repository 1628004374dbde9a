//! A client of the server: AWS JSON over HTTP with a credential, as an SDK sends it, and our own control API, both
//! about one world.

use std::fmt;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::http::request::Builder;
use hyper::{Method, Request, StatusCode};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::domain::world::WorldId;

/// A client of one server, for one world.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: Http<HttpConnector, Full<Bytes>>,
    url: String,
    world: WorldId,
    longest: Duration,
    /// What the control API of a server off the loopback wants to see.
    token: Option<String>,
}

/// Why there is no answer to work with.
#[derive(Debug)]
pub(super) enum Failure {
    /// Nobody answered, or not as a server of ours does.
    Unanswered(String),
    /// The server refused, or failed; its own words.
    Refused(StatusCode, String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Unanswered(sentence) | Self::Refused(_, sentence)) = self;
        f.write_str(sentence)
    }
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        failure.to_string()
    }
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

/// Pairs of a query; one without a value is left out.
pub(super) type Pairs<'a> = &'a [(&'a str, Option<&'a str>)];

impl Client {
    /// A client of the server at `url` for that world, which waits for each answer `longest`.
    pub(super) fn new(url: &str, world: WorldId, longest: Duration) -> Self {
        let http = Http::builder(TokioExecutor::new()).build_http();
        let token = std::env::var("SAGEBRUSH_CONTROL_TOKEN").ok().filter(|token| !token.is_empty());
        Self { http, url: url.trim_end_matches('/').to_owned(), world, longest, token }
    }

    /// The same client without the control API's token.
    pub(super) fn without_token(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    /// Whether it has a token for the control API.
    pub(super) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Where the server is.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The world that it asks about.
    pub(super) fn world(&self) -> &WorldId {
        &self.world
    }

    /// An operation of SageMaker.
    pub(super) async fn sagemaker(&self, operation: &str, input: &Value) -> Result<Value, Failure> {
        self.aws(&SAGEMAKER, operation, input).await
    }

    /// An operation of CloudWatch.
    pub(super) async fn cloudwatch(&self, operation: &str, input: &Value) -> Result<Value, Failure> {
        self.aws(&CLOUDWATCH, operation, input).await
    }

    /// What the control API says of its world at `path`.
    pub(super) async fn get(&self, path: &str, more: Pairs<'_>) -> Result<Value, Failure> {
        json(&self.bytes(Method::GET, path, &self.of_world(more), Bytes::new()).await?)
    }

    /// A request with JSON about its world to `path` of the control API.
    pub(super) async fn send(&self, method: Method, path: &str, body: &Value) -> Result<Value, Failure> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        json(&self.bytes(method, path, &self.of_world(&[]), body.into()).await?)
    }

    /// A request about every world of the server.
    pub(super) async fn send_to_all(&self, method: Method, path: &str) -> Result<Value, Failure> {
        json(&self.bytes(method, path, "", Bytes::new()).await?)
    }

    /// A request to a path of the control API with this query and this body.
    pub(super) async fn bytes(
        &self,
        method: Method,
        path: &str,
        query: &str,
        body: Bytes,
    ) -> Result<Bytes, Failure> {
        let request = Request::builder().method(method).uri(format!("{}{path}?{query}", self.url));
        let request = match &self.token {
            Some(token) => request.header("authorization", format!("Bearer {token}")),
            None => request,
        };
        self.exchange(request, body).await
    }

    /// The query of these pairs about its world.
    fn of_world(&self, more: Pairs<'_>) -> String {
        let WorldId { account, region } = &self.world;
        query(&[more, &[("account", Some(account.as_str())), ("region", Some(region.as_str()))]].concat())
    }

    async fn aws(&self, marks: &Marks, operation: &str, input: &Value) -> Result<Value, Failure> {
        let (WorldId { account, region }, scope) = (&self.world, marks.scope);
        let credential = format!("{account}/20260101/{region}/{scope}/aws4_request");
        let request = Request::builder()
            .method(Method::POST)
            .uri(format!("{}/", self.url))
            .header("content-type", marks.content_type)
            .header("x-amz-target", format!("{}.{operation}", marks.target))
            .header(
                "authorization",
                format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=00"),
            );
        let body = self.exchange(request, input.to_string().into()).await?;
        if body.is_empty() { Ok(Value::Null) } else { json(&body) }
    }

    async fn exchange(&self, request: Builder, body: Bytes) -> Result<Bytes, Failure> {
        let request = request.body(Full::from(body));
        let request = request.map_err(|error| Failure::Unanswered(error.to_string()))?;
        let exchange = async {
            let response = self.http.request(request).await.map_err(|error| {
                let hint = if error.is_connect() { "; is a server there, or at another --url?" } else { "" };
                reason(&error) + hint
            })?;
            let status = response.status();
            let body = response.into_body().collect().await.map_err(|error| reason(&error))?.to_bytes();
            Ok::<_, String>((status, body))
        };
        let answered = tokio::time::timeout(self.longest, exchange).await;
        let late = |_| Err(format!("no answer in {} s", self.longest.as_secs()));
        let (status, body) = answered.unwrap_or_else(late).map_err(Failure::Unanswered)?;
        if status.is_success() { Ok(body) } else { Err(Failure::Refused(status, sentence(status, &body))) }
    }
}

/// A query of those pairs that have a value.
pub(super) fn query(pairs: Pairs<'_>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter_map(|(name, value)| Some((name, (*value)?))));
    query.finish()
}

fn json(body: &[u8]) -> Result<Value, Failure> {
    let strange = |error| Failure::Unanswered(format!("it does not answer as sagebrush does: {error}"));
    serde_json::from_slice(body).map_err(strange)
}

/// What a server says that refuses: the control API's sentence, or AWS's; else all that it says.
fn sentence(status: StatusCode, body: &[u8]) -> String {
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let said = ["error", "message", "Message"].iter().find_map(|member| problem[member].as_str());
    said.map_or_else(
        || format!("it was answered with {status}: {}", String::from_utf8_lossy(body)),
        str::to_owned,
    )
}

/// The last of an error's causes: the first ones say only that there is one.
fn reason(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map_or(String::new(), ToString::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_has_what_was_said() {
        let pairs = [("account", Some("1&2")), ("region", None), ("scope", Some("all"))];
        assert_eq!(query(&pairs), "account=1%262&scope=all");
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_own_words() {
        let told = |body: &str| sentence(StatusCode::NOT_FOUND, body.as_bytes());
        assert_eq!(told(r#"{"error":"There is no such thing."}"#), "There is no such thing.");
        assert_eq!(
            told(r#"{"__type":"ValidationException","message":"Could not find it."}"#),
            "Could not find it."
        );
        assert_eq!(told("<html>"), "it was answered with 404 Not Found: <html>");
    }
}

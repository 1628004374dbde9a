//! Requests to services that are not served here: they go on to whoever the operator has named, so that one endpoint URL
//! serves a whole test suite, or are told where to go.
//!
//! Which service is meant the target says where it names one of ours, and else the scope of the credential. A request is handed on
//! as it came, but for what belongs to the connection, and so is its answer.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{
    CONNECTION, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION,
    TE, TRAILER, TRANSFER_ENCODING, UPGRADE, VIA,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response};
use tower_http::timeout::TimeoutBody;

use super::caller::scope;
use crate::schema::{Fault, ServiceId, service};

/// How long a client may leave its body unfinished, as everywhere.
const IDLE: Duration = Duration::from_secs(10);

/// How long somebody may take to answer: as long as the slowest of AWS's own services, an invocation of Lambda.
const ANSWER: Duration = Duration::from_mins(15);

/// Headers that belong to a connection, beside those that `Connection` names.
const OF_A_CONNECTION: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// An answer may be a page that somebody has stored. It must not act as one of ours, in a browser that opens it here.
const SANDBOX: HeaderValue = HeaderValue::from_static("sandbox");

/// Who gets the requests to other services; nobody unless the operator has named somebody.
#[derive(Clone, Debug, Default)]
pub struct Upstream(Option<Arc<Somebody>>);

#[derive(Debug)]
struct Somebody {
    url: String,
    client: Result<reqwest::Client, String>,
    /// What a request that was handed on here carries: one that comes back is not handed on again.
    via: String,
}

impl Upstream {
    /// Who is at this address, which has no path; the requests leave by this client, if there is one.
    pub fn at(url: String, client: Result<reqwest::Client, String>) -> Self {
        let via = format!("1.1 sagebrush-{}", uuid::Uuid::new_v4().simple());
        Self(Some(Arc::new(Somebody { url, client, via })))
    }

    /// The answer to a request for another service.
    pub(super) async fn answer(&self, of: &str, request: Request) -> Result<Response<Body>, Fault> {
        let Some(somebody) = &self.0 else { return Err(nobody(of)) };
        if somebody.has_had(request.headers()) {
            let sentence = format!("The upstream {} leads back to this server.", somebody.url);
            return Err(Fault::new("ServiceUnavailable", sentence, 508));
        }
        somebody.asked(of, request).await
    }
}

impl Somebody {
    /// Whether a request was handed on here before.
    fn has_had(&self, headers: &HeaderMap) -> bool {
        let all = headers.get_all(VIA).into_iter().filter_map(|via| via.to_str().ok());
        all.flat_map(|via| via.split(',')).any(|via| via.trim() == self.via)
    }

    async fn asked(&self, of: &str, request: Request) -> Result<Response<Body>, Fault> {
        let (parts, body) = request.into_parts();
        let mut headers = passed_on(parts.headers);
        if let Ok(via) = HeaderValue::from_str(&self.via) {
            headers.append(VIA, via);
        }
        let url = self.address(&parts.uri)?;
        let client = self.client.as_ref().map_err(|sentence| self.silent(of, sentence))?;
        let body = Body::new(TimeoutBody::new(IDLE, body)).into_data_stream();
        let asked = client.request(parts.method, url).headers(headers).body(reqwest::Body::wrap_stream(body));
        let answer = tokio::time::timeout(ANSWER, asked.send()).await;
        let answer =
            answer.map_err(|_| self.silent(of, &format!("nothing came for {} s", ANSWER.as_secs())))?;
        let answer = answer.map_err(|error| self.silent(of, &error.without_url().to_string()))?;
        let (mut parts, body) = axum::http::Response::from(answer).into_parts();
        parts.headers = passed_on(parts.headers);
        parts.headers.entry(CONTENT_SECURITY_POLICY).or_insert(SANDBOX);
        Ok(Response::from_parts(parts, Body::new(body)))
    }

    /// The address there. An address may mean another one once it is read, as `/a/../b` does, and then the signature is wrong.
    fn address(&self, uri: &axum::http::Uri) -> Result<reqwest::Url, Fault> {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let url = reqwest::Url::parse(&format!("{}{path}", self.url)).ok();
        let is_same = |url: &reqwest::Url| match url.query() {
            Some(query) => path.split_once('?') == Some((url.path(), query)),
            None => path == url.path(),
        };
        url.filter(is_same).ok_or_else(|| {
            Fault::validation(format!("The path {path} cannot be handed on to {} as it stands.", self.url))
        })
    }

    fn silent(&self, of: &str, why: &str) -> Fault {
        let sentence = format!("The upstream {} does not answer for {of}: {why}.", self.url);
        Fault::new("ServiceUnavailable", sentence, 502)
    }
}

fn passed_on(mut headers: HeaderMap) -> HeaderMap {
    let named = headers.get_all(CONNECTION).into_iter().filter_map(|names| names.to_str().ok());
    let named: Vec<String> =
        named.flat_map(|names| names.split(',')).map(|name| name.trim().to_owned()).collect();
    for name in OF_A_CONNECTION.iter().map(HeaderName::as_str).chain(named.iter().map(String::as_str)) {
        headers.remove(name);
    }
    headers
}

/// The service that a request is for, where it is none of ours.
pub(super) fn foreign(parts: &Parts) -> Option<String> {
    let scope = scope(parts)?;
    let is_ours =
        |prefix: &str| ServiceId::ALL.into_iter().any(|id| service(id).target_prefix == Some(prefix));
    let target = parts.headers.get("x-amz-target").and_then(|target| target.to_str().ok());
    let names_ours =
        target.and_then(|target| target.split_once('.')).is_some_and(|(prefix, _)| is_ours(prefix));
    let is_signed_for_ours = ServiceId::ALL.into_iter().any(|id| service(id).signing_name == scope);
    (!names_ours && !is_signed_for_ours).then_some(scope)
}

/// Services whose variable has not the name that their signatures have.
const NAMED_OTHERWISE: [(&str, &str); 14] = [
    ("apigateway", "API_GATEWAY"),
    ("autoscaling", "AUTO_SCALING"),
    ("bedrock", "BEDROCK_RUNTIME"),
    ("codedeploy", "CODEDEPLOY"),
    ("cognito-idp", "COGNITO_IDENTITY_PROVIDER"),
    ("elasticfilesystem", "EFS"),
    ("elasticloadbalancing", "ELASTIC_LOAD_BALANCING_V2"),
    ("elasticmapreduce", "EMR"),
    ("email", "SESV2"),
    ("es", "OPENSEARCH"),
    ("route53", "ROUTE_53"),
    ("secretsmanager", "SECRETS_MANAGER"),
    ("servicecatalog", "SERVICE_CATALOG"),
    ("states", "SFN"),
];

fn nobody(of: &str) -> Fault {
    let known =
        NAMED_OTHERWISE.iter().find(|(name, _)| *name == of).map(|(_, variable)| (*variable).to_owned());
    let variable = known.unwrap_or_else(|| of.to_uppercase().replace('-', "_"));
    let sentence = format!(
        "sagebrush does not serve {of}: set AWS_ENDPOINT_URL_{variable} to who does, or name them to the server with \
         --upstream, and it hands such requests on."
    );
    Fault::unsupported(sentence)
}

//! Requests to services that are not served here: they go on to whoever the operator has named, so that one endpoint URL
//! serves a whole test suite, or are told where to go.
//!
//! Which service is meant only the scope of the credential says, and it decides only where nothing else names one of ours.
//! A request is handed on as it came, but for what belongs to the connection, and so is its answer.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{CONNECTION, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE, VIA};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response};

use super::caller::scope;
use crate::schema::{Fault, ServiceId, service};

/// What a request that was handed on here carries: one that comes back is not handed on again.
const OURS: &str = "1.1 sagebrush";

/// Headers that belong to a connection.
const OF_A_CONNECTION: [HeaderName; 4] =
    [CONNECTION, TRANSFER_ENCODING, UPGRADE, HeaderName::from_static("keep-alive")];

/// Who gets the requests to other services; nobody unless the operator has named somebody.
#[derive(Clone, Debug, Default)]
pub struct Upstream(Option<Arc<Somebody>>);

#[derive(Debug)]
struct Somebody {
    url: String,
    client: Result<reqwest::Client, String>,
}

impl Upstream {
    /// Who is at this address, which has no path; the requests leave by this client, if there is one.
    pub fn at(url: String, client: Result<reqwest::Client, String>) -> Self {
        Self(Some(Arc::new(Somebody { url, client })))
    }

    /// The answer to a request for another service.
    pub(super) async fn answer(&self, of: &str, request: Request) -> Result<Response<Body>, Fault> {
        let Some(somebody) = &self.0 else { return Err(nobody(of)) };
        if request.headers().get_all(VIA).iter().any(|via| via == OURS) {
            let sentence = format!("The upstream {} leads back to this server.", somebody.url);
            return Err(Fault::new("ServiceUnavailable", sentence, 508));
        }
        let answer = match &somebody.client {
            Ok(client) => somebody.asked(client, request).await.map_err(|error| error.to_string()),
            Err(sentence) => Err(sentence.clone()),
        };
        answer.map_err(|error| {
            let sentence = format!("The upstream {} does not answer for {of}: {error}.", somebody.url);
            Fault::new("ServiceUnavailable", sentence, 502)
        })
    }
}

impl Somebody {
    async fn asked(
        &self,
        client: &reqwest::Client,
        request: Request,
    ) -> Result<Response<Body>, reqwest::Error> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let mut headers = passed_on(parts.headers);
        headers.append(VIA, HeaderValue::from_static(OURS));
        let asked = client.request(parts.method, format!("{}{path}", self.url)).headers(headers);
        let answer = asked.body(reqwest::Body::wrap_stream(body.into_data_stream())).send().await?;
        let (mut parts, body) = axum::http::Response::from(answer).into_parts();
        parts.headers = passed_on(parts.headers);
        Ok(Response::from_parts(parts, Body::new(body)))
    }
}

fn passed_on(mut headers: HeaderMap) -> HeaderMap {
    for name in OF_A_CONNECTION {
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

fn nobody(of: &str) -> Fault {
    let variable = match of {
        "states" => "SFN".to_owned(),
        of => of.to_uppercase().replace('-', "_"),
    };
    let sentence = format!(
        "sagebrush does not serve {of}: set AWS_ENDPOINT_URL_{variable} to who does, or name them to the server with \
         --upstream, and it hands such requests on."
    );
    Fault::unsupported(sentence)
}

//! A token for an API destination, by OAuth's client credentials. It is asked for anew with each delivery: a server that
//! stands in for AWS sends few, and a token that is kept may have been taken back.

use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::Value;

use super::address::Allowed;
use super::api::{Added, Pair, is_ours};
use super::client::words;
use super::{failed, refused};
use crate::engine::courier::Outcome;

/// Who asks, and where: `OAuthParameters`.
#[derive(Debug, Deserialize)]
pub(super) struct Client {
    #[serde(rename = "ClientParameters")]
    identity: Identity,
    #[serde(rename = "AuthorizationEndpoint")]
    endpoint: String,
    #[serde(rename = "HttpMethod")]
    method: String,
    #[serde(default, rename = "OAuthHttpParameters")]
    added: Added,
}

#[derive(Debug, Deserialize)]
struct Identity {
    #[serde(rename = "ClientID")]
    id: String,
    #[serde(rename = "ClientSecret")]
    secret: String,
}

/// What is asked for unless the connection says otherwise.
const GRANT: (&str, &str) = ("grant_type", "client_credentials");

/// The largest answer that is read.
const MOST_BYTES: usize = 1 << 16;

/// A token, or what follows from there being none.
pub(super) async fn token(
    client: &reqwest::Client,
    allowed: &Allowed,
    oauth: &Client,
) -> Result<String, Outcome> {
    let mut url = Url::parse(&oauth.endpoint).map_err(|error| {
        refused("INVALID_PARAMETER", format!("AuthorizationEndpoint is no address: {error}."))
    })?;
    allowed.check(&url).map_err(|sentence| refused("NOT_ALLOWED", sentence))?;
    let pairs = |pairs: &'_ [Pair]| {
        pairs.iter().map(|pair| (pair.key.clone(), pair.value.clone())).collect::<Vec<_>>()
    };
    let query = pairs(&oauth.added.query);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let Identity { id, secret } = &oauth.identity;
    let mut form = pairs(&oauth.added.body);
    let own = [GRANT, ("client_id", id.as_str()), ("client_secret", secret.as_str())];
    for (name, text) in own {
        if !form.iter().any(|(known, _)| known == name) {
            form.push((name.to_owned(), text.to_owned()));
        }
    }
    let method = Method::from_bytes(oauth.method.as_bytes()).unwrap_or(Method::POST);
    let mut request = client.request(method, url).header("content-type", "application/x-www-form-urlencoded");
    for Pair { key, value } in oauth.added.headers.iter().filter(|pair| !is_ours(&pair.key)) {
        request = request.header(key, value);
    }
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let answer = request
        .body(body)
        .send()
        .await
        .map_err(|error| failed("AUTHORIZATION_FAILED", words(&error.without_url())))?;
    let status = answer.status();
    if !status.is_success() {
        return Err(failed("AUTHORIZATION_FAILED", format!("The AuthorizationEndpoint answered {status}.")));
    }
    let told: Option<Value> = serde_json::from_slice(&read(answer).await?).ok();
    let token = told.and_then(|told| told.get("access_token")?.as_str().map(str::to_owned));
    token.ok_or_else(|| {
        failed("AUTHORIZATION_FAILED", "The AuthorizationEndpoint answered without an access_token.")
    })
}

/// The body of an answer, if it is of a size that a token may have.
async fn read(mut answer: reqwest::Response) -> Result<Vec<u8>, Outcome> {
    let mut body = Vec::new();
    loop {
        let chunk = answer.chunk().await;
        let chunk = chunk.map_err(|error| failed("AUTHORIZATION_FAILED", words(&error.without_url())))?;
        let Some(chunk) = chunk else { return Ok(body) };
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            return Err(failed("AUTHORIZATION_FAILED", "The AuthorizationEndpoint answers without an end."));
        }
    }
}

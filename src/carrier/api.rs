//! A request to an API destination, with what its connection and the target add to it.
//!
//! See <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html>.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Method, Url};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::address::Allowed;
use super::client::{Client, words};
use super::{busy, failed, oauth, refused};
use crate::engine::courier::{ApiDestination, Letter, Outcome};

/// A connection, as far as requests need it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Connection {
    #[serde(rename = "ConnectionState")]
    state: String,
    #[serde(rename = "AuthParameters")]
    auth: Auth,
}

/// `AuthParameters`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Auth {
    #[serde(rename = "BasicAuthParameters")]
    basic: Option<Basic>,
    #[serde(rename = "ApiKeyAuthParameters")]
    api_key: Option<ApiKey>,
    #[serde(rename = "OAuthParameters")]
    oauth: Option<oauth::Client>,
    #[serde(rename = "InvocationHttpParameters")]
    added: Added,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Basic {
    username: String,
    password: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ApiKey {
    api_key_name: String,
    api_key_value: String,
}

/// What a connection adds to a request: `ConnectionHttpParameters`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Added {
    #[serde(rename = "HeaderParameters")]
    pub(super) headers: Vec<Pair>,
    #[serde(rename = "QueryStringParameters")]
    pub(super) query: Vec<Pair>,
    #[serde(rename = "BodyParameters")]
    pub(super) body: Vec<Pair>,
}

/// A key and a value.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Pair {
    pub(super) key: String,
    pub(super) value: String,
}

/// Calls the destination, once.
pub(super) async fn call(
    client: &Client,
    allowed: &Allowed,
    letter: &Letter,
    api: &ApiDestination,
) -> Result<Outcome, Outcome> {
    let client = client.as_ref().map_err(|sentence| failed("SDK_CLIENT_ERROR", sentence))?;
    let connection = api
        .connection
        .clone()
        .ok_or_else(|| refused("NO_SUCH_RESOURCE", "Its connection does not exist."))?;
    let connection: Connection = serde_json::from_value(Value::Object(connection))
        .map_err(|error| refused("INVALID_CONNECTION", format!("Its connection cannot be used: {error}.")))?;
    if connection.state != "AUTHORIZED" {
        return Err(refused("CONNECTION_NOT_AUTHORIZED", format!("Its connection is {}.", connection.state)));
    }
    let auth = connection.auth;
    let url = address(letter, &api.destination, &auth.added)?;
    allowed.check(&url).map_err(|sentence| refused("NOT_ALLOWED", sentence))?;
    let mut headers = headers(letter, &auth)?;
    if let Some(parameters) = &auth.oauth {
        let token = oauth::token(client, allowed, parameters).await?;
        headers.insert(AUTHORIZATION, value(&format!("Bearer {token}"))?);
    }
    let method = api.destination.get("HttpMethod").and_then(Value::as_str).unwrap_or("POST");
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| refused("INVALID_PARAMETER", method))?;
    let body = body(&letter.payload, &auth.added.body);
    let answer = client.request(method, url).headers(headers).body(body).send().await;
    let answer = answer.map_err(|error| failed("SDK_CLIENT_ERROR", words(&error.without_url())))?;
    let (status, code) = (answer.status(), "API_DESTINATION_ERROR");
    let sentence = format!("The API destination answered {status}.");
    Ok(match (status.as_u16(), retry_after(answer.headers())) {
        (200..=299, _) => Outcome::Delivered,
        (409 | 429 | 500..=599, Some(seconds)) if seconds < 0 => refused(code, sentence),
        (409 | 429 | 500..=599, Some(seconds)) => busy(code, sentence, seconds.saturating_mul(1000)),
        (409 | 429 | 500..=599, None) => failed(code, sentence),
        _ => refused(code, sentence),
    })
}

/// The seconds of `Retry-After`, where it says seconds. A negative number means never.
fn retry_after(headers: &HeaderMap) -> Option<i64> {
    headers.get(reqwest::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()
}

/// `InvocationEndpoint`, with the target's values in the places of its `*` and everybody's members of the query.
fn address(letter: &Letter, destination: &Map<String, Value>, own: &Added) -> Result<Url, Outcome> {
    let template = destination.get("InvocationEndpoint").and_then(Value::as_str).unwrap_or_default();
    let mut values = letter.target.http.path_parameter_values.iter();
    let mut text = String::new();
    for (place, part) in template.split('*').enumerate() {
        if place > 0 {
            let value = values.next().map_or("", String::as_str);
            text.extend(utf8_percent_encode(value, NON_ALPHANUMERIC));
        }
        text.push_str(part);
    }
    let mut url = Url::parse(&text)
        .map_err(|error| refused("INVALID_PARAMETER", format!("{text} is no address: {error}.")))?;
    let of_target = letter.target.http.query_string_parameters.iter();
    let of_connection = own.query.iter().map(|pair| (&pair.key, &pair.value));
    let pairs: Vec<_> = of_target.chain(of_connection).collect();
    if !pairs.is_empty() {
        url.query_pairs_mut().extend_pairs(pairs);
    }
    Ok(url)
}

/// Ours, then the target's, then the connection's, which win.
fn headers(letter: &Letter, auth: &Auth) -> Result<HeaderMap, Outcome> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(USER_AGENT, HeaderValue::from_static("Amazon/EventBridge/ApiDestinations"));
    let of_target =
        letter.target.http.header_parameters.iter().map(|(key, text)| (key.as_str(), text.as_str()));
    let own = auth.added.headers.iter();
    let own = own.map(|pair| (pair.key.as_str(), pair.value.as_str()));
    let key = auth.api_key.as_ref().map(|key| (key.api_key_name.as_str(), key.api_key_value.as_str()));
    for (name, text) in of_target.chain(own).chain(key).filter(|(name, _)| !is_ours(name)) {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| refused("INVALID_PARAMETER", format!("{name:?} is no header.")))?;
        headers.insert(name, value(text)?);
    }
    if let Some(Basic { username, password }) = &auth.basic {
        let pair = BASE64_STANDARD.encode(format!("{username}:{password}"));
        headers.insert(AUTHORIZATION, value(&format!("Basic {pair}"))?);
    }
    Ok(headers)
}

/// What the request has by itself, and what would make it another one: EventBridge leaves such headers out.
const OURS: [&str; 24] = [
    "a-im",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "forwarded",
    "from",
    "host",
    "http2-settings",
    "max-forwards",
    "origin",
    "pragma",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
    "warning",
];

/// Whether a header is not a client's to set.
pub(super) fn is_ours(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_of_a_kind =
        ["accept-", "access-control-", "if-", "proxy-"].iter().any(|kind| name.starts_with(kind));
    OURS.contains(&name.as_str()) || is_of_a_kind
}

fn value(text: &str) -> Result<HeaderValue, Outcome> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| refused("INVALID_PARAMETER", "A header has a value that none can have."))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The payload, with the connection's members in it where it is an object.
fn body(payload: &str, own: &[Pair]) -> String {
    if own.is_empty() {
        return payload.to_owned();
    }
    let Ok(Value::Object(mut members)) = serde_json::from_str(payload) else { return payload.to_owned() };
    members.extend(own.iter().map(|pair| (pair.key.clone(), Value::from(pair.value.as_str()))));
    Value::Object(members).to_string()
}

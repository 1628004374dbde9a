//! Who may call: programs of this machine, and those that name a listed host.
//!
//! Two ways lead from a web page to a server on the loopback. A page of another origin sends a request
//! blindly: its browser adds `Origin` or `Sec-Fetch-Site`. A page whose own name was rebound to 127.0.0.1 is
//! of one origin with us: its browser sends that name as `Host`. Neither can be left out by the page, and no
//! other client sends them, so absent headers pass.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{HOST, HeaderName, ORIGIN};
use axum::http::{HeaderMap, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::problem::Problem;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names, besides the loopback's, that the server is called by.
#[derive(Clone, Debug)]
pub(super) struct Hosts(Arc<[String]>);

impl Hosts {
    pub(super) fn new(names: &[String]) -> Self {
        Self(names.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    fn allow(&self, authority: &str) -> bool {
        let Some(name) = name_of(authority) else { return false };
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        name == "localhost"
            || name.ends_with(".localhost")
            || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
            || self.0.contains(&name)
    }
}

/// The host of `host`, `host:port` or `[v6]:port`; none if it is not of this form.
fn name_of(authority: &str) -> Option<&str> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = port.strip_prefix(':').unwrap_or(port);
    (!name.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

pub(super) async fn check(
    State(hosts): State<Hosts>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    allowed(&hosts, request.uri(), request.headers())?;
    Ok(next.run(request).await)
}

fn allowed(hosts: &Hosts, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    // A target in absolute form overrides the header.
    let called = uri.authority().map(|authority| Some(authority.as_str()));
    let called = called.unwrap_or_else(|| text(headers, &HOST));
    if called.is_some_and(|called| !hosts.allow(called)) {
        return Err(Problem::forbidden(
            "The control API answers to loopback names only, such as localhost; list others in allowed_hosts.",
        ));
    }
    let own = |origin: &str| {
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        authority.is_some() && authority == called
    };
    let foreign = text(headers, &ORIGIN).is_some_and(|origin| !own(origin));
    if foreign || matches!(text(headers, &SEC_FETCH_SITE), Some("cross-site" | "same-site")) {
        return Err(Problem::forbidden("The control API does not answer to web pages of other origins."));
    }
    Ok(())
}

/// A header's text. One that is no text counts as a name that nobody has.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(pairs: &[(&HeaderName, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        allowed(&Hosts::new(&["Sagebrush".to_owned()]), &Uri::from_static("/"), &headers).is_ok()
    }

    #[test]
    fn only_loopback_and_listed_names_are_answered() {
        let ours =
            ["localhost", "LOCALHOST:7243", "localhost.", "a.localhost:1", "127.0.0.1:7243", "127.9.9.9"];
        for host in ours.into_iter().chain(["[::1]:7243", "[::1]", "sagebrush:7243", "SAGEBRUSH"]) {
            assert!(verdict(&[(&HOST, host)]), "{host}");
        }
        let foreign =
            ["evil.example", "localhost.evil.example", "evil-localhost", "0.0.0.0:7243", "2130706433"];
        for host in
            foreign.into_iter().chain(["user@localhost", "[::2]", "[::1", "", ":7243", "localhost:7243:1"])
        {
            assert!(!verdict(&[(&HOST, host)]), "{host}");
        }
        assert!(verdict(&[]), "a client of HTTP/1.0 is no browser");
    }

    #[test]
    fn pages_of_other_origins_are_refused() {
        let host = (&HOST, "localhost:7243");
        for origin in ["http://evil.example", "null", "http://localhost:3000", "http://localhost", "file://"]
        {
            assert!(!verdict(&[host, (&ORIGIN, origin)]), "{origin}");
        }
        assert!(verdict(&[host, (&ORIGIN, "http://localhost:7243")]));
        assert!(!verdict(&[host, (&SEC_FETCH_SITE, "cross-site")]));
        assert!(!verdict(&[host, (&SEC_FETCH_SITE, "same-site")]));
        assert!(verdict(&[host, (&SEC_FETCH_SITE, "none")]), "an address that the user typed");
    }
}

//! HTTP clients: no redirects, no proxies of the environment, no cookies; the answer's body is read only where it is wanted.

use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use rustls::crypto::ring;

use super::address::reachable;

/// A client, or why there is none.
pub type Client = Result<reqwest::Client, String>;

/// How long a connection that nobody uses is kept.
const IDLE: Duration = Duration::from_secs(10);

/// One for what the operator has named.
pub fn plain() -> Client {
    built(builder())
}

/// One for what clients have named: what a name leads to is looked at before it is called, and that address is called.
pub(super) fn guarded() -> Client {
    built(builder().dns_resolver(Arc::new(Guarded)))
}

fn builder() -> reqwest::ClientBuilder {
    // Whoever comes second finds the provider in its place.
    let _ = ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .pool_idle_timeout(IDLE)
        .connect_timeout(super::ATTEMPT)
}

fn built(builder: reqwest::ClientBuilder) -> Client {
    builder.build().map_err(|error| format!("There is no client for HTTP: {error}."))
}

/// Resolves a name once, and leaves nothing of it that must not be called.
#[derive(Debug)]
struct Guarded;

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<_> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            for address in &found {
                reachable(&host, address.ip())?;
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// What went wrong with a request, with every cause.
pub(super) fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

//! The door: who may come in, whatever is wanted inside.
//!
//! Two ways lead from a web page to a server that a browser can reach. A page of another origin sends a request
//! blindly: its browser adds `Origin` or `Sec-Fetch-Site`. A page whose own name was rebound to our address is of
//! one origin with us: its browser sends that name as `Host`. Neither can be left out by the page, and no other
//! client sends them, so absent headers pass.
//!
//! A name is what can be rebound, an address cannot: where the network is trusted any address will do, because
//! a server that is reached through another's port does not know all of its own.
//!
//! Invariant: both rules hold for every request, before anybody looks at what it asks for. The control API has a
//! third one, its [`Token`].

mod token;

use std::net::IpAddr;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri};

pub use token::Token;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

/// What is asked of those who come. The default lets in whoever calls the server by a name of the loopback.
#[derive(Clone, Debug, Default)]
pub struct Door {
    hosts: Arc<[String]>,
    trusts_network: bool,
    token: Option<Token>,
}

/// Why somebody stays outside, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Outside {
    /// The server has no such name.
    #[error(
        "{0:?} is no name of this server; call it by localhost or by its address, or start it with --allow-host and that name."
    )]
    Host(String),
    /// A web page of another origin has sent it.
    #[error("This server does not answer to web pages of other origins.")]
    Page,
    /// The control API wants a token, and this is none or another one.
    #[error(
        "The control API of this server wants its token: send Authorization: Bearer and the value of SAGEBRUSH_CONTROL_TOKEN."
    )]
    Token,
    /// The control API wants a token, and there is none that would be right.
    #[error(
        "The control API is closed because this server trusts the network and has no token; start it with SAGEBRUSH_CONTROL_TOKEN set, and send that as Authorization: Bearer."
    )]
    Closed,
}

impl Door {
    /// A door that knows these names besides the loopback's. Where it trusts the network it takes every address
    /// for one of ours, and keeps the control API closed to those without the token.
    pub fn new(hosts: &[String], trusts_network: bool, token: Option<Token>) -> Self {
        let plain = |name: &String| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        Self { hosts: hosts.iter().map(plain).collect(), trusts_network, token }
    }

    /// Whether somebody may come in to look: as [`admit`](Self::admit) says, and also by a link in a page of another
    /// origin. Such a page only opens ours; it does not see it, and opening one changes nothing.
    pub fn admit_visitor(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Outside> {
        let says = |name: HeaderName, word: &str| headers.get(name).map(text) == Some(word);
        let is_link = says(SEC_FETCH_MODE, "navigate")
            && says(SEC_FETCH_DEST, "document")
            && !headers.contains_key(ORIGIN);
        if is_link { self.admit_name(uri, headers).map(drop) } else { self.admit(uri, headers) }
    }

    /// Whether this request may come in at all.
    pub fn admit(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Outside> {
        let called = self.admit_name(uri, headers)?;
        let own = |origin: &str| {
            let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            authority.is_some() && authority == called
        };
        let foreign = headers.get(ORIGIN).is_some_and(|origin| !own(text(origin)));
        let site = headers.get(SEC_FETCH_SITE).map(text);
        if foreign || matches!(site, Some("cross-site" | "same-site")) {
            return Err(Outside::Page);
        }
        Ok(())
    }

    /// Whether we are called by a name of ours, and by which.
    fn admit_name<'a>(&self, uri: &'a Uri, headers: &'a HeaderMap) -> Result<Option<&'a str>, Outside> {
        // A target in absolute form overrides the header.
        let target = uri.authority().map(Authority::as_str);
        let named = || headers.get_all(HOST).iter().map(text).filter(|_| target.is_none());
        if let Some(foreign) = target.into_iter().chain(named()).find(|called| !self.is_ours(called)) {
            return Err(Outside::Host(foreign.to_owned()));
        }
        Ok(target.or_else(|| named().next()))
    }

    /// Whether one who was let in may also use the control API.
    pub fn admit_to_control(&self, headers: &HeaderMap) -> Result<(), Outside> {
        match &self.token {
            Some(token)
                if headers.get(AUTHORIZATION).and_then(bearer).is_some_and(|given| token.is(given)) =>
            {
                Ok(())
            }
            Some(_) => Err(Outside::Token),
            None if self.trusts_network => Err(Outside::Closed),
            None => Ok(()),
        }
    }

    fn is_ours(&self, authority: &str) -> bool {
        let Some(name) = name_of(authority) else { return false };
        let name = name.strip_suffix('.').unwrap_or(name);
        if let Ok(address) = name.parse::<IpAddr>() {
            let anywhere = self.trusts_network && !address.is_unspecified();
            return anywhere || address.to_canonical().is_loopback() || self.is_listed(name);
        }
        let is_local = |end: &str| end.eq_ignore_ascii_case("localhost");
        is_local(name.rsplit('.').next().unwrap_or(name)) || self.is_listed(name)
    }

    fn is_listed(&self, name: &str) -> bool {
        self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name))
    }
}

/// The host of `host`, `host:port` or `[v6]:port`; none if it is not of this form.
fn name_of(authority: &str) -> Option<&str> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let digits = port.strip_prefix(':').unwrap_or(port);
    (!name.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

/// A header's text. One that is no text counts as a name that nobody has.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or("?")
}

/// What follows the scheme `Bearer`, whose case does not matter.
fn bearer(value: &HeaderValue) -> Option<&[u8]> {
    let (scheme, given) = value.as_bytes().split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then(|| given.trim_ascii())
}

#[cfg(test)]
mod tests;

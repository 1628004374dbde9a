//! Who asks, and where: the account and the region in a request's credential.
//!
//! Nothing is verified. An access key id of twelve digits is the account, as emulators have it; any other,
//! and a request without a credential, is the default account. A header that is malformed counts as none:
//! a client whose signature is odd still has the right to its answer.

use std::borrow::Cow;

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

/// The account of a request that names none.
const DEFAULT_ACCOUNT: &str = "123456789012";
/// The region of a request that names none.
const DEFAULT_REGION: &str = "us-east-1";

/// Account and region of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Twelve digits.
    pub account: String,
    /// For example `us-east-1`.
    pub region: String,
}

impl Caller {
    /// From the header, else from the query of a presigned address, else the defaults.
    pub fn of(parts: &Parts) -> Self {
        Self::of_credential(&credential(parts))
    }

    fn of_credential(credential: &str) -> Self {
        let steps: Vec<&str> = credential.split('/').collect();
        let (key, region) = match steps[..] {
            [key, _, region, _, _] => (key, region),
            _ => (steps.first().copied().unwrap_or_default(), ""),
        };
        let is_account = key.len() == 12 && key.bytes().all(|byte| byte.is_ascii_digit());
        let region = if is_region(region) { region } else { DEFAULT_REGION };
        Self { account: if is_account { key } else { DEFAULT_ACCOUNT }.into(), region: region.into() }
    }
}

/// The service in the scope of a request's credential; none where that is not whole.
pub(super) fn scope(parts: &Parts) -> Option<String> {
    match credential(parts).split('/').collect::<Vec<_>>()[..] {
        [_, _, _, service, "aws4_request"] if is_region(service) => Some(service.to_owned()),
        _ => None,
    }
}

/// `KEY/DATE/REGION/SERVICE/aws4_request`, from the header or a presigned address; nothing where there is none.
fn credential(parts: &Parts) -> Cow<'_, str> {
    let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(credential) = header.and_then(in_header) {
        return Cow::Borrowed(credential);
    }
    let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
    let presigned = query.into_iter().find(|(name, _)| name == "X-Amz-Credential");
    presigned.map_or(Cow::Borrowed(""), |(_, credential)| credential)
}

fn in_header(header: &str) -> Option<&str> {
    let (_, after) = header.split_once("Credential=")?;
    after.split([',', ' ']).next()
}

/// Letters, digits and hyphens, as in every region there is.
fn is_region(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(fits)
}

//! An endpoint's state as one versioned text.
//!
//! A text of a later version is left alone: reading it fails, and so nothing overwrites it.

use serde::{Deserialize, Serialize};

use super::Error;
use crate::domain::endpoint::Endpoint;

/// The version of the state's text that this server writes, and the only one it reads.
const STATE_VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    v: u32,
    endpoint: &'a Endpoint,
}

#[derive(Deserialize)]
struct Stored {
    endpoint: Endpoint,
}

#[derive(Deserialize)]
struct Version {
    v: u32,
}

/// The text of a state.
pub(super) fn to_text(endpoint: &Endpoint) -> String {
    let written = Written { v: STATE_VERSION, endpoint };
    serde_json::to_string(&written).expect("an endpoint's state is plain data with string keys")
}

/// The state of a text.
pub(super) fn from_text(text: &str) -> Result<Endpoint, Error> {
    let broken = |error: serde_json::Error| Error::Unreadable(format!("an endpoint's state: {error}"));
    let version: Version = serde_json::from_str(text).map_err(broken)?;
    if version.v != STATE_VERSION {
        let found = version.v;
        return Err(Error::Unreadable(format!(
            "an endpoint's state has version {found}, not {STATE_VERSION}"
        )));
    }
    serde_json::from_str::<Stored>(text).map(|stored| stored.endpoint).map_err(broken)
}

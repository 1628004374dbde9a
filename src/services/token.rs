//! `NextToken`: where a page ended, and in which list. To clients it is opaque.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The token for the end of a page of `list`.
pub(super) fn seal(list: &str, end: impl Serialize) -> String {
    let text = serde_json::to_vec(&(list, end)).expect("a name or a number is JSON");
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

/// Where the page before ended; a token that is not one of `list` is none.
pub(super) fn open<T: DeserializeOwned>(list: &str, token: &str) -> Option<T> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    let read = text.and_then(|text| serde_json::from_slice::<(String, T)>(&text).ok());
    read.filter(|(of, _)| of == list).map(|(_, end)| end)
}

//! `NextToken`: where a page ended, and in which list. To clients it is opaque.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::schema::Fault;

/// The token for the end of a page of `list`.
pub(crate) fn seal(list: &str, end: impl Serialize) -> String {
    let text = serde_json::to_vec(&(list, end)).expect("a name or a number is JSON");
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

/// Where the page before ended; a token that is not one of `list` is refused with `fault`.
pub(crate) fn open<T: DeserializeOwned>(list: &str, token: &str, fault: fn() -> Fault) -> Result<T, Fault> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok();
    let read = text.and_then(|text| serde_json::from_slice::<(String, T)>(&text).ok());
    match read {
        Some((of, end)) if of == list => Ok(end),
        _ => Err(fault()),
    }
}

/// Leaves of what was found at most `limit`; where there was more, answers the mark of the last one that is left.
pub(crate) fn cut<T, M>(found: &mut Vec<T>, limit: u32, mark: impl Fn(&T) -> M) -> Option<M> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let has_more = found.len() > limit;
    found.truncate(limit);
    found.last().filter(|_| has_more).map(mark)
}

//! `NextToken`, and CloudWatch's word for one that is none.

use serde::de::DeserializeOwned;

use crate::schema::Fault;
use crate::services::token;

pub(super) use crate::services::token::seal;

/// Where the page before ended; a token that is not one of `list` is refused.
pub(super) fn open<T: DeserializeOwned>(list: &str, token: &str) -> Result<T, Fault> {
    let refused = || Fault::declared("InvalidNextToken", "The next token is not valid.");
    token::open(list, token).ok_or_else(refused)
}

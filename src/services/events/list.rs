//! Pages of lists by name: `NamePrefix`, `Limit`, `NextToken`.

use serde::Deserialize;

use crate::schema::{Fault, Fields, Value};
use crate::services::token;
use crate::store::by_name::ByName;

/// A page, if the request does not say.
const PAGE: u32 = 100;

/// The members that every list's request may have.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Paged {
    name_prefix: Option<String>,
    limit: Option<u32>,
    next_token: Option<String>,
}

impl Paged {
    /// Where the page before ended; none at the beginning.
    pub(super) fn after(&self, list: &str) -> Result<Option<String>, Fault> {
        self.next_token.as_deref().map(|text| token::open(list, text, bad_token)).transpose()
    }

    /// At most so many.
    pub(super) fn limit(&self) -> u32 {
        self.limit.unwrap_or(PAGE)
    }

    /// The page that the store is asked for: one more than is shown tells whether there is another.
    pub(super) fn by_name<'a>(&'a self, after: Option<&'a str>) -> ByName<'a> {
        ByName { prefix: self.name_prefix.as_deref(), after, limit: self.limit() + 1 }
    }

    /// The answer with what was found: `member` is the list, `name` says by what its pages go, and what `show` leaves out is
    /// missing from its page.
    pub(super) fn shown<T>(
        &self,
        list: &str,
        member: &str,
        mut found: Vec<T>,
        name: impl Fn(&T) -> String,
        show: impl FnMut(T) -> Result<Option<Value>, Fault>,
    ) -> Result<Value, Fault> {
        let end = token::cut(&mut found, self.limit(), name);
        let shown = found.into_iter().map(show).collect::<Result<Vec<_>, _>>()?;
        let shown: Vec<Value> = shown.into_iter().flatten().collect();
        let mut answer = Fields::from_iter([(member, Value::from(shown))]);
        if let Some(end) = end {
            answer.insert("NextToken", token::seal(list, end).into());
        }
        Ok(answer.into())
    }
}

fn bad_token() -> Fault {
    Fault::validation("Parameter NextToken is not valid. Reason: It was not given by this list.")
}

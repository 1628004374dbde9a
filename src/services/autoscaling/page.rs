//! Pages of lists.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::key::Filter;
use crate::domain::world::WorldId;
use crate::schema::{Fault, Fields, Value};
use crate::services::token::{cut, open, seal};
use crate::store::Session;
use crate::store::scaling::{RuleKind, RuleQuery, RuleRow};

/// A page that is asked for.
pub(super) struct Page<T> {
    list: &'static str,
    /// At most so many.
    size: u32,
    /// Where the one before ended.
    pub(super) after: Option<T>,
}

impl<T: Serialize + DeserializeOwned> Page<T> {
    /// The page of a list whose pages hold at most so many, which they do if the request says nothing.
    pub(super) fn of(
        list: &'static str,
        most: u32,
        max_results: Option<i64>,
        token: Option<&str>,
    ) -> Result<Self, Fault> {
        let size = u32::try_from(max_results.unwrap_or(i64::from(most)));
        let size = size.ok().filter(|size| (1..=most).contains(size));
        let size = size.ok_or_else(|| Fault::validation(format!("MaxResults must be from 1 to {most}.")))?;
        let after = token.map(|token| open(list, token, bad_token)).transpose()?;
        Ok(Self { list, size, after })
    }

    /// How many have to be read: one more, to know whether there is another page.
    pub(super) fn limit(&self) -> u32 {
        self.size + 1
    }

    /// The answer with these rows under a name, each shown so; `end` is where a page ends with a row.
    pub(super) fn answer<R>(
        &self,
        name: &str,
        mut rows: Vec<R>,
        end: impl Fn(&R) -> T,
        shown: impl Fn(&R) -> Result<Value, Fault>,
    ) -> Result<Value, Fault> {
        let mark = cut(&mut rows, self.size, end);
        let list = rows.iter().map(shown).collect::<Result<Vec<_>, _>>()?;
        let mut answer = Fields::from_iter([(name, Value::List(list))]);
        if let Some(mark) = mark {
            answer.insert("NextToken", seal(self.list, mark).into());
        }
        Ok(answer.into())
    }
}

impl Page<(String, String)> {
    /// The policies or the scheduled actions on it: those that a filter and names let through, by resource and name.
    pub(super) async fn rules(
        &self,
        session: &mut Session,
        world: &WorldId,
        (kind, filter, names): (RuleKind, &Filter, Option<&[String]>),
    ) -> Result<Vec<RuleRow>, Fault> {
        if !filter.can_match()? {
            return Ok(Vec::new());
        }
        let query = RuleQuery {
            resource: filter.resource_id.as_deref(),
            names: names.filter(|names| !names.is_empty()),
            after: self.after.as_ref().map(|(resource, name)| (resource.as_str(), name.as_str())),
            limit: Some(self.limit()),
        };
        Ok(session.scaling_rules(world, kind, &query).await?)
    }
}

/// Where a page of rules ends with this one.
pub(super) fn end_of(rule: &RuleRow) -> (String, String) {
    (rule.resource.clone(), rule.name.clone())
}

/// A `NextToken` that is none.
fn bad_token() -> Fault {
    Fault::declared("InvalidNextTokenException", "The next token is not valid.")
}

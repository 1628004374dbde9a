//! The lists of the hosting resources: the same filters, orders and pages for all of them.
//!
//! A page ends with the key of its last entry, and the next one begins after that key: entries that come or
//! go in between neither repeat nor hide others. Ties follow the order of creation, in the direction of the
//! list.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::Error;
use super::endpoint::EndpointSummary;
use super::row::{Arg, Row};
use super::session::Session;
use super::statement::Statement;
use crate::clock::Timestamp;
use crate::domain::component::{Host, PREFIX, name_of};

/// `SortBy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// By name, ignoring case.
    Name,
    /// By `CreationTime`.
    Creation,
    /// By the status' word.
    Status,
}

/// Whether the inference components of a world are listed, and which of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hosted<'a> {
    /// What hosts: endpoints.
    #[default]
    No,
    /// What is hosted.
    By {
        /// `EndpointNameEquals`.
        endpoint: Option<&'a str>,
        /// `VariantNameEquals`.
        variant: Option<&'a str>,
    },
}

impl<'a> Hosted<'a> {
    fn endpoint(self) -> Option<&'a str> {
        match self {
            Self::No => None,
            Self::By { endpoint, .. } => endpoint,
        }
    }

    fn variant(self) -> Option<&'a str> {
        match self {
            Self::No => None,
            Self::By { variant, .. } => variant,
        }
    }

    /// Whether what has this host is one of these.
    fn takes(self, host: Option<&Host>) -> bool {
        let Some(host) = host else { return self == Self::No };
        self != Self::No
            && self.endpoint().is_none_or(|name| name.eq_ignore_ascii_case(&host.endpoint))
            && self.variant().is_none_or(|name| name == host.variant)
    }
}

/// `SortOrder`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest or oldest first.
    Ascending,
    /// Largest or newest first.
    Descending,
}

/// Which entries, in what order, and how many.
#[derive(Clone, Debug)]
pub struct ListQuery<'a> {
    /// `NameContains`, ignoring case.
    pub name_contains: Option<&'a str>,
    /// `CreationTimeAfter`: at or after.
    pub created_from: Option<Timestamp>,
    /// `CreationTimeBefore`: before, not at.
    pub created_before: Option<Timestamp>,
    /// `LastModifiedTimeAfter`: at or after.
    pub modified_from: Option<Timestamp>,
    /// `LastModifiedTimeBefore`: before, not at.
    pub modified_before: Option<Timestamp>,
    /// `StatusEquals`.
    pub status: Option<&'a str>,
    /// Endpoints, or inference components; nothing for definitions.
    pub hosted: Hosted<'a>,
    /// `SortBy`.
    pub sort: Sort,
    /// `SortOrder`.
    pub order: Order,
    /// Where the page before this one ended.
    pub after: Option<PageKey>,
    /// `MaxResults`, at least 1.
    pub limit: u32,
}

impl Default for ListQuery<'_> {
    /// The defaults of the hosting lists: everything, newest first, ten a page.
    fn default() -> Self {
        Self {
            name_contains: None,
            created_from: None,
            created_before: None,
            modified_from: None,
            modified_before: None,
            status: None,
            hosted: Hosted::No,
            sort: Sort::Creation,
            order: Order::Descending,
            after: None,
            limit: 10,
        }
    }
}

/// A page, and where it ended if there is more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries in order.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last page.
    pub next: Option<PageKey>,
}

/// The place of an entry in every order it can be listed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageKey {
    pub(super) id: String,
    pub(super) name_key: String,
    pub(super) created: Timestamp,
    pub(super) status: String,
}

impl PageKey {
    /// The key as an opaque token.
    pub fn token(&self) -> String {
        let parts = (&self.id, &self.name_key, self.created, &self.status);
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).expect("strings and a number are JSON"))
    }

    /// The key of a token; `None` for a text that [`PageKey::token`] did not make.
    pub fn from_token(token: &str) -> Option<Self> {
        let text = BASE64_URL_SAFE_NO_PAD.decode(token).ok()?;
        let (id, name_key, created, status) = serde_json::from_slice(&text).ok()?;
        Some(Self { id, name_key, created, status })
    }
}

/// Reads a page. `select` must begin with the columns `id, name_key, created_ms, status` and end in its own
/// WHERE; `item` reads the columns after those.
pub(super) async fn page<T>(
    session: &mut Session,
    select: &'static str,
    args: &[Arg<'_>],
    query: &ListQuery<'_>,
    item: impl Fn(&mut Row, &PageKey) -> Result<T, Error>,
) -> Result<Page<T>, Error> {
    let begins = if query.hosted == Hosted::No { "" } else { PREFIX };
    let pattern = query.name_contains.map(|part| like_pattern(begins, part));
    let host_key = query.hosted.endpoint().map(str::to_lowercase);
    let mut statement = Statement::new(select, args);
    if let Some(pattern) = &pattern {
        statement.push(" AND name_key LIKE ").bind(pattern).push(" ESCAPE '!'");
    }
    statement
        .filter(" AND created_ms >= ", query.created_from)
        .filter(" AND created_ms < ", query.created_before)
        .filter(" AND modified_ms >= ", query.modified_from)
        .filter(" AND modified_ms < ", query.modified_before)
        .filter(" AND status = ", query.status)
        .filter(" AND host_key = ", host_key.as_ref())
        .filter(" AND host_variant = ", query.hosted.variant());
    begin_after(&mut statement, query);
    statement.push(order_by(query.sort, query.order));
    // One more than asked for tells whether there is another page.
    statement.push(" LIMIT ").bind(i64::from(query.limit) + 1);
    let mut rows = statement.read(session).await?;
    let more = rows.len() > query.limit as usize;
    rows.truncate(query.limit as usize);
    let mut page = Page { items: Vec::with_capacity(rows.len()), next: None };
    for mut row in rows {
        let (id, name_key, created, status) = (row.text()?, row.text()?, row.at()?, row.text()?);
        let key = PageKey { id, name_key, created, status };
        page.items.push(item(&mut row, &key)?);
        page.next = more.then_some(key);
    }
    Ok(page)
}

/// The page that [`page`] would read if these were the endpoints, each with its identity.
pub fn page_of(endpoints: Vec<(String, EndpointSummary)>, query: &ListQuery<'_>) -> Page<EndpointSummary> {
    let part = query.name_contains.map(str::to_lowercase);
    let is_wanted = |entry: &EndpointSummary| {
        let name = name_of(&entry.name).unwrap_or(&entry.name).to_lowercase();
        part.as_ref().is_none_or(|part| name.contains(part))
            && query.created_from.is_none_or(|from| entry.created >= from)
            && query.created_before.is_none_or(|before| entry.created < before)
            && query.modified_from.is_none_or(|from| entry.modified >= from)
            && query.modified_before.is_none_or(|before| entry.modified < before)
            && query.status.is_none_or(|status| entry.status == status)
            && query.hosted.takes(entry.host.as_ref())
    };
    let keyed = endpoints.into_iter().filter(|(_, entry)| is_wanted(entry)).map(|(id, entry)| {
        let (name_key, status) = (entry.name.to_lowercase(), entry.status.clone());
        (PageKey { id, name_key, created: entry.created, status }, entry)
    });
    let in_order = |a: &PageKey, b: &PageKey| {
        let ordering = match query.sort {
            Sort::Name => a.name_key.cmp(&b.name_key),
            Sort::Creation => (a.created, &a.id).cmp(&(b.created, &b.id)),
            Sort::Status => (&a.status, &a.id).cmp(&(&b.status, &b.id)),
        };
        if query.order == Order::Ascending { ordering } else { ordering.reverse() }
    };
    let comes_later = |key: &PageKey| query.after.as_ref().is_none_or(|after| in_order(key, after).is_gt());
    let mut entries: Vec<_> = keyed.filter(|(key, _)| comes_later(key)).collect();
    entries.sort_by(|(a, _), (b, _)| in_order(a, b));
    let more = entries.len() > query.limit as usize;
    entries.truncate(query.limit as usize);
    let next = entries.last().filter(|_| more).map(|(key, _)| key.clone());
    Page { items: entries.into_iter().map(|(_, entry)| entry).collect(), next }
}

fn begin_after<'a>(statement: &mut Statement<'a>, query: &'a ListQuery<'_>) {
    let Some(after) = &query.after else { return };
    let compare = if query.order == Order::Ascending { " > " } else { " < " };
    match query.sort {
        Sort::Name => statement.push(" AND name_key").push(compare).bind(&after.name_key),
        Sort::Creation => {
            statement.push(" AND (created_ms, id)").push(compare).push("(").bind(after.created);
            statement.push(", ").bind(&after.id).push(")")
        }
        Sort::Status => {
            statement.push(" AND (status, id)").push(compare).push("(").bind(&after.status);
            statement.push(", ").bind(&after.id).push(")")
        }
    };
}

fn order_by(sort: Sort, order: Order) -> &'static str {
    match (sort, order) {
        (Sort::Name, Order::Ascending) => " ORDER BY name_key",
        (Sort::Name, Order::Descending) => " ORDER BY name_key DESC",
        (Sort::Creation, Order::Ascending) => " ORDER BY created_ms, id",
        (Sort::Creation, Order::Descending) => " ORDER BY created_ms DESC, id DESC",
        (Sort::Status, Order::Ascending) => " ORDER BY status, id",
        (Sort::Status, Order::Descending) => " ORDER BY status DESC, id DESC",
    }
}

/// A LIKE pattern for texts that begin like this, which has no sign of LIKE's, and contain that one behind, with LIKE's own
/// signs escaped.
fn like_pattern(begins: &str, part: &str) -> String {
    let mut pattern = String::with_capacity(begins.len() + part.len() + 2);
    pattern.push_str(begins);
    pattern.push('%');
    for sign in part.to_lowercase().chars() {
        if matches!(sign, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(sign);
    }
    pattern.push('%');
    pattern
}

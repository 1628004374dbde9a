//! What the address of a page says: the world, and what else the page takes.

use axum::http::{StatusCode, Uri};

use super::answer::Trouble;
use crate::domain::world::WorldId;

/// A world, and the rest of the query.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) world: WorldId,
    pairs: Vec<(String, String)>,
}

impl Place {
    pub(super) fn of(uri: &Uri) -> Result<Self, Trouble> {
        let pairs = pairs(uri).filter(|(_, text)| !text.is_empty());
        let mut place = Self { world: WorldId::new("", ""), pairs: pairs.collect() };
        let account = place.take("account").unwrap_or_else(|| WorldId::DEFAULT_ACCOUNT.to_owned());
        let region = place.take("region").unwrap_or_else(|| WorldId::DEFAULT_REGION.to_owned());
        if let Some(wrong) = WorldId::account_refusal(&account).or_else(|| WorldId::region_refusal(&region)) {
            return Err(Trouble::new(StatusCode::BAD_REQUEST, format!("{wrong}.")));
        }
        place.world = WorldId::new(account, region);
        Ok(place)
    }

    /// The text of `name`, if there is one. What nobody takes means nothing.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        let at = self.pairs.iter().position(|(given, _)| given == name)?;
        Some(self.pairs.remove(at).1)
    }
}

fn pairs(uri: &Uri) -> impl Iterator<Item = (String, String)> {
    let query = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    query.map(|(name, text)| (name.into_owned(), text.into_owned()))
}

/// Whether a query has a name that is meant.
pub(super) fn names(uri: &Uri, is_meant: impl Fn(&str) -> bool) -> bool {
    pairs(uri).any(|(name, _)| is_meant(&name))
}

/// A query of these pairs, with its question mark; nothing of none.
pub(super) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if text.is_empty() { text } else { format!("?{text}") }
}

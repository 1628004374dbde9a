//! The events of models and endpoint configs: what was created or deleted, as it was given. AWS has no word in them that
//! tells the one from the other.

use serde_json::{Map, Value};

use super::event::{DetailType, Event, tags};
use crate::clock::Timestamp;

/// A model or an endpoint config.
#[derive(Clone, Copy, Debug)]
pub struct Defined<'a> {
    /// Which of the two.
    pub detail_type: DetailType,
    /// The member of its name, and its name as it was given.
    pub name: (&'a str, &'a str),
    /// The member of its ARN, and its ARN.
    pub arn: (&'a str, &'a str),
    /// What else it was created with.
    pub body: &'a Map<String, Value>,
    /// `CreationTime`.
    pub created: Timestamp,
    /// Its tags.
    pub tags: &'a [(String, String)],
}

/// That it was created or deleted at `at`.
pub fn definition_event(defined: &Defined<'_>, at: Timestamp) -> Event {
    let Defined { detail_type, name, arn, body, created, tags: its_tags } = *defined;
    let mut detail = Map::new();
    for (member, text) in [name, arn] {
        detail.insert(member.to_owned(), text.into());
    }
    detail.extend(body.clone());
    detail.insert("CreationTime".to_owned(), created.0.into());
    detail.insert("Tags".to_owned(), tags(its_tags));
    Event::of(detail_type, arn.1.to_owned(), at, detail)
}

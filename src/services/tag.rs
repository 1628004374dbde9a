//! Tags as newer services have them: pairs of `Key` and `Value`, a new value for a key that is there.

use serde::{Deserialize, Serialize};

use crate::store::Tags;

/// The most tags a resource may have.
const MAX_TAGS: usize = 50;

/// `Tag`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Tag {
    key: String,
    value: String,
}

/// Tags as they are answered.
pub(crate) fn shown(tags: Tags) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}

/// Tags as the store keeps them; a key that comes twice has its last value. The error is a sentence.
pub(crate) fn merged(mut tags: Tags, more: Vec<Tag>) -> Result<Tags, String> {
    for Tag { key, value } in more {
        match tags.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => tags.push((key, value)),
        }
    }
    if tags.len() > MAX_TAGS {
        return Err(format!("A resource must not have more than {MAX_TAGS} tags."));
    }
    Ok(tags)
}

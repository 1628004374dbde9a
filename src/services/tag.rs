//! Tags as newer services have them: a new value for a key that is there. Most write pairs of `Key` and `Value`, some maps.

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

/// The input of `TagResource`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct TagResource {
    #[serde(rename = "ResourceARN")]
    pub(crate) resource_arn: String,
    pub(crate) tags: Vec<Tag>,
}

/// The input of `UntagResource`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct UntagResource {
    #[serde(rename = "ResourceARN")]
    pub(crate) resource_arn: String,
    pub(crate) tag_keys: Vec<String>,
}

/// The input of `ListTagsForResource`.
#[derive(Debug, Deserialize)]
pub(crate) struct ListTagsForResource {
    #[serde(rename = "ResourceARN")]
    pub(crate) resource_arn: String,
}

/// The output of `ListTagsForResource`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Listed {
    tags: Vec<Tag>,
}

impl From<Tags> for Listed {
    fn from(tags: Tags) -> Self {
        Self { tags: tags.into_iter().map(|(key, value)| Tag { key, value }).collect() }
    }
}

impl From<Tag> for (String, String) {
    fn from(Tag { key, value }: Tag) -> Self {
        (key, value)
    }
}

/// Tags as the store keeps them; a key that comes twice has its last value. The error is a sentence.
pub(crate) fn merged<T: Into<(String, String)>>(
    mut tags: Tags,
    more: impl IntoIterator<Item = T>,
) -> Result<Tags, String> {
    for (key, value) in more.into_iter().map(Into::into) {
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

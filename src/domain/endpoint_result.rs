//! What a request to an endpoint is answered because a user of moto has set it, whatever the model would say.

use serde::{Deserialize, Serialize};

/// An answer that was set; what it does not name is the model's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EndpointResult {
    /// The body, as text.
    pub body: String,
    /// `ContentType`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// `InvokedProductionVariant`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// `CustomAttributes`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_attributes: Option<String>,
}

//! Answers that users of moto have set, in the place of what a model would say.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use crate::domain::endpoint_result::EndpointResult;
use crate::schema::{Fields, Value};

/// Members that do not tell requests to one endpoint from each other, as they do not in moto.
const NOT_COMPARED: [&str; 2] = ["EndpointName", "ContentType"];

/// What requests with the same answer have in common.
pub(super) fn fingerprint(request: &Fields) -> String {
    let mut members: Vec<_> = request.iter().filter(|(name, _)| !NOT_COMPARED.contains(name)).collect();
    members.sort_by_key(|(name, _)| *name);
    let mut hash = Sha256::new();
    for (name, value) in members {
        hash.update(name.as_bytes());
        hash.update([0]);
        match value {
            Value::Blob(bytes) => hash.update(bytes),
            other => hash.update(other.as_str().unwrap_or_default()),
        }
        hash.update([0]);
    }
    BASE64_STANDARD_NO_PAD.encode(hash.finalize())
}

/// The members of the answer that was set; the variant that was invoked where it names none.
pub(super) fn answer(result: EndpointResult, invoked: Option<&str>) -> Value {
    let mut answer = Fields::new();
    answer.insert("Body", Value::Blob(result.body.into()));
    let members = [
        ("ContentType", result.content_type),
        ("InvokedProductionVariant", result.variant.or_else(|| invoked.map(str::to_owned))),
        ("CustomAttributes", result.custom_attributes),
    ];
    for (name, value) in members {
        if let Some(value) = value {
            answer.insert(name, value.as_str().into());
        }
    }
    Value::Map(answer)
}

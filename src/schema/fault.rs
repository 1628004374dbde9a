//! An answer that is not a success, before a protocol gives it its envelope.
//!
//! A fault says what went wrong in AWS's words. It does not know whether its message travels as `message`
//! or `Message`, nor which status a protocol writes for it: the wire reads that from the operation's
//! declared errors.

use std::borrow::Cow;
use std::fmt::Display;

use super::{Fields, ServiceId, Value, Violation, validation_message};

/// A refusal, or a failure of ours.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {}", message.as_deref().unwrap_or("no message"))]
pub struct Fault {
    /// The name of the error shape, or of an error that every service knows: `ValidationException`.
    pub code: Cow<'static, str>,
    /// The sentence for people; some of AWS's own errors have none.
    pub message: Option<String>,
    /// The HTTP status where the model of the operation declares none.
    pub status: u16,
    /// What it carries beside its sentence, as the error's shape names it: a `ModelError` has the model's
    /// own words. Empty for nearly all.
    pub members: Fields,
    /// What went wrong on our side: for the log, never for the caller.
    pub cause: Option<String>,
}

impl Fault {
    /// A fault with a message and a status of its own.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>, status: u16) -> Self {
        Self { message: Some(message.into()), ..Self::bare(code, status) }
    }

    /// A fault without a message.
    pub fn bare(code: impl Into<Cow<'static, str>>, status: u16) -> Self {
        Self { code: code.into(), message: None, status, members: Fields::new(), cause: None }
    }

    /// `ValidationException`, 400: AWS's word for nearly every refusal on hosting operations.
    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("ValidationException", message, 400)
    }

    /// One sentence that names everything wrong with an input by its shape.
    pub fn violations(violations: &[Violation<'_>]) -> Self {
        Self::validation(validation_message(violations))
    }

    /// An error that the operation declares in its model; its member, code and status are read from there.
    pub fn declared(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, message, 400)
    }

    /// The same fault with one more member.
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.members.insert(member, value.into());
        self
    }

    /// `SerializationException`, 400: the request's types are wrong. No message when it is not JSON at all.
    pub fn serialization(message: Option<&str>) -> Self {
        Self { message: message.map(Into::into), ..Self::bare("SerializationException", 400) }
    }

    /// An operation that the service has and that is not built: 501.
    pub fn not_implemented(service: ServiceId, operation: &str) -> Self {
        Self::unsupported(format!("sagebrush does not implement {}.{operation}", service.name()))
    }

    /// A feature that AWS has and that is not built: 501, `sentence` names it.
    pub fn unsupported(sentence: impl Into<String>) -> Self {
        Self::new("NotImplemented", sentence, 501)
    }

    /// Something unexpected on our side. The caller learns nothing of it but the request id, under which
    /// the wire logs the cause.
    pub fn internal(cause: impl Display) -> Self {
        let sentence = "The request processing has failed because of an unknown error, exception or failure.";
        Self { cause: Some(cause.to_string()), ..Self::new("InternalFailure", sentence, 500) }
    }
}

impl From<super::Error> for Fault {
    /// A typed struct that disagrees with its model is a defect of ours.
    fn from(error: super::Error) -> Self {
        Self::internal(error)
    }
}

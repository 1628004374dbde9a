//! What CloudWatch says of a parameter that its shape allows and it does not.
//!
//! These operations have errors of their own, older than `ValidationException`; the sentences are those of
//! public logs where there are any.

use crate::schema::Fault;

/// `InvalidParameterValue`.
pub(super) fn invalid(sentence: impl Into<String>) -> Fault {
    Fault::declared("InvalidParameterValueException", sentence)
}

/// `InvalidParameterValue` for a value that has to be another one.
pub(super) fn invalid_value(value: impl std::fmt::Display, path: &str) -> Fault {
    invalid(format!("The value {value} for parameter {path} is invalid."))
}

/// `InvalidParameterCombination`.
pub(super) fn combination(sentence: impl Into<String>) -> Fault {
    Fault::declared("InvalidParameterCombinationException", sentence)
}

/// `MissingParameter`.
pub(super) fn missing(path: &str) -> Fault {
    missing_all(&[required(path)])
}

/// `MissingParameter` for several, a line for each.
pub(super) fn missing_all(sentences: &[String]) -> Fault {
    Fault::declared("MissingRequiredParameterException", sentences.join("\n"))
}

/// The sentence for a parameter that has to be there.
pub(super) fn required(path: &str) -> String {
    format!("The parameter {path} is required.")
}

/// The sentence for two parameters of which only one may be there.
pub(super) fn exclusive(one: &str, other: &str) -> String {
    format!("The parameters {one} and {other} are mutually exclusive and you have specified both.")
}

/// The sentence for a list that is too long.
pub(super) fn too_long(list: &str, most: usize) -> String {
    format!("The collection {list} must not have a size greater than {most}.")
}

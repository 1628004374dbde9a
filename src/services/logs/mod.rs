//! Amazon CloudWatch Logs, as far as events are sent there: groups are made and deleted by clients, filled by the rules that
//! have them as targets, and read.

mod group;
mod named;
mod pattern;
mod read;
mod stream;
mod tags;
#[cfg(test)]
mod tests;

use super::operations;
use crate::schema::{Fault, Violation, validation_message};

operations! {
    "CreateLogGroup" => group::create,
    "DeleteLogGroup" => group::delete,
    "DescribeLogGroups" => group::describe,
    "DescribeLogStreams" => stream::describe,
    "FilterLogEvents" => read::filter,
    "GetLogEvents" => read::get,
    "ListTagsForResource" => tags::list,
    "TagResource" => tags::tag,
    "UntagResource" => tags::untag,
}

/// The fault of an input that its shape refuses: this service has a code of its own for it.
pub(super) fn refusal(violations: &[Violation<'_>]) -> Fault {
    Fault::declared("InvalidParameterException", validation_message(violations))
}

fn invalid(sentence: impl Into<String>) -> Fault {
    Fault::declared("InvalidParameterException", sentence)
}

fn bad_token() -> Fault {
    invalid("The specified nextToken is invalid.")
}

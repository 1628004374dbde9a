//! Why an expression has no value: one sentence that fits behind CloudWatch's `Error in expression 'e1': `.

use super::env::MAX_INSTANTS;
use super::eval::MAX_POINTS;
use super::parse::{MAX_DEPTH, MAX_LENGTH};

/// What is wrong with an expression, or with several that refer to one another.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MathError {
    /// More than [`MAX_LENGTH`] characters.
    #[error("The expression has {length} characters; at most {MAX_LENGTH} are allowed")]
    TooLong {
        /// How many it has.
        length: usize,
    },
    /// Parentheses, arguments, minus or powers are nested too deep.
    #[error("Nesting at char {at} is deeper than {MAX_DEPTH}")]
    TooDeep {
        /// Where it becomes too deep.
        at: usize,
    },
    /// Something else must stand there.
    #[error("Invalid syntax: '{found}' at char {at}, must be: {expected}")]
    Syntax {
        /// What stands there.
        found: String,
        /// Where, counted in characters from 0.
        at: usize,
        /// What may stand there.
        expected: &'static str,
    },
    /// The text ends too early.
    #[error("Invalid syntax: unexpected end of expression at char {at}, must be: {expected}")]
    Ended {
        /// The length of the text.
        at: usize,
        /// What must follow.
        expected: &'static str,
    },
    /// A text in quotation marks has no end.
    #[error("Invalid syntax: unterminated quote at char {at}")]
    Unterminated {
        /// Where the quote opens.
        at: usize,
    },
    /// No such function in CloudWatch.
    #[error("Function '{name}' not found at char {at}; functions are written in upper case")]
    UnknownFunction {
        /// As written.
        name: String,
        /// Where.
        at: usize,
    },
    /// A function of CloudWatch that is not built.
    #[error("Function '{name}' is not implemented by sagebrush")]
    NotImplemented {
        /// Its name.
        name: &'static str,
    },
    /// A function has too few or too many arguments.
    #[error("Function '{function}' at char {at} takes {expected}, not {given}")]
    ArgumentCount {
        /// Its name.
        function: &'static str,
        /// Where.
        at: usize,
        /// How many are given.
        given: usize,
        /// What it takes.
        expected: &'static str,
    },
    /// An argument is of the wrong kind.
    #[error("{function} takes {expected}, and '{argument}' is {given}")]
    ArgumentKind {
        /// The function, or `An array`.
        function: &'static str,
        /// What it takes.
        expected: &'static str,
        /// The argument.
        argument: String,
        /// What it is.
        given: &'static str,
    },
    /// The argument of PERIOD is something else than the id of a metric.
    #[error("PERIOD takes the Id of a metric, and '{argument}' is computed")]
    NoMetric {
        /// The argument.
        argument: String,
    },
    /// Both sides of an operator are arrays.
    #[error(
        "An operator has an array of time series on both sides; one side must be a number or a time series"
    )]
    TwoArrays,
    /// The result is a number.
    #[error("The result is a number; it must be a time series or an array of time series")]
    Scalar,
    /// An id that stands for nothing.
    #[error("'{id}' is not the Id of a metric or an expression in the request")]
    UnknownId {
        /// The id.
        id: String,
    },
    /// An expression refers to an id that no query has.
    #[error(
        "Expression '{by}' refers to '{id}', which is not the Id of a metric or an expression in the request"
    )]
    UnknownReference {
        /// The expression's own id.
        by: String,
        /// The id that it refers to.
        id: String,
    },
    /// Two queries have the same id.
    #[error("Id '{id}' is given twice; each must be unique")]
    DuplicateId {
        /// The id.
        id: String,
    },
    /// Expressions refer to one another in a circle.
    #[error("Expressions refer to one another in a circle, or wait for one that does: {ids}")]
    Circle {
        /// The ids, in quotation marks.
        ids: String,
    },
    /// The range has too many instants, or an array too many points.
    #[error(
        "Too many datapoints: a range has at most {MAX_INSTANTS} periods and an array at most {MAX_POINTS} points"
    )]
    TooManyPoints,
}

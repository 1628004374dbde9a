//! What an expression can be: a number, a time series, or an array of time series; and the error's side of
//! it, in CloudWatch's words: S, TS, TS[].
//!
//! Operators reach into arrays member by member, and a member keeps its label on the way.

use super::{Line, MathError};

/// The value of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A scalar; `None` where there is none, as with the maximum of an empty series or a division by zero.
    Number(Option<f64>),
    /// A single time series.
    Series(Line),
    /// Several time series.
    Array(Vec<Member>),
}

/// One time series of an array.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The label of the metric that it was made of.
    pub label: String,
    /// The series.
    pub line: Line,
}

impl Value {
    /// What kind of value it is, in words.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::Series(_) => "a time series",
            Self::Array(_) => "an array of time series",
        }
    }

    /// A number, if it is finite; zero without a sign, as in a line.
    pub(super) fn number(value: f64) -> Self {
        Self::Number(value.is_finite().then_some(value + 0.0))
    }

    /// Each value through `change`.
    pub(super) fn map(self, change: impl Fn(f64) -> f64) -> Self {
        match self {
            Self::Number(value) => value.map_or(Self::Number(None), |value| Self::number(change(value))),
            Self::Series(line) => Self::Series(line.map(change)),
            Self::Array(members) => Self::Array(each(members, |line| line.map(&change))),
        }
    }

    /// Both values point by point. Two arrays do not combine.
    pub(super) fn with(self, other: Self, combine: impl Fn(f64, f64) -> f64) -> Result<Self, MathError> {
        Ok(match (self, other) {
            (Self::Array(_), Self::Array(_)) => return Err(MathError::TwoArrays),
            (Self::Number(Some(left)), right) => right.map(|right| combine(left, right)),
            (left, Self::Number(Some(right))) => left.map(|left| combine(left, right)),
            // With a number that does not exist nothing can be computed.
            (Self::Number(None), other) | (other, Self::Number(None)) => other.map(|_| f64::NAN),
            (Self::Series(left), Self::Series(right)) => Self::Series(left.with(&right, combine)),
            (Self::Series(left), Self::Array(right)) => {
                Self::Array(each(right, |right| left.with(right, &combine)))
            }
            (Self::Array(left), Self::Series(right)) => {
                Self::Array(each(left, |left| left.with(&right, &combine)))
            }
        })
    }

    /// The series that a request is answered with, each with its label if it is one of an array. A number
    /// is no result: CloudWatch's manual says so.
    pub fn into_lines(self) -> Result<Vec<(Option<String>, Line)>, MathError> {
        match self {
            Self::Number(_) => Err(MathError::Scalar),
            Self::Series(line) => Ok(vec![(None, line)]),
            Self::Array(members) => {
                Ok(members.into_iter().map(|member| (Some(member.label), member.line)).collect())
            }
        }
    }
}

/// The members with their lines changed.
pub(super) fn each(members: Vec<Member>, change: impl Fn(&Line) -> Line) -> Vec<Member> {
    let changed =
        members.into_iter().map(|member| Member { line: change(&member.line), label: member.label });
    changed.collect()
}

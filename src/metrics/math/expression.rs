//! An expression as a tree. Printing one and parsing the text gives the same tree.
//!
//! `a + b - c` is one [`Expression::Chain`] and not two nested ones, so the depth of a tree is what its author
//! nested, and walking it by recursion is safe at any length.

use std::collections::BTreeSet;
use std::fmt;

use super::{Env, Function};

/// An expression of metric math.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `50.25`; finite and not negative.
    Number(f64),
    /// `m1`: a metric or another expression.
    Id(String),
    /// `-x`.
    Negate(Box<Expression>),
    /// `base ^ exponent`.
    Power {
        /// What is raised.
        base: Box<Expression>,
        /// The power that it is raised to.
        exponent: Box<Expression>,
    },
    /// `a + b - c`: operators of one level, applied from left to right.
    Chain {
        /// The leftmost operand.
        first: Box<Expression>,
        /// The others; at least one.
        rest: Vec<(Operator, Expression)>,
    },
    /// `[m1, m2]`; at least one.
    Array(Vec<Expression>),
    /// `METRICS()` or `METRICS("errors")`.
    Metrics(Option<String>),
    /// `AVG(x)`.
    Call(Function, Box<Expression>),
    /// `FILL(x, 0)`.
    Fill(Box<Expression>, Filler),
    /// `IF(condition, then, otherwise)`.
    If {
        /// False where it is 0.
        condition: Box<Expression>,
        /// The value where it is true.
        then: Box<Expression>,
        /// The value where it is false; without it there is none.
        otherwise: Option<Box<Expression>>,
    },
}

/// What stands for a missing value.
#[derive(Clone, Debug, PartialEq)]
pub enum Filler {
    /// The newest value before it.
    Repeat,
    /// What lies on the straight line between its neighbours.
    Linear,
    /// The value of an expression.
    With(Box<Expression>),
}

/// An operator of two operands that is applied from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say all")]
pub enum Operator {
    Or,
    And,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
}

impl Operator {
    /// How many levels of binding there are.
    pub(super) const LEVELS: u8 = 5;

    /// How tightly it binds: 0 is OR, [`Self::LEVELS`] - 1 is multiplication.
    pub fn level(self) -> u8 {
        match self {
            Self::Or => 0,
            Self::And => 1,
            Self::Less
            | Self::LessOrEqual
            | Self::Greater
            | Self::GreaterOrEqual
            | Self::Equal
            | Self::NotEqual => 2,
            Self::Add | Self::Subtract => 3,
            Self::Multiply | Self::Divide => 4,
        }
    }

    /// The operator that is written so.
    pub(super) fn signed(sign: &str) -> Option<Self> {
        Some(match sign {
            "OR" | "||" => Self::Or,
            "AND" | "&&" => Self::And,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "+" => Self::Add,
            "-" => Self::Subtract,
            "*" => Self::Multiply,
            "/" => Self::Divide,
            _ => return None,
        })
    }

    /// How it is written.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
        }
    }
}

impl Expression {
    /// The ids that it names, each once. `METRICS()` names none.
    pub fn ids(&self) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        self.walk(&mut |part| {
            if let Self::Id(id) = part {
                found.insert(id.as_str());
            }
        });
        found
    }

    /// The period of its result: the shortest of the periods that it reads, and the env's own if it reads
    /// no metric.
    pub fn period_ms(&self, env: &Env) -> i64 {
        let mut shortest: Option<i64> = None;
        let mut read = |period: Option<i64>| shortest = shortest.into_iter().chain(period).min();
        self.walk(&mut |part| match part {
            Self::Id(id) => read(env.period_of(id)),
            Self::Metrics(text) => {
                env.metric_ids(text.as_deref()).for_each(|id| read(env.period_of(id)));
            }
            _ => {}
        });
        shortest.unwrap_or_else(|| env.period_ms())
    }

    /// Shows itself and all its parts to `see`.
    fn walk<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        for part in self.parts() {
            part.walk(see);
        }
    }

    /// What it is made of, one level deep.
    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Number(_) | Self::Id(_) | Self::Metrics(_) => Vec::new(),
            Self::Negate(inner)
            | Self::Call(_, inner)
            | Self::Fill(inner, Filler::Repeat | Filler::Linear) => vec![inner],
            Self::Power { base, exponent } => vec![base, exponent],
            Self::Chain { first, rest } => {
                [&**first].into_iter().chain(rest.iter().map(|(_, operand)| operand)).collect()
            }
            Self::Array(items) => items.iter().collect(),
            Self::Fill(inner, Filler::With(filler)) => vec![inner, filler],
            Self::If { condition, then, otherwise } => {
                [condition, then].into_iter().chain(otherwise).map(|part| &**part).collect()
            }
        }
    }

    /// How tightly its outermost operator binds; what has none binds tightest.
    fn level(&self) -> u8 {
        match self {
            Self::Chain { rest, .. } => rest.first().map_or(0, |(operator, _)| operator.level()),
            Self::Negate(_) => Operator::LEVELS,
            Self::Power { .. } => Operator::LEVELS + 1,
            _ => u8::MAX,
        }
    }

    /// In parentheses unless it binds at least so tightly.
    fn fmt_at(&self, level: u8, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.level() >= level { write!(f, "{self}") } else { write!(f, "({self})") }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Very large and very small numbers are long without an exponent.
            Self::Number(number) if *number != 0.0 && !(1e-9..1e15).contains(number) => {
                write!(f, "{number:e}")
            }
            Self::Number(number) => write!(f, "{number}"),
            Self::Id(id) => f.write_str(id),
            Self::Negate(inner) => {
                f.write_str("-")?;
                inner.fmt_at(Operator::LEVELS, f)
            }
            Self::Power { base, exponent } => {
                base.fmt_at(Operator::LEVELS + 2, f)?;
                f.write_str("^")?;
                exponent.fmt_at(Operator::LEVELS, f)
            }
            Self::Chain { first, rest } => {
                let tighter = self.level() + 1;
                first.fmt_at(tighter, f)?;
                rest.iter().try_for_each(|(operator, operand)| {
                    write!(f, " {} ", operator.sign())?;
                    operand.fmt_at(tighter, f)
                })
            }
            Self::Array(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str("]")
            }
            Self::Metrics(None) => f.write_str("METRICS()"),
            Self::Metrics(Some(text)) => {
                let quote = if text.contains('"') { '\'' } else { '"' };
                write!(f, "METRICS({quote}{text}{quote})")
            }
            Self::Call(function, argument) => write!(f, "{function}({argument})"),
            Self::Fill(series, Filler::Repeat) => write!(f, "FILL({series}, REPEAT)"),
            Self::Fill(series, Filler::Linear) => write!(f, "FILL({series}, LINEAR)"),
            Self::Fill(series, Filler::With(filler)) => write!(f, "FILL({series}, {filler})"),
            Self::If { condition, then, otherwise: None } => write!(f, "IF({condition}, {then})"),
            Self::If { condition, then, otherwise: Some(otherwise) } => {
                write!(f, "IF({condition}, {then}, {otherwise})")
            }
        }
    }
}

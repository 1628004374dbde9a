//! The rule of a composite alarm: a Boolean expression over the states of other alarms.
//!
//! `ALARM(a) AND NOT (OK("b c") OR AT_LEAST(50%, ALARM, (d, e)))`. NOT binds tighter than AND, AND
//! tighter than OR. A rule refers to alarms by name or by ARN and keeps each reference as it was written;
//! which alarm that is, and in which state, is for the caller to say. Printing a rule and parsing the
//! text gives the same rule.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html>.

use std::fmt;

use crate::domain::alarm::AlarmState;

mod parse;
#[cfg(test)]
mod tests;

pub use parse::{MAX_CHILDREN, MAX_ELEMENTS, ParseError};

/// A composite alarm's rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `TRUE` or `FALSE`.
    Constant(bool),
    /// `ALARM(x)`, `OK(x)` or `INSUFFICIENT_DATA(x)`.
    InState {
        /// The state that makes it true.
        state: AlarmState,
        /// The alarm's name or ARN, as written.
        alarm: String,
    },
    /// `AT_LEAST(2, NOT OK, (x, y, z))`.
    AtLeast {
        /// How many of the alarms it takes.
        threshold: Threshold,
        /// Whether the alarms are counted that are *not* in the state.
        negated: bool,
        /// The state that is counted.
        state: AlarmState,
        /// The alarms' names or ARNs, as written; at least one.
        alarms: Vec<String>,
    },
    /// `NOT x`.
    Not(Box<Rule>),
    /// `x AND y …`; at least two.
    And(Vec<Rule>),
    /// `x OR y …`; at least two.
    Or(Vec<Rule>),
}

/// The first argument of `AT_LEAST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threshold {
    /// A number of alarms, from 1 to as many as are listed.
    Count(usize),
    /// A share of the alarms in percent, from 1 to 100.
    Percent(usize),
}

impl Rule {
    /// Reads a rule. The error says in one clause what stands where it must not.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::parse(text)
    }

    /// The alarms that the rule refers to, as written, each once, in the order of their first mention.
    pub fn children(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.collect(&mut found);
        found
    }

    fn collect<'a>(&'a self, found: &mut Vec<&'a str>) {
        let mut mention = |alarm: &'a String| {
            if !found.contains(&alarm.as_str()) {
                found.push(alarm);
            }
        };
        match self {
            Self::Constant(_) => {}
            Self::InState { alarm, .. } => mention(alarm),
            Self::AtLeast { alarms, .. } => alarms.iter().for_each(mention),
            Self::Not(inner) => inner.collect(found),
            Self::And(parts) | Self::Or(parts) => parts.iter().for_each(|part| part.collect(found)),
        }
    }

    /// Whether the rule is true while `state_of` says in which state each alarm is.
    pub fn eval(&self, state_of: &impl Fn(&str) -> AlarmState) -> bool {
        match self {
            Self::Constant(value) => *value,
            Self::InState { state, alarm } => state_of(alarm) == *state,
            Self::AtLeast { threshold, negated, state, alarms } => {
                let counted = alarms.iter().filter(|alarm| (state_of(alarm) == *state) != *negated).count();
                match threshold {
                    Threshold::Count(least) => counted >= *least,
                    Threshold::Percent(percent) => counted * 100 >= percent * alarms.len(),
                }
            }
            Self::Not(inner) => !inner.eval(state_of),
            Self::And(parts) => parts.iter().all(|part| part.eval(state_of)),
            Self::Or(parts) => parts.iter().any(|part| part.eval(state_of)),
        }
    }

    fn fmt_joined(parts: &[Self], word: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                write!(f, " {word} ")?;
            }
            match part {
                Self::And(_) | Self::Or(_) => write!(f, "({part})")?,
                _ => write!(f, "{part}")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Constant(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Self::InState { state, alarm } => write!(f, "{}({})", state.word(), Quoted(alarm)),
            Self::AtLeast { threshold, negated, state, alarms } => {
                let not = if *negated { "NOT " } else { "" };
                write!(f, "AT_LEAST({threshold}, {not}{}, (", state.word())?;
                for (index, alarm) in alarms.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(f, "{comma}{}", Quoted(alarm))?;
                }
                f.write_str("))")
            }
            Self::Not(inner) if matches!(**inner, Self::And(_) | Self::Or(_)) => write!(f, "NOT ({inner})"),
            Self::Not(inner) => write!(f, "NOT {inner}"),
            Self::And(parts) => Self::fmt_joined(parts, "AND", f),
            Self::Or(parts) => Self::fmt_joined(parts, "OR", f),
        }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

/// A name in double quotes, with its own quotes and backslashes escaped.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

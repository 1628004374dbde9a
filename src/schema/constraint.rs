//! The sentence that says which constraints a request breaks, in AWS's grammar.
//!
//! `2 validation errors detected: Value 'x' at 'modelName' failed to satisfy constraint: Member must …; …`
//! The grammar was recovered from recorded answers; every recorded one is rebuilt from its parts by a test.
//! Nothing here looks at a shape.

use std::fmt;

/// One constraint, as AWS words it.
#[derive(Debug, Clone, PartialEq)]
pub enum Constraint<'a> {
    /// A required member is absent.
    NotNull,
    /// Text, a list or a map is too long.
    LengthAtMost(u64),
    /// Text, a list or a map is too short.
    LengthAtLeast(u64),
    /// A number is too large; the limit as Java writes it.
    ValueAtMost(String),
    /// A number is too small; the limit as Java writes it.
    ValueAtLeast(String),
    /// The text does not match.
    Pattern(&'a str),
    /// The text is none of these words, given in the order of the message.
    Enum(Vec<&'a str>),
    /// An element of the list breaks one of these.
    Elements(Vec<Constraint<'a>>),
    /// A key of the map breaks one of these.
    MapKeys(Vec<Constraint<'a>>),
    /// A value of the map breaks one of these.
    MapValues(Vec<Constraint<'a>>),
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotNull => f.write_str("Member must not be null"),
            Self::LengthAtMost(limit) => write!(f, "Member must have length less than or equal to {limit}"),
            Self::LengthAtLeast(limit) => {
                write!(f, "Member must have length greater than or equal to {limit}")
            }
            Self::ValueAtMost(limit) => write!(f, "Member must have value less than or equal to {limit}"),
            Self::ValueAtLeast(limit) => write!(f, "Member must have value greater than or equal to {limit}"),
            Self::Pattern(text) => write!(f, "Member must satisfy regular expression pattern: {text}"),
            Self::Enum(words) => write!(f, "Member must satisfy enum value set: [{}]", words.join(", ")),
            Self::Elements(inner) => write!(f, "Member must satisfy constraint: {}", Bracketed(inner)),
            Self::MapKeys(inner) => write!(f, "Map keys must satisfy constraint: {}", Bracketed(inner)),
            Self::MapValues(inner) => write!(f, "Map value must satisfy constraint: {}", Bracketed(inner)),
        }
    }
}

/// `[a, b]`
struct Bracketed<'c, 'a>(&'c [Constraint<'a>]);

impl fmt::Display for Bracketed<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, constraint) in self.0.iter().enumerate() {
            write!(f, "{}{constraint}", if place == 0 { "[" } else { ", " })?;
        }
        f.write_str("]")
    }
}

/// What the sentence shows of the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// There is none.
    Null,
    /// It is sensitive, or bytes.
    Hidden,
    /// Its text, neither escaped nor cut.
    Text(String),
}

/// One broken constraint at one place.
#[derive(Debug, Clone, PartialEq)]
pub struct Violation<'a> {
    /// The value there.
    pub value: Shown,
    /// `productionVariants.1.member.modelName`
    pub path: String,
    /// What it breaks.
    pub constraint: Constraint<'a>,
}

impl fmt::Display for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Shown::Null => f.write_str("Value null at ")?,
            Shown::Hidden => f.write_str("Value at ")?,
            Shown::Text(text) => write!(f, "Value '{text}' at ")?,
        }
        write!(f, "'{}' failed to satisfy constraint: {}", self.path, self.constraint)
    }
}

/// The whole sentence.
pub fn validation_message(violations: &[Violation<'_>]) -> String {
    let errors = if violations.len() == 1 { "error" } else { "errors" };
    let all: Vec<String> = violations.iter().map(ToString::to_string).collect();
    format!("{} validation {errors} detected: {}", violations.len(), all.join("; "))
}

/// The order in which AWS prints the words of an enum: a table of 32 buckets keyed by Java's
/// `String.hashCode`, where the word declared last comes first in its bucket. Recovered from 22 recorded
/// lists, of which 20 fit; the other two are not made from an enum.
pub fn enum_order<'a>(declared: &[&'a str]) -> Vec<&'a str> {
    let mut ordered: Vec<&str> = declared.iter().rev().copied().collect();
    ordered.sort_by_key(|word| java_hash(word) & 31);
    ordered
}

fn java_hash(word: &str) -> u32 {
    word.encode_utf16().fold(0, |hash: u32, unit| hash.wrapping_mul(31).wrapping_add(unit.into()))
}

//! Filter patterns of terms: all of them, none of those with `-` before, one of those with `?`. Patterns of JSON members, of
//! columns and regular expressions are not built.
//!
//! See <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>.

use super::invalid;
use crate::schema::Fault;

/// Which messages are wanted.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pattern {
    all: Vec<String>,
    any: Vec<String>,
    none: Vec<String>,
}

impl Pattern {
    /// The pattern that a text says.
    pub(super) fn read(text: &str) -> Result<Self, Fault> {
        let mut rest = text.trim();
        if rest.starts_with(['{', '[', '%']) {
            return Err(Fault::unsupported("sagebrush finds log events by patterns of terms alone."));
        }
        let mut pattern = Self::default();
        while !rest.is_empty() {
            let (list, after) = if let Some(after) = rest.strip_prefix('?') {
                (&mut pattern.any, after)
            } else if let Some(after) = rest.strip_prefix('-') {
                (&mut pattern.none, after)
            } else {
                (&mut pattern.all, rest)
            };
            let (term, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or_else(|| invalid("Invalid filter pattern"))?,
                None => after.split_once(' ').unwrap_or((after, "")),
            };
            list.push(term.to_owned());
            rest = after.trim_start();
        }
        Ok(pattern)
    }

    /// Whether a message is wanted.
    pub(super) fn finds(&self, message: &str) -> bool {
        let is_there = |term: &String| message.contains(term.as_str());
        self.all.iter().all(is_there)
            && (self.any.is_empty() || self.any.iter().any(is_there))
            && !self.none.iter().any(is_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_wanted_together_by_choice_or_not_at_all() {
        let message = "[ERROR] the endpoint \"shop\" has failed";
        for (text, is_found) in [
            ("", true),
            ("ERROR", true),
            ("über ?ß -é", false),
            ("error", false),
            ("ERROR failed", true),
            ("ERROR passed", false),
            ("?WARN ?ERROR", true),
            ("?WARN ?INFO", false),
            ("ERROR -failed", false),
            ("ERROR -\"has passed\"", true),
            ("\"endpoint \\\"", false),
            ("\"the endpoint\" failed", true),
        ] {
            assert_eq!(Pattern::read(text).expect(text).finds(message), is_found, "{text}");
        }
    }

    #[test]
    fn what_is_no_pattern_or_not_built_is_said() {
        for (text, code) in [
            ("\"open", "InvalidParameterException"),
            ("{ $.a = 1 }", "NotImplemented"),
            ("[a]", "NotImplemented"),
        ] {
            assert_eq!(Pattern::read(text).expect_err(text).code, code);
        }
    }
}

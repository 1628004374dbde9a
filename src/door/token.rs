//! The secret of the control API. It is compared and never shown.

use std::fmt;
use std::sync::Arc;

use subtle::ConstantTimeEq;

/// Far longer than any secret; a header of that length is still read.
const LONGEST: usize = 1024;

/// A secret. Its text leaves this file in no way: not by the log, nor where something is shown for debugging.
#[derive(Clone)]
pub struct Token(Arc<str>);

impl Token {
    /// A secret of this text, if a header can carry it: visible ASCII without spaces.
    pub fn new(text: &str) -> Option<Self> {
        let fits = (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(text.into()))
    }

    /// Whether this is what somebody gave. How long it takes tells nothing but whether the lengths differ.
    pub(super) fn is(&self, given: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(given).into()
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.is(other.0.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_what_a_header_can_carry_and_does_not_show_itself() {
        let token = Token::new("s3cret~+/=").unwrap();
        assert!(token.is(b"s3cret~+/="));
        for other in ["s3cret~+/", "s3cret~+/==", "S3cret~+/=", ""] {
            assert!(!token.is(other.as_bytes()), "{other}");
        }
        assert!(!format!("{token:?} {:#?}", Some(&token)).contains("s3cret"));
        let long = "x".repeat(LONGEST + 1);
        for text in ["", "two words", "tab\t", "l\u{ed}nea", &long] {
            assert_eq!(Token::new(text), None, "{text:?}");
        }
    }
}

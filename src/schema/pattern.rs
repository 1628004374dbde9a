//! The models' regular expressions: written for Java, matched whole, compiled when first needed.
//!
//! AWS matches a pattern against the whole text, whether or not it carries anchors. The dialect is Java's,
//! which differs from ours where it counts: classes like `\d` and `\w` are ASCII, `.` stops at more line
//! ends, `\uD800\uDC00` is one character beyond the basic plane, `\p{Print}` and its kin are ASCII.
//! [`translated`] rewrites those; look-around is fancy-regex's part. A test compiles every pattern of
//! every model.

use std::iter::Peekable;
use std::str::Chars;
use std::sync::OnceLock;

use fancy_regex::{Regex, RegexBuilder};

/// One pattern.
#[derive(Debug)]
pub struct Pattern {
    text: Box<str>,
    by_hand: Option<fn(&str) -> bool>,
    compiled: OnceLock<Option<Regex>>,
}

/// A counted repetition of a large class grows beyond the usual 10 MB; the largest of the models needs
/// less than this.
const COMPILED_LIMIT: usize = 64 << 20;

/// The patterns that every invocation meets, read by hand: an engine would cost more than all the rest of it.
fn by_hand(java: &str) -> Option<fn(&str) -> bool> {
    match java.trim_start_matches('^').trim_end_matches('$') {
        r"\p{ASCII}*" => Some(str::is_ascii),
        r"[a-zA-Z0-9](-*[a-zA-Z0-9])*" | r"[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?" => Some(is_name),
        _ => None,
    }
}

/// Letters and digits, and hyphens between them.
fn is_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_end = |end: Option<&u8>| end.is_some_and(u8::is_ascii_alphanumeric);
    is_end(bytes.first())
        && is_end(bytes.last())
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
}

impl Pattern {
    pub(super) fn new(text: impl Into<Box<str>>) -> Self {
        let text = text.into();
        Self { by_hand: by_hand(&text), text, compiled: OnceLock::new() }
    }

    /// As the model writes it; faults quote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the whole of `value` matches. A value on which the engine gives up does not.
    pub fn matches(&self, value: &str) -> bool {
        self.by_hand.map_or_else(|| self.matches_by_engine(value), |matches| matches(value))
    }

    fn matches_by_engine(&self, value: &str) -> bool {
        match self.compiled.get_or_init(|| compile(&self.text)) {
            Some(regex) => regex.is_match(value).unwrap_or(false),
            None => true,
        }
    }

    /// Whether the engine understands it.
    #[cfg(test)]
    pub(super) fn compiles(&self) -> bool {
        self.compiled.get_or_init(|| compile(&self.text)).is_some()
    }
}

fn compile(java: &str) -> Option<Regex> {
    let whole = format!(r"\A(?:{})\z", translated(java));
    let built = RegexBuilder::new(&whole).delegate_size_limit(COMPILED_LIMIT).build();
    built.inspect_err(|error| tracing::error!(pattern = java, %error, "a pattern does not compile")).ok()
}

/// `java` in the dialect of our engine.
fn translated(java: &str) -> String {
    let mut out = String::with_capacity(java.len() + 16);
    let mut rest = java.chars().peekable();
    let mut class_depth = 0_usize;
    while let Some(letter) = rest.next() {
        match letter {
            '\\' => escape(&mut rest, class_depth > 0, &mut out),
            '.' if class_depth == 0 => out.push_str(r"[^\n\r\x{85}\x{2028}\x{2029}]"),
            '[' => {
                class_depth += 1;
                out.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    out.push('^');
                }
            }
            ']' => {
                class_depth = class_depth.saturating_sub(1);
                out.push(']');
            }
            _ => out.push(letter),
        }
    }
    out
}

/// Writes the escape that follows a backslash.
fn escape(rest: &mut Peekable<Chars<'_>>, in_class: bool, out: &mut String) {
    let Some(letter) = rest.next() else {
        return out.push_str(r"\\");
    };
    match letter {
        'd' => out.push_str("[0-9]"),
        'D' => out.push_str("[^0-9]"),
        'w' => out.push_str("[A-Za-z0-9_]"),
        'W' => out.push_str("[^A-Za-z0-9_]"),
        's' => out.push_str(r"[ \t\n\x0B\f\r]"),
        'S' => out.push_str(r"[^ \t\n\x0B\f\r]"),
        'b' if !in_class => out.push_str(r"\b"),
        'A' => out.push_str(r"\A"),
        'z' => out.push_str(r"\z"),
        'u' => unicode(rest, out),
        'p' | 'P' => property(letter, rest, out),
        't' | 'n' | 'r' | 'f' | 'x' | '0'..='9' => out.extend(['\\', letter]),
        _ if letter.is_ascii_punctuation() => out.extend(['\\', letter]),
        _ => out.push(letter),
    }
}

/// `\uXXXX`, and two of them where they are a surrogate pair.
fn unicode(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let high = four_digits(rest);
    let mut ahead = rest.clone();
    let low = (ahead.next() == Some('\\') && ahead.next() == Some('u')).then(|| four_digits(&mut ahead));
    let pair = low.and_then(|low| char::decode_utf16([high, low]).next()?.ok()).filter(|_| is_high(high));
    let code = match pair {
        Some(character) => {
            *rest = ahead;
            u32::from(character)
        }
        None => u32::from(high),
    };
    out.extend(["\\x{", &format!("{code:X}"), "}"]);
}

fn is_high(unit: u16) -> bool {
    (0xD800..0xDC00).contains(&unit)
}

fn four_digits(rest: &mut Peekable<Chars<'_>>) -> u16 {
    let digits = rest.by_ref().take(4).filter_map(|digit| digit.to_digit(16));
    u16::try_from(digits.fold(0, |code, digit| code * 16 + digit)).unwrap_or(u16::MAX)
}

/// `\p{Name}`: Java's POSIX names are ASCII classes, the others are Unicode's and ours as well.
fn property(sign: char, rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    let mut name = String::new();
    if rest.next_if_eq(&'{').is_some() {
        name.extend(rest.by_ref().take_while(|letter| *letter != '}'));
    } else {
        name.extend(rest.next());
    }
    let posix = match name.as_str() {
        "ASCII" => "ascii",
        "Print" => "print",
        "Graph" => "graph",
        "Alnum" => "alnum",
        "Alpha" => "alpha",
        "Digit" => "digit",
        "Lower" => "lower",
        "Upper" => "upper",
        "Punct" => "punct",
        "Space" => "space",
        "Blank" => "blank",
        "Cntrl" => "cntrl",
        "XDigit" => "xdigit",
        _ => return out.extend(["\\", sign.encode_utf8(&mut [0; 4]), "{", &name, "}"]),
    };
    out.extend(["[[:", if sign == 'P' { "^" } else { "" }, posix, ":]]"]);
}

#[cfg(test)]
mod tests {
    use super::Pattern;
    use crate::schema::{Kind, ServiceId, service};

    fn matches(pattern: &str, text: &str) -> bool {
        let pattern = Pattern::new(pattern);
        assert!(pattern.compiles(), "{pattern:?}");
        pattern.matches(text)
    }

    #[test]
    fn every_pattern_of_every_model_compiles() {
        let mut seen = 0;
        for id in ServiceId::ALL {
            for shape in service(id).shapes() {
                if let Kind::String { pattern: Some(pattern), .. } = &shape.kind {
                    assert!(pattern.compiles(), "{id:?} {}: {}", shape.name, pattern.as_str());
                    seen += 1;
                }
            }
        }
        assert!(seen > 500, "only {seen} patterns were found");
    }

    #[test]
    fn a_pattern_is_matched_whole_with_or_without_anchors() {
        for pattern in ["[a-z]+", "^[a-z]+", "[a-z]+$", "^[a-z]+$", "[a-z]|[a-z]+"] {
            assert!(matches(pattern, "blue"), "{pattern}");
            assert!(!matches(pattern, "blue9") && !matches(pattern, "9blue"), "{pattern}");
            assert!(!matches(pattern, "blue\n"), "{pattern}: no line end is forgiven");
        }
    }

    #[test]
    fn what_is_read_by_hand_is_read_as_the_engine_reads_it() {
        let patterns = [
            r"\p{ASCII}*",
            "^[a-zA-Z0-9](-*[a-zA-Z0-9])*",
            "[a-zA-Z0-9](-*[a-zA-Z0-9])*",
            r"^[a-zA-Z0-9]([\-a-zA-Z0-9]*[a-zA-Z0-9])?$",
        ];
        let texts = [
            "", "a", "Z9", "-", "a-", "-a", "a--b", "a-b-c", "a_b", "a\n", "\n", "\u{e9}", "a\u{80}",
            "\u{7f}", "a b",
        ];
        for pattern in patterns.map(Pattern::new) {
            assert!(pattern.compiles() && pattern.by_hand.is_some(), "{pattern:?}");
            let taken = texts.iter().filter(|text| pattern.matches(text)).count();
            assert!((1..texts.len()).contains(&taken), "{pattern:?} tells some from others");
            for text in texts {
                assert_eq!(pattern.matches(text), pattern.matches_by_engine(text), "{pattern:?} {text:?}");
            }
        }
    }

    #[test]
    fn classes_are_java_s() {
        assert!(matches(r"\w+", "a_9") && !matches(r"\w+", "\u{e9}"));
        assert!(matches(r"[\w-]+", "a-9") && !matches(r"\d", "\u{663}"));
        assert!(matches(r"\S+", "\u{a0}") && !matches(r"\S", "\t"));
        assert!(matches(r"[\p{Print}]+", "a ~") && !matches(r"[\p{Print}]", "\u{e9}"));
        assert!(matches(r"\p{ASCII}*", "\u{7f}") && !matches(r"\p{ASCII}*", "a\u{80}"));
        assert!(matches(r"\p{ASCII}", "\u{7f}") && !matches(r"\p{ASCII}", "\u{80}"));
        assert!(matches(r"\p{L}", "\u{e9}"));
        assert!(!matches(".*", "a\u{2028}b") && !matches(".", "\r"));
        assert!(matches(r"[a\-_]+", "a-_") && matches(r"[+-.]", ","));
    }

    #[test]
    fn code_units_are_read_as_java_reads_them() {
        let any = r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*";
        assert!(matches(any, "a\u{1F600}\n") && !matches(any, "\u{1}"));
        assert!(matches(r"[\u10000-\u10FFFF]", "1"), "four digits, then a 0 that begins a range");
    }

    #[test]
    fn look_around_works() {
        assert!(matches(r"(?!\s*$).+", "an alarm") && !matches(r"(?!\s*$).+", "   "));
        assert!(matches(r"[a-z-]+(?<!-)", "a-b") && !matches(r"[a-z-]+(?<!-)", "a-"));
    }

    #[test]
    fn a_hostile_text_is_refused_not_waited_for() {
        assert!(!matches(r"(?=x*)(a+)+b", &"a".repeat(200_000)));
    }
}

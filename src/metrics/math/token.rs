//! From text to words, each with its place. What is no word becomes one that fits nowhere, so that the parser
//! names the first fault it comes to and not the first that stands somewhere.

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// `50.25`; infinite where the text says more than a number can hold.
    Number(f64),
    /// Letters, digits and underscores: an id, a function, AND, OR.
    Name(String),
    /// A text in quotation marks, without them.
    Quoted(String),
    /// A quotation mark without its partner.
    Unterminated,
    /// `+`, `<=`, `(`: an operator, a bracket or a comma, or a sign that means nothing.
    Sign(String),
}

/// A word and where it begins, counted in characters from 0.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) word: Word,
    pub(super) at: usize,
    /// As written.
    pub(super) text: String,
}

/// The words of a text.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let signs: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < signs.len() {
        if signs[at].is_whitespace() {
            at += 1;
            continue;
        }
        let (word, end) = word(&signs, at);
        tokens.push(Token { word, at, text: signs[at..end].iter().collect() });
        at = end;
    }
    tokens
}

/// The word that begins at `at`, and where it ends.
fn word(signs: &[char], at: usize) -> (Word, usize) {
    let sign = signs[at];
    let next = signs.get(at + 1).copied();
    if sign.is_ascii_digit() || (sign == '.' && next.is_some_and(|next| next.is_ascii_digit())) {
        return number(signs, at);
    }
    if sign.is_alphabetic() || sign == '_' {
        let end = past(signs, at, |sign| sign.is_alphanumeric() || sign == '_');
        return (Word::Name(signs[at..end].iter().collect()), end);
    }
    if matches!(sign, '"' | '\'') {
        let close = past(signs, at + 1, |inner| inner != sign);
        if close == signs.len() {
            return (Word::Unterminated, close);
        }
        return (Word::Quoted(signs[at + 1..close].iter().collect()), close + 1);
    }
    let pair = [Some(sign), next].into_iter().flatten().collect::<String>();
    if matches!(pair.as_str(), "<=" | ">=" | "==" | "!=" | "&&" | "||") {
        return (Word::Sign(pair), at + 2);
    }
    (Word::Sign(sign.to_string()), at + 1)
}

/// The number that begins at `at`: digits, a fraction, an exponent.
fn number(signs: &[char], at: usize) -> (Word, usize) {
    let digits = |from| past(signs, from, |sign| sign.is_ascii_digit());
    let mut end = digits(at);
    if signs.get(end) == Some(&'.') {
        end = digits(end + 1);
    }
    if matches!(signs.get(end), Some('e' | 'E')) {
        let signed = usize::from(matches!(signs.get(end + 1), Some('+' | '-')));
        let exponent = digits(end + 1 + signed);
        if exponent > end + 1 + signed {
            end = exponent;
        }
    }
    let text: String = signs[at..end].iter().collect();
    (Word::Number(text.parse().expect("digits, a fraction and an exponent are a number")), end)
}

/// The first place from `from` on that does not `belong`.
fn past(signs: &[char], from: usize, belongs: impl Fn(char) -> bool) -> usize {
    signs[from..].iter().position(|sign| !belongs(*sign)).map_or(signs.len(), |length| from + length)
}

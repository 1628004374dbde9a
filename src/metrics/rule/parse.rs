//! From text to [`Rule`]: words, then a recursive descent.
//!
//! Positions count characters from 0, as CloudWatch's own messages do. Whatever the text, the answer is a
//! rule or one sentence; depth is bounded, so no text exhausts the stack.

use super::{Rule, Threshold};
use crate::domain::alarm::AlarmState;

/// As many alarms may a rule refer to.
pub const MAX_CHILDREN: usize = 100;
/// As many elements may a rule have: alarms, `TRUE` or `FALSE`, and parentheses that group.
pub const MAX_ELEMENTS: usize = 500;
/// Grouping parentheses cannot nest deeper within [`MAX_ELEMENTS`]; NOT may not either.
const MAX_DEPTH: usize = MAX_ELEMENTS / 2;

/// What may stand where an expression begins, in CloudWatch's words.
const OPERAND: &str = "'(', 'NOT', AT_LEAST, TRUE or FALSE, ALARM, OK, or INSUFFICIENT_DATA";

/// Why a text is no rule, in CloudWatch's form where that is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Something else must stand there.
    #[error("Unsupported token '{token}' at char {at}, must be: {expected}")]
    Unsupported {
        /// The word as written.
        token: String,
        /// Where it begins.
        at: usize,
        /// What may stand there.
        expected: &'static str,
    },
    /// The text ends too early.
    #[error("Unexpected end of rule at char {at}, must be: {expected}")]
    Ended {
        /// The length of the text.
        at: usize,
        /// What must follow.
        expected: &'static str,
    },
    /// A quoted name has no closing quote.
    #[error("Unterminated quote at char {at}")]
    Unterminated {
        /// Where the quote opens.
        at: usize,
    },
    /// Parentheses or NOT are nested too deep.
    #[error("Nesting at char {at} is deeper than {MAX_DEPTH}")]
    TooDeep {
        /// Where it becomes too deep.
        at: usize,
    },
    /// More than [`MAX_ELEMENTS`].
    #[error("Rule has more than {MAX_ELEMENTS} elements")]
    TooManyElements,
    /// More than [`MAX_CHILDREN`].
    #[error("Rule refers to more than {MAX_CHILDREN} alarms")]
    TooManyChildren,
}

pub(super) fn parse(text: &str) -> Result<Rule, ParseError> {
    let mut parser =
        Parser { tokens: tokens(text)?, next: 0, end: text.chars().count(), elements: 0, depth: 0 };
    let rule = parser.or()?;
    if parser.peek().is_some() {
        return Err(parser.unsupported("'AND' or 'OR'"));
    }
    if rule.children().len() > MAX_CHILDREN {
        return Err(ParseError::TooManyChildren);
    }
    Ok(rule)
}

/// A word of the text, where it begins, and whether it was in quotes.
struct Token {
    text: String,
    at: usize,
    quoted: bool,
}

impl Token {
    fn is(&self, text: &str) -> bool {
        !self.quoted && self.text == text
    }

    /// Neither a parenthesis nor a comma: those never stand in a bare word.
    fn is_word(&self) -> bool {
        self.quoted || !matches!(self.text.as_str(), "(" | ")" | ",")
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        match chars[at] {
            c if c.is_whitespace() => at += 1,
            '"' => {
                let (text, after) = quoted(&chars, at)?;
                tokens.push(Token { text, at: start, quoted: true });
                at = after;
            }
            c @ ('(' | ')' | ',') => {
                tokens.push(Token { text: c.to_string(), at: start, quoted: false });
                at += 1;
            }
            _ => {
                while at < chars.len() && !chars[at].is_whitespace() && !matches!(chars[at], '(' | ')' | ',')
                {
                    at += 1;
                }
                tokens.push(Token { text: chars[start..at].iter().collect(), at: start, quoted: false });
            }
        }
    }
    Ok(tokens)
}

/// The text between the quote at `open` and its closing one, and the place after that.
fn quoted(chars: &[char], open: usize) -> Result<(String, usize), ParseError> {
    let mut text = String::new();
    let mut at = open + 1;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('"', _) => return Ok((text, at + 1)),
            ('\\', Some(&escaped @ ('"' | '\\'))) => {
                text.push(escaped);
                at += 2;
            }
            (c, _) => {
                text.push(c);
                at += 1;
            }
        }
    }
    Err(ParseError::Unterminated { at: open })
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    elements: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn unsupported(&self, expected: &'static str) -> ParseError {
        match self.peek() {
            Some(token) => ParseError::Unsupported { token: token.text.clone(), at: token.at, expected },
            None => ParseError::Ended { at: self.end, expected },
        }
    }

    /// Steps over the next word if it is `text`.
    fn take(&mut self, text: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(text));
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str, expected: &'static str) -> Result<(), ParseError> {
        if self.take(text) { Ok(()) } else { Err(self.unsupported(expected)) }
    }

    fn count(&mut self) -> Result<(), ParseError> {
        self.elements += 1;
        if self.elements > MAX_ELEMENTS { Err(ParseError::TooManyElements) } else { Ok(()) }
    }

    /// Runs `inner` one level deeper.
    fn nested(&mut self, inner: fn(&mut Self) -> Result<Rule, ParseError>) -> Result<Rule, ParseError> {
        if self.depth == MAX_DEPTH {
            let at = self.peek().map_or(self.end, |token| token.at);
            return Err(ParseError::TooDeep { at });
        }
        self.depth += 1;
        let rule = inner(self)?;
        self.depth -= 1;
        Ok(rule)
    }

    fn or(&mut self) -> Result<Rule, ParseError> {
        let mut parts = vec![self.and()?];
        while self.take("OR") {
            parts.push(self.and()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Rule::Or(parts) })
    }

    fn and(&mut self) -> Result<Rule, ParseError> {
        let mut parts = vec![self.operand()?];
        while self.take("AND") {
            parts.push(self.operand()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Rule::And(parts) })
    }

    fn operand(&mut self) -> Result<Rule, ParseError> {
        if self.take("NOT") {
            return Ok(Rule::Not(Box::new(self.nested(Self::operand)?)));
        }
        if self.take("(") {
            self.count()?;
            let rule = self.nested(Self::or)?;
            self.expect(")", "')', 'AND' or 'OR'")?;
            self.count()?;
            return Ok(rule);
        }
        if self.take("AT_LEAST") {
            return self.at_least();
        }
        if let Some(constant) = self.constant() {
            self.count()?;
            return Ok(Rule::Constant(constant));
        }
        let state = self.state(OPERAND)?;
        self.expect("(", "'('")?;
        let alarm = self.alarm()?;
        self.expect(")", "')'")?;
        Ok(Rule::InState { state, alarm })
    }

    /// AWS's own page writes `false` where it means `FALSE`; both pass, in any case.
    fn constant(&mut self) -> Option<bool> {
        let token = self.peek().filter(|token| !token.quoted)?;
        let value = match token.text.to_ascii_uppercase().as_str() {
            "TRUE" => true,
            "FALSE" => false,
            _ => return None,
        };
        self.next += 1;
        Some(value)
    }

    fn state(&mut self, expected: &'static str) -> Result<AlarmState, ParseError> {
        let word =
            self.peek().filter(|token| !token.quoted).and_then(|token| AlarmState::from_word(&token.text));
        let state = word.ok_or_else(|| self.unsupported(expected))?;
        self.next += 1;
        Ok(state)
    }

    fn alarm(&mut self) -> Result<String, ParseError> {
        let named = self.peek().filter(|token| token.is_word() && !token.text.is_empty());
        let alarm =
            named.map(|token| token.text.clone()).ok_or_else(|| self.unsupported("an alarm name or ARN"))?;
        self.next += 1;
        self.count()?;
        Ok(alarm)
    }

    fn at_least(&mut self) -> Result<Rule, ParseError> {
        self.expect("(", "'('")?;
        let written = self.next;
        let threshold = self.threshold()?;
        self.expect(",", "','")?;
        let negated = self.take("NOT");
        let state = self.state("ALARM, OK, or INSUFFICIENT_DATA")?;
        self.expect(",", "','")?;
        self.expect("(", "'('")?;
        let mut alarms = vec![self.alarm()?];
        while self.take(",") {
            alarms.push(self.alarm()?);
        }
        self.expect(")", "')' or ','")?;
        self.expect(")", "')'")?;
        if matches!(threshold, Threshold::Count(count) if count > alarms.len()) {
            self.next = written;
            return Err(self.unsupported("at most the number of alarms listed"));
        }
        Ok(Rule::AtLeast { threshold, negated, state, alarms })
    }

    fn threshold(&mut self) -> Result<Threshold, ParseError> {
        let word = self.peek().filter(|token| !token.quoted).map_or("", |token| token.text.as_str());
        let threshold = match word.strip_suffix('%') {
            Some(percent) => percent.parse().ok().filter(|p| (1..=100).contains(p)).map(Threshold::Percent),
            None => word.parse().ok().filter(|count| *count >= 1).map(Threshold::Count),
        };
        let threshold =
            threshold.ok_or_else(|| self.unsupported("a number of alarms, or a percentage to 100%"))?;
        self.next += 1;
        Ok(threshold)
    }
}

//! From text to [`Expression`]: words, then a recursive descent.
//!
//! OR binds loosest, then AND, comparisons, addition, multiplication, minus as a sign, and `^` tightest and
//! from right to left. Positions count characters from 0. Whatever the text, the answer is an expression or
//! one sentence; depth is bounded, so no text exhausts the stack.

use super::function::NOT_IMPLEMENTED;
use super::token::{Token, Word, tokens};
use super::{Expression, Filler, Function, MathError, Operator};

/// As many characters may an expression have: the model of `MetricDataQuery` says so.
pub const MAX_LENGTH: usize = 2048;
/// So deep may parentheses, brackets, arguments, signs and powers nest. AWS names no limit; an author is far
/// below it, and the stack of a thread is far above.
pub const MAX_DEPTH: usize = 64;

/// What may stand where an operand begins.
const OPERAND: &str = "a number, an id that starts with a lower-case letter, a function, '-', '(' or '['";

/// Reads an expression.
pub fn parse(text: &str) -> Result<Expression, MathError> {
    let length = text.chars().count();
    if length > MAX_LENGTH {
        return Err(MathError::TooLong { length });
    }
    let mut parser = Parser { tokens: tokens(text), next: 0, end: length, depth: 0 };
    // A query of Metrics Insights has a grammar of its own; at once, before it looks like a fault in ours.
    let selects = parser.peek_name().is_some_and(|name| name.eq_ignore_ascii_case("SELECT"));
    if selects && matches!(parser.tokens.get(1), Some(Token { word: Word::Name(_), .. })) {
        return Err(MathError::NotImplemented { name: "SELECT" });
    }
    let expression = parser.chain(0)?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    end: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn peek_name(&self) -> Option<&str> {
        match &self.peek()?.word {
            Word::Name(name) => Some(name),
            _ => None,
        }
    }

    /// Where the next word begins.
    fn place(&self) -> usize {
        self.peek().map_or(self.end, |token| token.at)
    }

    fn unexpected(&self, expected: &'static str) -> MathError {
        match self.peek() {
            None => MathError::Ended { at: self.end, expected },
            Some(Token { word: Word::Unterminated, at, .. }) => MathError::Unterminated { at: *at },
            Some(token) => MathError::Syntax { found: token.text.clone(), at: token.at, expected },
        }
    }

    fn stands(&self, sign: &str) -> bool {
        self.peek().is_some_and(|token| matches!(&token.word, Word::Sign(found) if found == sign))
    }

    /// Steps over the next word if it is `sign`.
    fn take(&mut self, sign: &str) -> bool {
        let found = self.stands(sign);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, sign: &str, expected: &'static str) -> Result<(), MathError> {
        if self.take(sign) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// Runs `inner` one level deeper.
    fn nested<T>(&mut self, inner: fn(&mut Self) -> Result<T, MathError>) -> Result<T, MathError> {
        if self.depth == MAX_DEPTH {
            return Err(MathError::TooDeep { at: self.place() });
        }
        self.depth += 1;
        let result = inner(self)?;
        self.depth -= 1;
        Ok(result)
    }

    fn operator(&mut self, level: u8) -> Option<Operator> {
        let operator = match &self.peek()?.word {
            Word::Name(name) | Word::Sign(name) => Operator::signed(name)?,
            _ => return None,
        };
        let found = (operator.level() == level).then_some(operator);
        self.next += usize::from(found.is_some());
        found
    }

    /// Operands between operators of this level.
    fn chain(&mut self, level: u8) -> Result<Expression, MathError> {
        if level == Operator::LEVELS {
            return self.signed();
        }
        let first = self.chain(level + 1)?;
        let mut rest = Vec::new();
        while let Some(operator) = self.operator(level) {
            rest.push((operator, self.chain(level + 1)?));
        }
        Ok(if rest.is_empty() { first } else { Expression::Chain { first: Box::new(first), rest } })
    }

    fn signed(&mut self) -> Result<Expression, MathError> {
        if self.take("-") {
            return Ok(Expression::Negate(Box::new(self.nested(Self::signed)?)));
        }
        let base = self.operand()?;
        if !self.take("^") {
            return Ok(base);
        }
        let exponent = self.nested(Self::signed)?;
        Ok(Expression::Power { base: Box::new(base), exponent: Box::new(exponent) })
    }

    fn operand(&mut self) -> Result<Expression, MathError> {
        if self.take("(") {
            let inner = self.nested(|parser| parser.chain(0))?;
            self.expect(")", "an operator or ')'")?;
            return Ok(inner);
        }
        if self.take("[") {
            return Ok(Expression::Array(self.list("]", "an operator, ',' or ']'")?));
        }
        match self.peek().map(|token| token.word.clone()) {
            Some(Word::Number(number)) if number.is_finite() => {
                self.next += 1;
                Ok(Expression::Number(number))
            }
            Some(Word::Number(_)) => Err(self.unexpected("a number below 1.8e308")),
            Some(Word::Name(name)) => self.named(name),
            _ => Err(self.unexpected(OPERAND)),
        }
    }

    /// Expressions between commas up to `close`; at least one.
    fn list(&mut self, close: &str, expected: &'static str) -> Result<Vec<Expression>, MathError> {
        let mut items = vec![self.nested(|parser| parser.chain(0))?];
        while self.take(",") {
            items.push(self.nested(|parser| parser.chain(0))?);
        }
        self.expect(close, expected)?;
        Ok(items)
    }

    /// An id or a function.
    fn named(&mut self, name: String) -> Result<Expression, MathError> {
        let at = self.place();
        let called = matches!(self.tokens.get(self.next + 1), Some(next) if next.text == "(");
        if !called {
            if !name.starts_with(|first: char| first.is_ascii_lowercase()) || !name.is_ascii() {
                return Err(self.unexpected(OPERAND));
            }
            self.next += 1;
            return Ok(Expression::Id(name));
        }
        if let Some(name) = NOT_IMPLEMENTED.iter().find(|known| **known == name) {
            return Err(MathError::NotImplemented { name });
        }
        let function = Function::named(&name);
        if function.is_none() && !["METRICS", "FILL", "IF"].contains(&name.as_str()) {
            return Err(MathError::UnknownFunction { name, at });
        }
        self.next += 2;
        match (function, name.as_str()) {
            (Some(function), _) => self.call(function, at),
            (None, "METRICS") => self.metrics(),
            (None, "FILL") => self.fill(),
            (None, _) => self.condition(at),
        }
    }

    /// The arguments of a function up to its closing parenthesis.
    fn arguments(&mut self) -> Result<Vec<Expression>, MathError> {
        if self.take(")") { Ok(Vec::new()) } else { self.list(")", "an operator, ',' or ')'") }
    }

    fn call(&mut self, function: Function, at: usize) -> Result<Expression, MathError> {
        let arguments = self.arguments()?;
        let given = arguments.len();
        if let Ok([argument]) = <[Expression; 1]>::try_from(arguments) {
            return Ok(Expression::Call(function, Box::new(argument)));
        }
        let expected = "one argument (several time series are written as an array, [m1, m2])";
        Err(MathError::ArgumentCount { function: function.name(), at, given, expected })
    }

    fn metrics(&mut self) -> Result<Expression, MathError> {
        if self.take(")") {
            return Ok(Expression::Metrics(None));
        }
        let Some(Word::Quoted(text)) = self.peek().map(|token| token.word.clone()) else {
            return Err(self.unexpected("a text in quotation marks or ')'"));
        };
        self.next += 1;
        self.expect(")", "')'")?;
        Ok(Expression::Metrics(Some(text)))
    }

    fn fill(&mut self) -> Result<Expression, MathError> {
        let series = self.nested(|parser| parser.chain(0))?;
        self.expect(",", "an operator, or ',' and REPEAT, LINEAR or a value")?;
        let filler = match self.peek_name() {
            Some("REPEAT") => Filler::Repeat,
            Some("LINEAR") => Filler::Linear,
            _ => Filler::With(Box::new(self.nested(|parser| parser.chain(0))?)),
        };
        self.next += usize::from(!matches!(filler, Filler::With(_)));
        self.expect(")", "')'")?;
        Ok(Expression::Fill(Box::new(series), filler))
    }

    fn condition(&mut self, at: usize) -> Result<Expression, MathError> {
        let arguments = self.arguments()?;
        let given = arguments.len();
        let mut arguments = arguments.into_iter().map(Box::new);
        let first = (arguments.next(), arguments.next(), arguments.next(), given);
        if let (Some(condition), Some(then), otherwise, 2 | 3) = first {
            return Ok(Expression::If { condition, then, otherwise });
        }
        let expected =
            "two or three arguments (a condition, the value where it is true, the value where not)";
        Err(MathError::ArgumentCount { function: "IF", at, given, expected })
    }
}
